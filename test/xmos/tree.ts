/** TFLM as XMOS ships it in a Python package: headers in the namespace tflite_micro, and a library without an interpreter. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { packageRoot } from "../../lib/native/paths.js";
import { kernelDir, manifest } from "../kernels/support/compile.js";

/** The virtual environment that scripts/setup.sh makes; the list of what is in it comes last. */
const environment = join(packageRoot, "build", "xmos");

export const xmosAvailable = existsSync(join(environment, "installed.txt"));

/** For test titles: nothing, or why the tests are skipped. */
export const xmosReason = xmosAvailable
  ? ""
  : " (skipped: no Python package xmos-ai-tools in build/xmos; npm run setup installs it)";

function runtimeFolder(): string {
  const versions = readdirSync(join(environment, "lib"));
  return join(environment, "lib", versions[0]!, "site-packages", "xmos_ai_tools", "runtime");
}

/** As the package's own aitoolslib.cmake has them. */
const definitions = ["TF_LITE_STATIC_MEMORY", "TF_LITE_STRIP_ERROR_STRINGS", "XCORE", "NO_INTERPRETER"];

/** A program that runs a model in that tree, built into `folder`. */
export interface LoopProgram {
  path: string;
  folder: string;
}

/**
 * Compiles the kernels and their registrations as they are emitted, every warning an error, and links them with the loop
 * over registrations and with the package's library.
 */
export function buildLoop(folder: string): LoopProgram {
  const runtime = runtimeFolder();
  const warnings = ["-O2", "-Wall", "-Wextra", "-Werror", "-pedantic"];
  const tree = ["-isystem", join(runtime, "include"), ...definitions.map((name) => `-D${name}`)];
  const sources = [...new Set(Object.values(manifest.ops).flatMap((op) => op.sources))];
  const objects = join(folder, "objects");
  mkdirSync(objects);
  const compile = (compiler: string, flags: string[], files: string[]) =>
    execFileSync(compiler, [...warnings, ...flags, "-c", ...files], { cwd: objects, stdio: "pipe" });
  const named = (extension: string) =>
    sources.filter((name) => name.endsWith(extension)).map((name) => join(kernelDir, name));
  compile("cc", ["-std=c99"], named(".c"));
  compile("c++", ["-std=c++11", "-fno-rtti", "-fno-exceptions", ...tree], named(".cc"));
  const loop = join(packageRoot, "test", "xmos", "registration_loop.cc");
  // Without run-time type information, as the library's classes are that the loop derives from.
  compile("c++", ["-std=c++17", "-fno-rtti", `-I${kernelDir}`, ...tree], [loop]);
  const path = join(folder, "registration_loop");
  const library = join(runtime, "lib", "libhost_xtflitemicro.a");
  const parts = readdirSync(objects).map((name) => join(objects, name));
  execFileSync("c++", [...parts, library, "-o", path], { stdio: "pipe" });
  return { path, folder };
}

/** Output 0 of every sample, laid end to end. */
export function runLoop(
  { path, folder }: LoopProgram,
  model: Uint8Array,
  inputs: Uint8Array,
  samples: number,
): Uint8Array {
  const files = { "model.tflite": model, "inputs.bin": inputs };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  const args = [...Object.keys(files).map((name) => join(folder, basename(name))), String(samples)];
  return new Uint8Array(execFileSync(path, args, { stdio: ["ignore", "pipe", "pipe"] }));
}
