import { statSync } from "node:fs";
import { resolve } from "node:path";
import { dtmmError } from "../errors/index.js";
import { cacheRoot } from "../native/paths.js";
import type { Progress } from "../native/progress.js";
import { unpackArchive } from "./archive.js";
import { defaultCrate, locateCrate } from "./crate.js";
import { searchThirdParty, type ThirdPartySearch, thirdPartyIncludes } from "./headers.js";
import { identifyTree, requireInterpreter, type TreeIdentity } from "./identity.js";
import { findTreeRoot } from "./search.js";

/** A TFLM tree, whether or not it can be compiled. */
export interface FoundTree extends TreeIdentity {
  /** Absolute path of the folder that contains `tensorflow/lite/micro`. */
  root: string;
  /** What to call the tree in output. */
  label: string;
  kind: "dir" | "crate" | "archive";
  /** What named the tree: "--tflm", "TFLM_DIR" or "cargo". */
  origin: string;
  thirdParty: ThirdPartySearch;
}

/** A TFLM tree that is there to be compiled. */
export interface TflmTree extends Pick<FoundTree, "root" | "label" | "kind"> {
  /** Absolute include folders of flatbuffers, gemmlowp and ruy, where they are not below `root` itself. */
  includeDirs: string[];
}

export interface TflmOptions {
  /** A TFLM tree or a folder around one; a path that ends in .tar.gz or .tgz is taken as `archive`. */
  dir?: string;
  /** A .tar.gz with a TFLM tree. */
  archive?: string;
  /** SHA-256 of `archive`. */
  sha256?: string;
  /** A folder with third-party headers that the tree lacks; the environment's `TFLM_THIRD_PARTY_DIR` when absent. */
  thirdParty?: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * Finds the TFLM tree that is to be compiled: the user's choice, else `TFLM_DIR`, else the default crate.
 *
 * @throws TFLM_TREE_UNSUITABLE, TFLM_HEADERS_MISSING, and what `findTflm` throws
 */
export async function locateTflm(
  options: TflmOptions = {},
  progress?: Progress,
  signal?: AbortSignal,
): Promise<TflmTree> {
  return compilable(await findTflm(options, progress, signal));
}

/**
 * A found tree with all that compiling it takes.
 *
 * @throws TFLM_TREE_UNSUITABLE, TFLM_HEADERS_MISSING
 */
export function compilable(found: FoundTree): TflmTree {
  const { root, label, kind, thirdParty } = found;
  requireInterpreter(root, found);
  return { root, label, kind, includeDirs: thirdPartyIncludes(root, thirdParty) };
}

/**
 * Finds the TFLM tree as `locateTflm` does, and says what third-party code there is for it.
 *
 * @throws TFLM_DIR_INVALID, TFLM_THIRD_PARTY_INVALID, TFLM_ARCHIVE_*, CARGO_MISSING, CARGO_FAILED; `signal.reason`
 */
export async function findTflm(
  options: TflmOptions = {},
  progress?: Progress,
  signal?: AbortSignal,
): Promise<FoundTree> {
  const env = options.env ?? process.env;
  const fromEnv = !options.dir && !options.archive;
  const dir = options.dir ?? (fromEnv ? env.TFLM_DIR : undefined);
  const origin = fromEnv ? "TFLM_DIR" : "--tflm";
  const thirdParty = thirdPartyFolder(options.thirdParty, env);

  const archive = options.archive ?? (dir && isArchive(dir) ? dir : undefined);
  if (archive) {
    const unpacked = await unpackArchive(resolve(archive), options.sha256, cacheRoot(env), progress);
    return treeAt(unpacked, { label: archive, kind: "archive", origin }, thirdParty);
  }
  if (dir) return treeAt(resolve(dir), { label: dir, kind: "dir", origin }, thirdParty);

  const root = await locateCrate(cacheRoot(env), progress, signal, env);
  const label = `crate ${defaultCrate.name} ${defaultCrate.version}`;
  return treeAt(root, { label, kind: "crate", origin: "cargo" }, thirdParty);
}

function thirdPartyFolder(option: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const dir = option ?? env.TFLM_THIRD_PARTY_DIR;
  if (!dir) return undefined;
  const origin = option === undefined ? "TFLM_THIRD_PARTY_DIR" : "--tflm-third-party";
  const isFolder = statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder) throw dtmmError("TFLM_THIRD_PARTY_INVALID", { dir, origin });
  return resolve(dir);
}

function isArchive(path: string): boolean {
  return /\.(tar\.gz|tgz)$/.test(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true;
}

function treeAt(
  dir: string,
  facts: Pick<FoundTree, "label" | "kind" | "origin">,
  thirdParty: string | undefined,
): FoundTree {
  const invalid = (reason: string) =>
    dtmmError("TFLM_DIR_INVALID", { dir: facts.label, origin: facts.origin, reason });
  const there = statSync(dir, { throwIfNoEntry: false });
  if (!there) throw invalid("it does not exist");
  if (!there.isDirectory()) throw invalid("it is neither a folder nor a .tar.gz");
  const root = findTreeRoot(dir);
  if (!root) {
    throw invalid("no tensorflow/lite/micro/micro_interpreter.h in it or up to four folders below");
  }
  return { root, ...facts, ...identifyTree(root), thirdParty: searchThirdParty(root, thirdParty) };
}
