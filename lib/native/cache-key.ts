import { createHash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, sep } from "node:path";
import type { TflmTree } from "../tflm/locate.js";
import type { Toolchain } from "./compiler.js";

export interface CacheKeys {
  /** Of libtflm.a: the tree, the compilers, their flags and how cmake/ compiles it. */
  tflm: string;
  /** Of dtmm.node: all of that, and our own native sources. */
  addon: string;
}

const napiVersion = 8;
const sourceFile = /\.(h|hh|hpp|c|cc|cpp|inc|cmake|json|txt)$/;
const packageJson = createRequire(import.meta.url);

/**
 * Two keys that change exactly when something that went into the two artefacts changes. Our own files count by content
 * (npm gives every file the same date); the TFLM tree, which is large and somebody else's, by path, size and date.
 *
 * @param packageRoot folder with cmake/, native/ and tflm-kernels/
 */
export function cacheKeys(packageRoot: string, tree: TflmTree, toolchain: Toolchain): CacheKeys {
  const tflm = digest([
    process.platform,
    process.arch,
    JSON.stringify(toolchain),
    ...contents(join(packageRoot, "cmake")),
    ...treeListing(tree),
  ]);
  const addon = digest([
    tflm,
    String(napiVersion),
    packageVersion("node-addon-api"),
    packageVersion("node-api-headers"),
    ...contents(join(packageRoot, "native")),
    ...contents(join(packageRoot, "tflm-kernels")),
  ]);
  return { tflm, addon };
}

/** SHA-256 over parts of any length, none of which can run into the next; 24 hexadecimal digits of it. */
function digest(parts: string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex").slice(0, 24);
}

function contents(folder: string): string[] {
  return sources(folder).flatMap((path) => [posixPath(folder, path), readFileSync(path, "utf8")]);
}

/**
 * The parts of the tree that a build reads. `tensorflow/lite` of a full checkout is some thousand files; the rest of
 * TensorFlow is not walked.
 */
function treeListing(tree: TflmTree): string[] {
  const folders = new Set([
    join(tree.root, "tensorflow", "lite"),
    join(tree.root, "tensorflow", "compiler", "mlir", "lite"),
    join(tree.root, "third_party", "cmsis"),
    join(tree.root, "third_party", "cmsis_nn"),
    ...tree.includeDirs,
  ]);
  return [
    tree.root,
    ...[...folders].flatMap((folder) => [
      folder,
      ...sources(folder).map((path) => {
        const { size, mtimeMs } = statSync(path);
        return `${posixPath(folder, path)} ${size} ${mtimeMs}`;
      }),
    ]),
  ];
}

/** The source files below a folder, sorted; none if the folder does not exist. */
function sources(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sources(path);
      return sourceFile.test(entry.name) && !isDangling(entry, path) ? [path] : [];
    });
}

function isDangling(entry: Dirent, path: string): boolean {
  return entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isFile() !== true;
}

function posixPath(from: string, to: string): string {
  return relative(from, to).split(sep).join("/");
}

function packageVersion(name: string): string {
  return (packageJson(`${name}/package.json`) as { version: string }).version;
}
