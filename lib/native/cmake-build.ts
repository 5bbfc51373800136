import { createWriteStream } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { finished } from "node:stream/promises";
import { dtmmError } from "../errors/index.js";
import type { TflmTree } from "../tflm/locate.js";
import type { Toolchain } from "./compiler.js";
import type { Progress } from "./progress.js";
import { runProcess } from "./run-process.js";

export interface CmakeBuild {
  /** Folder of CMakeLists.txt. */
  source: string;
  /** Folder that receives everything; made by the build. */
  output: string;
  /** File that receives the build's whole output. */
  log: string;
  tree: TflmTree;
  toolchain: Toolchain;
  /** libtflm.a of an earlier build with the same key. */
  tflmArchive?: string;
}

const tailLines = 20;
const configureShare = 0.05;
const requireHere = createRequire(import.meta.url);

/**
 * Runs cmake-js: configure, then build on all cores. Node's headers come from npm packages, nothing is downloaded.
 *
 * @param progress told "[ 12%]" and "[3/150]" lines as a fraction of the whole
 * @throws NATIVE_BUILD_FAILED with the compiler's errors; `signal.reason` after an abort, when every process has ended
 */
export async function runCmakeBuild(
  build: CmakeBuild,
  progress?: Progress,
  signal?: AbortSignal,
): Promise<void> {
  const log = createWriteStream(build.log);
  const step = build.tflmArchive ? "Building the addon" : `Building TFLM (${build.tree.label})`;
  const args = [requireHere.resolve("cmake-js/bin/cmake-js"), "build", ...buildArguments(build)];
  progress?.(step, 0);
  try {
    const outcome = await runProcess({
      command: process.execPath,
      args,
      signal,
      onLine: (line) => {
        log.write(`${line}\n`);
        const fraction = readFraction(line);
        if (fraction !== undefined) progress?.(step, configureShare + (1 - configureShare) * fraction);
      },
    });
    if (outcome.code !== 0) {
      const tail = relevantLines(outcome.lines);
      throw dtmmError("NATIVE_BUILD_FAILED", { tree: build.tree.label, tail, log: build.log });
    }
    progress?.(step, 1);
  } finally {
    log.end();
    await finished(log);
  }
}

function buildArguments({ source, output, tree, toolchain, tflmArchive }: CmakeBuild): string[] {
  // CMake takes a compiler with arguments, as in CXX="ccache g++", as a list.
  const options: Record<string, string> = {
    DTMM_TFLM_ROOT: tree.root,
    DTMM_TFLM_INCLUDE_DIRS: tree.includeDirs.join(";"),
    DTMM_TFLM_ARCHIVE: tflmArchive ?? "",
    EIGEN3_INCLUDE_DIR: toolchain.eigen,
    DTMM_C_FLAGS: toolchain.flags.c,
    DTMM_CXX_FLAGS: toolchain.flags.cxx,
    DTMM_SANITIZE: toolchain.sanitize,
  };
  return [
    ...["--directory", source, "--out", output, "--config", "Release"],
    ...["--parallel", String(availableParallelism())],
    ...["--cc", toolchain.cc.command.join(";"), "--cxx", toolchain.cxx.command.join(";")],
    ...Object.entries(options)
      .filter(([, value]) => value !== "")
      .map(([key, value]) => `--CD${key}=${value}`),
  ];
}

/** The done share of a make ("[ 12%] Building ...") or ninja ("[3/150] Building ...") line. */
export function readFraction(line: string): number | undefined {
  const percent = /^\[\s*(\d+)%\]/.exec(line);
  if (percent) return Number(percent[1]) / 100;
  const count = /^\[(\d+)\/(\d+)\]/.exec(line);
  return count && Number(count[2]) > 0 ? Number(count[1]) / Number(count[2]) : undefined;
}

/** The lines that say what went wrong, if any do; else the end of the output. */
export function relevantLines(lines: string[]): string[] {
  const errors = lines.filter((line) => /\berror\b|undefined (reference|symbol)/i.test(line));
  return (errors.length > 0 ? errors.slice(0, tailLines) : lines.slice(-tailLines)).map((line) =>
    line.trimEnd(),
  );
}
