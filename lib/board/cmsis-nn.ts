import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { copyFile, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dtmmError } from "../errors/index.js";
import { cacheRoot, makeCacheFolder } from "../native/paths.js";
import type { BoardCore } from "./boards.js";
import { boardFolder, compileObjects, coreFlags, linkProgram } from "./compile.js";
import { countedFlags } from "./model-runner.js";
import { boardTool } from "./tools.js";

/** Folders of CMSIS-NN that int8 convolutions and fully connected layers reach, and which of their files. */
const parts: readonly (readonly [folder: string, files: RegExp])[] = [
  ["ConvolutionFunctions", /s8/],
  ["FullyConnectedFunctions", /s8/],
  ["TransposeFunctions", /s8/],
  ["NNSupportFunctions", /^(?!.*(_f16|_f32|_flt)).*$/],
];

/** @throws CMSIS_NN_INVALID where a folder is no checkout of CMSIS-NN */
export function checkCmsisNn(dir: string): void {
  if (existsSync(join(dir, "Include", "arm_nnfunctions.h"))) return;
  throw dtmmError("CMSIS_NN_INVALID", { dir, reason: "no Include/arm_nnfunctions.h" });
}

/** Sources of a checkout that the runner needs. Throws CMSIS_NN_INVALID. */
function sourcesOf(dir: string): string[] {
  checkCmsisNn(dir);
  const sources = parts.flatMap(([name, files]) => {
    const place = join(dir, "Source", name);
    const all = existsSync(place) ? readdirSync(place) : [];
    return all.filter((file) => file.endsWith(".c") && files.test(file)).map((file) => join(place, file));
  });
  return [join(boardFolder, "cmsis_nn_runner.c"), ...sources];
}

/**
 * Builds `board/cmsis_nn_runner.c` with the user's CMSIS-NN.
 *
 * @param dir a checkout of CMSIS-NN, version 7 or later
 * @param flags optimisation: those of the kernels that it is compared to
 * @returns path of the program
 * @throws CMSIS_NN_INVALID, BOARD_TOOL_MISSING, BOARD_BUILD_FAILED; `signal.reason` after an abort
 */
export async function buildCmsisRunner(
  core: BoardCore,
  dir: string,
  { flags, folder, signal }: { flags: readonly string[]; folder: string; signal?: AbortSignal },
): Promise<string> {
  const includes = [`-isystem${join(dir, "Include")}`];
  const objects = await compileObjects(
    { core, sources: sourcesOf(dir), flags: ["-std=c11", ...flags, ...includes], signal },
    folder,
  );
  return linkProgram(core, objects, folder, signal);
}

/** Identifies what a build of the runner comes from: compiler, flags, and every file by its content. */
function runnerKey(core: BoardCore, dir: string): string {
  const include = join(dir, "Include");
  const headers = [include, boardFolder].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(h|c|ld)$/.test(name))
      .sort()
      .map((name) => join(folder, name)),
  );
  const hash = createHash("sha256").update([core, ...coreFlags(core), ...countedFlags].join("\n"));
  hash.update(execFileSync(boardTool("arm-none-eabi-gcc"), ["--version"]));
  for (const file of [...sourcesOf(dir), ...headers]) hash.update(`${file}\n`).update(readFileSync(file));
  return hash.digest("hex").slice(0, 24);
}

/**
 * The runner as everything that is counted is compiled. It is built once and kept in the cache.
 *
 * @param dir a checkout of CMSIS-NN, version 7 or later
 * @returns path of the program
 * @throws what `buildCmsisRunner` throws; CACHE_UNWRITABLE
 */
export async function ensureCmsisRunner(core: BoardCore, dir: string, signal?: AbortSignal): Promise<string> {
  const place = makeCacheFolder(join(cacheRoot(), "board"));
  const program = join(place, `cmsis-nn-${runnerKey(core, dir)}.elf`);
  if (existsSync(program)) return program;
  const folder = await mkdtemp(join(tmpdir(), "dtmm-cmsis-nn-"));
  try {
    const built = await buildCmsisRunner(core, dir, { flags: countedFlags, folder, signal });
    // A copy that is cut off never gets the name.
    const unfinished = `${program}.${process.pid}`;
    await copyFile(built, unfinished);
    await rename(unfinished, program);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return program;
}
