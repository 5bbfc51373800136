/** Firmware projects to look through: a model, an op resolver, and whatever a test adds. */

import path from "node:path";
import { initCommand } from "../../lib/cli/init.js";
import type { Asker } from "../../lib/init/asker.js";
import { type InitResult, init } from "../../lib/init/index.js";
import { normalizeOptions } from "../../lib/options/normalize.js";
import { silentProgress } from "../../lib/progress/progress.js";
import { tempFolder, writeFiles } from "../cli/support/temp-folder.js";
import { treeOf } from "../emit/project.js";
import { convModel, everyLayer } from "../support/models.js";

export const modelBytes = convModel(everyLayer);

export const resolverSource = `#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void Setup() {
  static tflite::MicroMutableOpResolver<2> resolver;
  resolver.AddConv2D();
  resolver.AddSoftmax();
}
`;

export const makefile = `SOURCES := src/main.cc src/boot.c
CPPFLAGS := -Isrc
`;

/** A model as C source. */
export function arraySource(bytes: Uint8Array = modelBytes, name = "g_model"): string {
  return `const unsigned char ${name}[] = {${[...bytes].join(", ")}};\n`;
}

/** Projects for the tests of one file; they are removed after it. */
export function projectMaker() {
  const folder = tempFolder();
  let made = 0;
  return (files: Record<string, string | Uint8Array>) => {
    const root = path.join(folder, String(made++));
    writeFiles(root, files);
    const options = (flags: Record<string, unknown>) => normalizeOptions("init", flags, undefined, root);
    const context = { progress: silentProgress, signal: new AbortController().signal, cwd: root };
    return {
      root,
      listing: () => treeOf(root, { store: true }),
      init: (flags: Record<string, unknown> = {}, asker?: Asker): Promise<InitResult> =>
        init(options(flags), context, asker),
      command: (flags: Record<string, unknown> = {}) => initCommand(options(flags), context),
    };
  };
}

/** The findings by their keys. */
export function valuesOf({ findings }: InitResult): Record<string, unknown> {
  return Object.fromEntries(findings.map(({ key, value }) => [key, value]));
}
