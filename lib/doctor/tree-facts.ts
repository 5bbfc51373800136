import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dtmmError } from "../errors/index.js";
import { relevantLines } from "../native/cmake-build.js";
import { findCmake, type Toolchain } from "../native/compiler.js";
import { cacheRoot, makeCacheFolder, packageRoot } from "../native/paths.js";
import { runProcess } from "../native/run-process.js";
import { type TreeTraits, treeTraits } from "../report/doctor-result.js";
import type { TflmTree } from "../tflm/locate.js";

/**
 * What the build of the addon would find in the tree, found by the build's own files: cmake/doctor picks the sources,
 * probes the headers and compiles one file that holds them against the bridges. Takes seconds, and is kept in the cache.
 *
 * @param key of the addon: a change of dtmm or of the tree asks again
 * @throws CMAKE_MISSING, CACHE_UNWRITABLE, NATIVE_BUILD_FAILED where the bridges do not fit the tree; `signal.reason`
 */
export async function findTreeTraits(
  tree: TflmTree,
  toolchain: Toolchain,
  key: string,
  signal?: AbortSignal,
): Promise<TreeTraits> {
  const kept = join(cacheRoot(), "facts", `${key}.txt`);
  if (!existsSync(kept)) await probe(tree, toolchain, kept, signal);
  const { sources, optimisedKernels, leftOutOps, ...words } = parseLines(readFileSync(kept, "utf8"));
  return treeTraits.parse({
    ...words,
    sources: Number(sources),
    optimisedKernels: splitList(optimisedKernels),
    leftOutOps: splitList(leftOutOps),
  });
}

/** Leaves the lines of both halves in the file `kept`. */
async function probe(
  tree: TflmTree,
  toolchain: Toolchain,
  kept: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const folder = makeCacheFolder(`${kept}.${process.pid}`);
  const log = join(makeCacheFolder(join(dirname(kept), "..", "logs")), "doctor.log");
  const run = async (command: string, args: string[]) => {
    const { code, stdout, lines } = await runProcess({ command, args, signal });
    if (code === 0) return stdout;
    writeFileSync(log, `${lines.join("\n")}\n`);
    throw dtmmError("NATIVE_BUILD_FAILED", { tree: tree.label, tail: relevantLines(lines), log });
  };
  try {
    const settings = {
      DTMM_TFLM_ROOT: tree.root,
      DTMM_TFLM_INCLUDE_DIRS: tree.includeDirs.join(";"),
      CMAKE_C_COMPILER: toolchain.cc.command.join(";"),
      CMAKE_CXX_COMPILER: toolchain.cxx.command.join(";"),
    };
    const definitions = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
    await run(findCmake(), ["-S", join(packageRoot, "cmake", "doctor"), "-B", folder, ...definitions]);
    await run(findCmake(), ["--build", folder]);
    const traits = await run(join(folder, "tree_facts"), []);
    const facts = join(folder, "facts.txt");
    writeFileSync(facts, `${readFileSync(facts, "utf8")}${traits.join("\n")}\n`);
    renameSync(facts, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function splitList(text = ""): string[] {
  return text.split(",").filter((item) => item !== "");
}

/** Lines of "name value". */
function parseLines(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line) => [line.split(" ", 1)[0]!, line.slice(line.indexOf(" ") + 1).trim()]),
  );
}
