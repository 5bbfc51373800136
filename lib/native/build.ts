import { execFile } from "node:child_process";
import { copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { dtmmError } from "../errors/index.js";
import type { TflmTree } from "../tflm/locate.js";
import { cacheKeys } from "./cache-key.js";
import { runCmakeBuild } from "./cmake-build.js";
import { findToolchain, requireBuildTools, sanitizerEnvironment, type Toolchain } from "./compiler.js";
import { withLock } from "./lock.js";
import { cacheRoot, makeCacheFolder, packageRoot } from "./paths.js";
import type { Progress } from "./progress.js";

export interface EnsureAddonOptions {
  tflm: TflmTree;
  progress?: Progress;
  signal?: AbortSignal;
  /** Folder with cmake/, native/ and tflm-kernels/; the package's own by default. It is only read. */
  packageRoot?: string;
  /** Where built artefacts are kept; `cacheRoot()` by default. */
  cacheDir?: string;
}

const addonFile = "dtmm.node";
const archiveFile = "libtflm.a";

/**
 * The addon for this TFLM tree, compiler and flags: out of the cache, or built now.
 *
 * The cache holds whole artefacts only: `tflm/<key>/libtflm.a`, so that a change of our own sources does not compile the
 * tree again, and `addon/<key>/dtmm.node`. Both are made in a staging folder, checked, and renamed into place. A second
 * process that wants the same addon waits for the first.
 *
 * @returns absolute path of dtmm.node
 * @throws COMPILER_MISSING, EIGEN_MISSING, CMAKE_MISSING, BUILD_TOOL_MISSING, CACHE_UNWRITABLE, NATIVE_BUILD_FAILED,
 *   NATIVE_LOAD_FAILED; `signal.reason` after an abort
 */
export async function ensureAddon(options: EnsureAddonOptions): Promise<string> {
  const { tflm, progress, signal } = options;
  const root = options.packageRoot ?? packageRoot;
  const cache = options.cacheDir ?? cacheRoot();
  const toolchain = findToolchain();
  const { addon, keys } = addonPlace(tflm, toolchain, root, cache);
  if (existsSync(addon)) return addon;

  requireBuildTools();
  await withLock(
    join(cache, "addon", keys.addon),
    async () => {
      if (existsSync(addon)) return;
      const archive = join(cache, "tflm", keys.tflm, archiveFile);
      const staging = join(cache, "staging", keys.addon);
      // Left by a process that was killed; under the lock it is nobody's.
      rmSync(staging, { recursive: true, force: true });
      try {
        await buildInto(makeCacheFolder(staging), {
          root,
          cache,
          key: keys.addon,
          archive,
          tflm,
          toolchain,
          progress,
          signal,
        });
        moveIntoCache(join(staging, addonFile), addon);
      } finally {
        rmSync(staging, { recursive: true, force: true });
      }
    },
    { signal, onWait: () => progress?.("Waiting for another dtmm that builds the same addon") },
  );
  return addon;
}

/** Where the addon of a tree, compiler and flags is kept, whether or not it is built yet. */
export function addonPlace(tflm: TflmTree, toolchain: Toolchain, root = packageRoot, cache = cacheRoot()) {
  const keys = cacheKeys(root, tflm, toolchain);
  return { addon: join(cache, "addon", keys.addon, addonFile), keys };
}

interface BuildJob {
  root: string;
  cache: string;
  key: string;
  archive: string;
  tflm: TflmTree;
  toolchain: Toolchain;
  progress?: Progress;
  signal?: AbortSignal;
}

/** Leaves a loadable dtmm.node in `staging`, and libtflm.a in the cache. */
async function buildInto(staging: string, job: BuildJob): Promise<void> {
  const output = join(staging, "build");
  const hasArchive = existsSync(job.archive);
  const log = join(makeCacheFolder(join(job.cache, "logs")), `${job.key}.log`);
  await runCmakeBuild(
    {
      source: join(job.root, "cmake"),
      output,
      log,
      tree: job.tflm,
      toolchain: job.toolchain,
      tflmArchive: hasArchive ? job.archive : undefined,
    },
    job.progress,
    job.signal,
  );
  const addon = join(staging, addonFile);
  copyFileSync(join(output, "Release", addonFile), addon);
  await probe(addon);
  if (!hasArchive) moveIntoCache(join(output, archiveFile), job.archive);
}

/** Loads the addon once in a process of its own, so that a broken one never enters the cache or this process. */
async function probe(addon: string): Promise<void> {
  const load = "require(process.argv[1])";
  const env = { ...process.env, ...sanitizerEnvironment() };
  try {
    await promisify(execFile)(process.execPath, ["-e", load, addon], { env });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const reason = stderr?.split("\n").find((line) => /error/i.test(line)) ?? message;
    throw dtmmError("NATIVE_LOAD_FAILED", { path: addon, reason: reason.trim() }, error);
  }
}

function moveIntoCache(from: string, to: string): void {
  makeCacheFolder(dirname(to));
  renameSync(from, to);
}
