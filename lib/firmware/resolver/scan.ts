import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { inProject } from "../../project-path.js";

export interface ScanOptions {
  /** Files and folders to leave out, absolute or relative to the root. */
  ignore?: string[];
  /** Text that a file must contain, any of these. */
  mentions?: string[];
  /** Names of files to look at; C and C++ sources when absent. */
  names?: RegExp;
  /** Longer files are passed over; 1 MiB when absent. */
  maxBytes?: number;
}

const sourceName = /\.(c|cc|cpp|cxx|ino|h|hpp)$/i;
const skippedFolder =
  /^(\..*|node_modules|third_?party|managed_components|build([-_.].*)?|cmake-build.*|dist)$/i;
/** Folders that hold a project's own code even if somebody copied TFLM in beside it. */
const ownFolder = /^(src|sources?|main|app)$/i;
/** The types, and the calls of a source whose types stand in a header: every model with something to prune has one of these. */
const resolverMentions = ["MicroMutableOpResolver", "AllOpsResolver", "AddConv2D(", "AddFullyConnected("];
const maxEntries = 50_000;
const maxDepth = 12;
const maxSourceBytes = 1 << 20;

/**
 * Finds the C++ sources below `root` that mention an op resolver; see `findSources`.
 *
 * @returns paths relative to `root`, with "/" between folders, sorted
 */
export async function findResolverFiles(root: string, options: ScanOptions = {}): Promise<string[]> {
  return findSources(root, { mentions: resolverMentions, ...options });
}

/**
 * Finds the project's own files below `root`. Build folders, packages, hidden folders and TFLM trees are passed over, links
 * are not followed, and the walk ends after 50,000 entries.
 *
 * @returns paths relative to `root`, with "/" between folders, sorted
 */
export async function findSources(root: string, options: ScanOptions = {}): Promise<string[]> {
  const { mentions, names = sourceName, maxBytes = maxSourceBytes } = options;
  const ignored = new Set((options.ignore ?? []).map((path) => resolve(root, path)));
  const found: string[] = [];
  let entriesLeft = maxEntries;

  const visit = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await entriesOf(folder)) {
      if (--entriesLeft < 0) return;
      const path = join(folder, entry.name);
      if (ignored.has(path)) continue;
      if (entry.isDirectory() && depth < maxDepth && !(await isForeign(path, entry.name))) {
        await visit(path, depth + 1);
      } else if (entry.isFile() && names.test(entry.name) && (await holdsAny(path, mentions, maxBytes))) {
        found.push(inProject(root, path));
      }
    }
  };
  await visit(resolve(root), 0);
  return found.sort();
}

/** An unreadable folder cannot hold the project's own sources, so it is passed over. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function isForeign(path: string, name: string): Promise<boolean> {
  if (skippedFolder.test(name)) return true;
  if (name === "tensorflow") return exists(join(path, "lite", "micro"));
  if (ownFolder.test(name)) return false;
  const tree = join("tensorflow", "lite", "micro");
  return (await exists(join(path, tree))) || (await exists(join(path, "src", tree)));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function holdsAny(path: string, mentions: string[] | undefined, maxBytes: number): Promise<boolean> {
  try {
    if ((await stat(path)).size > maxBytes) return false;
    if (mentions === undefined) return true;
    const bytes = await readFile(path);
    return mentions.some((mention) => bytes.includes(mention));
  } catch {
    return false;
  }
}
