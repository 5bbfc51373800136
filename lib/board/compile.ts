import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { dtmmError } from "../errors/index.js";
import { kernelFolder, readKernelManifest } from "../firmware/kernel-manifest.js";
import { relevantLines } from "../native/cmake-build.js";
import { runProcess } from "../native/run-process.js";
import { type BoardCore, boards } from "./boards.js";
import { type BoardTool, boardTool } from "./tools.js";

/** Start-up code, linker scripts and runners; the same place seen from `lib/` and from `dist/`. */
export const boardFolder = fileURLToPath(new URL("../../board/", import.meta.url));

/** What every program on a board is linked with. */
const startUp = ["start.c", "semihosting.c", "syscalls.c"].map((name) => join(boardFolder, name));

/** C sources of all packed operators, without their TFLM registrations. */
export function kernelSources(): string[] {
  const { ops } = readKernelManifest();
  const names = Object.values(ops).flatMap(({ sources }) => sources);
  return [...new Set(names)].filter((name) => !name.endsWith(".cc")).map((name) => join(kernelFolder, name));
}

export interface CompileJob {
  core: BoardCore;
  /** C or C++ by their names, assembler too. */
  sources: readonly string[];
  /** For all sources: optimisation, warnings, standard, include folders. */
  flags: readonly string[];
  /** Compiles C sources as C++. */
  asCxx?: boolean;
  signal?: AbortSignal;
}

/** Flags for sources of ours: every warning is an error. */
export const strictFlags = ["-Wall", "-Wextra", "-Wconversion", "-Werror", "-pedantic"] as const;

/** Flags that every source of a program is compiled with: the core, and where its counter is. */
export function coreFlags(core: BoardCore): string[] {
  const { compilerFlags, counter } = boards[core];
  return [
    ...compilerFlags,
    "-ffunction-sections",
    "-fdata-sections",
    "-DDTMM_BOARD",
    `-DBOARD_COUNTER_ADDRESS=0x${counter.address.toString(16)}u`,
    `-DBOARD_COUNTER_HZ=${counter.hz}u`,
    `-I${boardFolder}`,
    `-I${kernelFolder}`,
  ];
}

/**
 * Compiles every source to an object file in `folder`.
 *
 * @returns paths of the object files, in the order of the sources
 * @throws BOARD_TOOL_MISSING, BOARD_BUILD_FAILED; `signal.reason` after an abort
 */
export async function compileObjects(job: CompileJob, folder: string): Promise<string[]> {
  const flags = [...coreFlags(job.core), ...job.flags, ...(job.asCxx ? ["-x", "c++"] : [])];
  const tool = job.asCxx ? "arm-none-eabi-g++" : "arm-none-eabi-gcc";
  // GCC names the object files of one call after their sources and writes them to its working directory.
  await Promise.all(
    shares(job.sources).map((share) => runTool(tool, [...flags, "-c", ...share], job, folder)),
  );
  return job.sources.map((source) => join(folder, basename(source).replace(/\.\w+$/, ".o")));
}

/** The sources, dealt out to as many compilers as there are cores. */
function shares(sources: readonly string[]): string[][] {
  const count = Math.min(availableParallelism(), sources.length);
  return Array.from({ length: count }, (_, share) => sources.filter((_, i) => i % count === share));
}

/**
 * Links object files with the board's start-up code.
 *
 * @param folder for the program and the start-up code's object files
 * @returns path of the ELF file
 */
export async function linkProgram(
  core: BoardCore,
  objects: readonly string[],
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  const program = join(folder, "program.elf");
  const flags = ["-std=c99", "-O2", ...strictFlags];
  const started = await compileObjects({ core, sources: startUp, flags, signal }, folder);
  const { compilerFlags, linkerScript } = boards[core];
  const script = [`-L${boardFolder}`, "-T", linkerScript];
  const linking = ["-nostartfiles", "-Wl,--gc-sections", "-Wl,--fatal-warnings", ...script];
  const files = [...started, ...objects, "-lm", "-o", program];
  await runTool("arm-none-eabi-g++", [...compilerFlags, ...linking, ...files], { core, signal }, folder);
  return program;
}

async function runTool(
  tool: BoardTool,
  args: string[],
  { core, signal }: { core: BoardCore; signal?: AbortSignal },
  cwd: string,
): Promise<void> {
  const { code, lines } = await runProcess({ command: boardTool(tool), args, cwd, signal });
  if (code !== 0) throw dtmmError("BOARD_BUILD_FAILED", { core, tail: relevantLines(lines) });
}
