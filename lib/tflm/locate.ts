import { statSync } from "node:fs";
import { resolve } from "node:path";
import { dtmmError } from "../errors/index.js";
import { cacheRoot } from "../native/paths.js";
import type { Progress } from "../native/progress.js";
import { unpackArchive } from "./archive.js";
import { defaultCrate, locateCrate } from "./crate.js";
import { findThirdPartyHeaders } from "./headers.js";
import { findTreeRoot } from "./search.js";

/** A TFLM tree that is there to be compiled. */
export interface TflmTree {
  /** Absolute path of the folder that contains `tensorflow/lite/micro`. */
  root: string;
  /** Absolute include folders of flatbuffers, gemmlowp and ruy, where they are not below `root` itself. */
  includeDirs: string[];
  /** What to call the tree in output. */
  label: string;
  kind: "dir" | "crate" | "archive";
}

export interface TflmOptions {
  /** A TFLM tree or a folder around one; a path that ends in .tar.gz or .tgz is taken as `archive`. */
  dir?: string;
  /** A .tar.gz with a TFLM tree. */
  archive?: string;
  /** SHA-256 of `archive`. */
  sha256?: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * Finds the TFLM tree: the user's choice, else `TFLM_DIR`, else the default crate.
 *
 * @throws TFLM_DIR_INVALID, TFLM_HEADERS_MISSING, TFLM_ARCHIVE_*, CARGO_MISSING, CARGO_FAILED; `signal.reason`
 */
export async function locateTflm(
  options: TflmOptions = {},
  progress?: Progress,
  signal?: AbortSignal,
): Promise<TflmTree> {
  const env = options.env ?? process.env;
  const fromEnv = !options.dir && !options.archive;
  const dir = options.dir ?? (fromEnv ? env.TFLM_DIR : undefined);
  const origin = fromEnv ? "TFLM_DIR" : "--tflm";

  const archive = options.archive ?? (dir && isArchive(dir) ? dir : undefined);
  if (archive) {
    const unpacked = await unpackArchive(resolve(archive), options.sha256, cacheRoot(env), progress);
    return treeAt(unpacked, archive, "archive", origin);
  }
  if (dir) return treeAt(resolve(dir), dir, "dir", origin);

  const root = await locateCrate(cacheRoot(env), progress, signal, env);
  return treeAt(root, `crate ${defaultCrate.name} ${defaultCrate.version}`, "crate", "cargo");
}

function isArchive(path: string): boolean {
  return /\.(tar\.gz|tgz)$/.test(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true;
}

function treeAt(dir: string, label: string, kind: TflmTree["kind"], origin: string): TflmTree {
  const there = statSync(dir, { throwIfNoEntry: false });
  if (!there) throw dtmmError("TFLM_DIR_INVALID", { dir: label, origin, reason: "it does not exist" });
  if (!there.isDirectory()) {
    throw dtmmError("TFLM_DIR_INVALID", {
      dir: label,
      origin,
      reason: "it is neither a folder nor a .tar.gz",
    });
  }
  const root = findTreeRoot(dir);
  if (!root) {
    const reason = "no tensorflow/lite/micro/micro_interpreter.h in it or up to four folders below";
    throw dtmmError("TFLM_DIR_INVALID", { dir: label, origin, reason });
  }
  return { root, includeDirs: findThirdPartyHeaders(root), label, kind };
}
