/** What `emit` writes for build systems that are not at hand: every file that is named is there, and CMake reads the lists. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emit } from "../../../lib/emit/index.js";
import type { GlueKind } from "../../../lib/firmware/glue/kinds.js";
import { customOps } from "../../../lib/firmware/registrations.js";
import { put } from "../../emit/project.js";

const resolver = `#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
void Setup() {
  static tflite::MicroMutableOpResolver<1> resolver;
  resolver.AddSoftmax();
}
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dtmm-drop-in-"));
  put(root, "main/main.cc", resolver);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function emitFor(glue: GlueKind, outDir: string) {
  return emit({
    ...{ root, outDir, glue, model: new Uint8Array(100), arrayName: "g_model", ops: customOps },
    patch: { names: [{ file: "main/main.cc" }] },
  });
}

/** Runs a CMakeLists.txt with stand-ins for the build system's commands, which print their arguments. */
function cmakeArguments(
  listFile: string,
  commands: readonly string[],
  settings = "",
): Record<string, string[]> {
  const standIns = commands.map((name) => `function(${name})\n  message("${name}=$\{ARGN}")\nendfunction()`);
  const script = join(root, "run.cmake");
  writeFileSync(script, `${settings}\n${standIns.join("\n")}\ninclude(${listFile})\n`);
  const said = execFileSync("sh", ["-c", `cmake -P "$1" 2>&1`, "sh", script], { encoding: "utf8" });
  const lines = said.trimEnd().split("\n");
  return Object.fromEntries(
    lines.map((line) => [line.split("=", 1)[0]!, line.slice(line.indexOf("=") + 1).split(";")]),
  );
}

describe("CMake reads what names the sources", () => {
  test("ESP-IDF", async () => {
    await emitFor("esp-idf", "components/nn");
    const folder = join(root, "components/nn");
    const { idf_component_register: args = [] } = cmakeArguments(join(folder, "CMakeLists.txt"), [
      "idf_component_register",
    ]);
    const sources = args.slice(args.indexOf("SRCS") + 1, args.indexOf("INCLUDE_DIRS"));
    expect(sources.length).toBeGreaterThan(10);
    expect(sources.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
    expect(args.slice(args.indexOf("INCLUDE_DIRS"))).toEqual([
      ...["INCLUDE_DIRS", ".", "kernels", "REQUIRES", "esp-tflite-micro"],
    ]);
  });

  test("Zephyr", async () => {
    put(root, "CMakeLists.txt", "find_package(Zephyr REQUIRED)\n");
    await emitFor("zephyr", "nn");
    const folder = join(root, "nn");
    const commands = ["zephyr_include_directories", "zephyr_library", "zephyr_library_sources"];
    const said = cmakeArguments(join(folder, "CMakeLists.txt"), commands, "set(CONFIG_DTMM y)");
    expect(said.zephyr_library_sources!.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
    expect(said.zephyr_include_directories).toEqual([folder, join(folder, "kernels")]);
    expect(readFileSync(join(root, "nn/zephyr/module.yml"), "utf8")).toContain("  kconfig: Kconfig\n");
  });
});

describe.each([
  ["arduino", "libraries/nn", "library.properties"],
  ["platformio", "lib/nn", "library.json"],
] as const)("the library for %s", (glue, outDir, manifest) => {
  test("holds all sources in src, and every header that they include", async () => {
    await emitFor(glue, outDir);
    const folder = join(root, outDir);
    expect(readdirSync(folder).sort()).toEqual([manifest, "model.tflite", "src"].sort());
    const names = readdirSync(join(folder, "src"));
    expect(names.filter((name) => !/\.(c|cpp|h)$/.test(name))).toEqual([]);
    const included = names.flatMap((name) =>
      [...readFileSync(join(folder, "src", name), "utf8").matchAll(/#include "([^"]+)"/g)].map(
        (match) => match[1]!,
      ),
    );
    const missing = included.filter((path) => !path.startsWith("tensorflow/") && !names.includes(path));
    expect(missing).toEqual([]);
    expect(names).toContain("dtmm_filterlet_conv_2d.cpp");
    expect(names).toContain("model_data.h");
  });
});
