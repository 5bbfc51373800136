import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { dtmmError } from "../errors/index.js";
import { cacheKeys } from "../native/cache-key.js";
import { relevantLines } from "../native/cmake-build.js";
import { findCmake, type Toolchain } from "../native/compiler.js";
import { cacheRoot, makeCacheFolder, packageRoot } from "../native/paths.js";
import { runProcess } from "../native/run-process.js";
import type { TflmTree } from "../tflm/locate.js";

const list = z.string().transform((text) => text.split(",").filter((item) => item !== ""));

/** What the build would find in a tree, by the names that cmake/doctor prints. */
const treeFacts = z.object({
  layout: z.string(),
  sources: z.coerce.number().int(),
  /** Folders of kernels for one kind of processor; the host takes the reference kernels where there are any. */
  optimisedKernels: list,
  /** Operators that the resolver offers and no compiled source has. */
  leftOutOps: list,
  debugLog: z.string(),
  registration: z.string(),
  findOp: z.string(),
  interpreter: z.string(),
  persistentMemory: z.string(),
  scratchMemory: z.string(),
  evalTensors: z.string(),
  allOps: z.string(),
});

export type TreeTraits = z.output<typeof treeFacts>;

/** The addon of a tree, toolchain and version of dtmm, whether or not it is built. */
export function addonOf(tree: TflmTree, toolchain: Toolchain): { key: string; built: boolean } {
  const key = cacheKeys(packageRoot, tree, toolchain).addon;
  return { key, built: existsSync(join(cacheRoot(), "addon", key, "dtmm.node")) };
}

/**
 * What the build of the addon would find in the tree, found by the build's own files: cmake/doctor picks the sources,
 * probes the headers and compiles one file that holds them against the bridges. Takes seconds, and is kept in the cache.
 *
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
  return treeFacts.parse(parseLines(readFileSync(kept, "utf8")));
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

/** Lines of "name value". */
function parseLines(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line) => [line.split(" ", 1)[0]!, line.slice(line.indexOf(" ") + 1).trim()]),
  );
}
