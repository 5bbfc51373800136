import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { dtmmError } from "../errors/index.js";
import { kernelFolder, readKernelManifest } from "../firmware/kernel-manifest.js";
import { relevantLines } from "../native/cmake-build.js";
import { findCmake } from "../native/compiler.js";
import { withLock } from "../native/lock.js";
import { cacheRoot, makeCacheFolder } from "../native/paths.js";
import type { Progress } from "../native/progress.js";
import { runProcess } from "../native/run-process.js";
import type { TflmTree } from "../tflm/locate.js";
import { type BoardCore, boards } from "./boards.js";
import { boardFolder, coreFlags } from "./compile.js";
import { emulate } from "./emulate.js";
import { boardTool } from "./tools.js";

/** How everything that is counted is compiled, the tree, the packed kernels and CMSIS-NN: without asserts, as firmware is. */
export const countedFlags = ["-O3", "-DNDEBUG"] as const;

export interface ModelRunnerOptions {
  core: BoardCore;
  tflm: TflmTree;
  progress?: Progress;
  signal?: AbortSignal;
}

/**
 * The program that runs models in this TFLM tree on a core's board. It is built in a folder of the cache that stays, so
 * that a second call compiles only what has changed.
 *
 * @returns path of the program
 * @throws BOARD_TOOL_MISSING, CMAKE_MISSING, CACHE_UNWRITABLE, BOARD_BUILD_FAILED; `signal.reason` after an abort
 */
export async function ensureModelRunner(options: ModelRunnerOptions): Promise<string> {
  const { core, tflm, progress, signal } = options;
  const compiler = boardTool("arm-none-eabi-g++");
  const version = execFileSync(compiler, ["--version"], { encoding: "utf8" });
  const key = [core, boardFolder, tflm.root, compiler, version, ...countedFlags].join("\n");
  const folder = join(cacheRoot(), "board", createHash("sha256").update(key).digest("hex").slice(0, 24));
  const step = `Building TFLM for the ${core} (${tflm.label})`;
  progress?.(step, 0);
  return withLock(
    folder,
    async () => {
      makeCacheFolder(folder);
      await cmake(["-S", boardFolder, "-B", folder, ...settings(core, tflm, compiler)], options);
      await cmake(["--build", folder, "--parallel", String(availableParallelism())], {
        ...options,
        onFraction: (fraction) => progress?.(step, fraction),
      });
      return join(folder, "program.elf");
    },
    {
      ...(signal ? { signal } : {}),
      onWait: () => progress?.("Waiting for another dtmm that builds the same"),
    },
  );
}

function settings(core: BoardCore, tflm: TflmTree, cxx: string): string[] {
  const values: Record<string, string> = {
    CMAKE_SYSTEM_NAME: "Generic",
    CMAKE_SYSTEM_PROCESSOR: "arm",
    CMAKE_BUILD_TYPE: "Release",
    CMAKE_C_COMPILER: boardTool("arm-none-eabi-gcc"),
    CMAKE_CXX_COMPILER: cxx,
    DTMM_CORE_FLAGS: [...coreFlags(core), ...countedFlags].join(" "),
    DTMM_LINKER_SCRIPT: boards[core].linkerScript,
    DTMM_KERNEL_SOURCES: registeredSources().join(";"),
    DTMM_TFLM_ROOT: tflm.root,
    DTMM_TFLM_INCLUDE_DIRS: tflm.includeDirs.join(";"),
  };
  return Object.entries(values).map(([key, value]) => `-D${key}=${value}`);
}

/** Sources of all packed operators with their TFLM registrations. */
function registeredSources(): string[] {
  const names = Object.values(readKernelManifest().ops).flatMap(({ sources }) => sources);
  return [...new Set(names)].map((name) => join(kernelFolder, name));
}

async function cmake(
  args: string[],
  { core, signal, onFraction }: ModelRunnerOptions & { onFraction?: (fraction: number) => void },
): Promise<void> {
  const command = findCmake();
  const onLine = (line: string) => {
    const percent = /^\[\s*(\d+)%\]/.exec(line);
    if (percent) onFraction?.(Number(percent[1]) / 100);
  };
  const { code, lines } = await runProcess({ command, args, onLine, signal });
  if (code !== 0) throw dtmmError("BOARD_BUILD_FAILED", { core, tail: relevantLines(lines) });
}

export interface BoardModelRequest {
  model: Uint8Array;
  arenaBytes: number;
  /** Samples laid end to end. */
  inputs: Uint8Array;
  /** 0 where only the arena is asked for. */
  samples: number;
}

export interface BoardModelRun {
  arenaBytes: number;
  /** Output 0 of every sample, laid end to end. */
  outputs: Uint8Array;
  /** Instructions per sample of each operator, with what the interpreter does before it. */
  operators: number[];
}

/**
 * Runs a model over samples on its emulated board, in a program of `ensureModelRunner`.
 *
 * @throws BOARD_RUN_FAILED with TFLM's own words when it refuses the model; `signal.reason` after an abort
 */
export async function runModelOnBoard(
  core: BoardCore,
  program: string,
  { model, arenaBytes, inputs, samples }: BoardModelRequest,
  signal?: AbortSignal,
): Promise<BoardModelRun> {
  const sampleBytes = samples === 0 ? 0 : inputs.length / samples;
  const head = Int32Array.of(model.length, arenaBytes, samples, sampleBytes);
  const request = Buffer.concat([new Uint8Array(head.buffer), model, inputs]);
  const answer = await emulate(core, program, request, signal);
  const [operatorCount, arenaUsed, outputBytes] = [0, 4, 8].map((at) => answer.readInt32LE(at)) as [
    number,
    number,
    number,
  ];
  const perSample = (index: number) => Number(answer.readBigUInt64LE(12 + 8 * index)) / samples;
  const outputsAt = 12 + 8 * operatorCount;
  return {
    arenaBytes: arenaUsed,
    outputs: new Uint8Array(answer.subarray(outputsAt, outputsAt + samples * outputBytes)),
    operators: Array.from({ length: operatorCount }, (_, index) => perSample(index)),
  };
}
