import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

/** The header that every TFLM tree of every vintage has, relative to its include root. */
export const treeMarker = join("tensorflow", "lite", "micro", "micro_interpreter.h");

const maxDepth = 4;
const maxFolders = 4000;
const neverInside = new Set(["node_modules", ".git", "build", "target", "dist"]);

/**
 * The nearest folder at or below `dir` from which `#include "tensorflow/lite/micro/..."` works: the folder itself, or one
 * at most four levels down (`src`, `submodules/tensorflow`, `components/esp-tflite-micro`, an archive's own top folder).
 * Breadth first and in alphabetical order, so that the answer does not depend on the file system.
 */
export function findTreeRoot(dir: string): string | undefined {
  let level = [dir];
  let visited = 0;
  for (let depth = 0; depth <= maxDepth; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      if (existsSync(join(folder, treeMarker))) return folder;
      // A mistaken path such as a home folder shall end in an error soon, not in a walk over the disk.
      if (++visited > maxFolders) return undefined;
      next.push(...subfolders(folder));
    }
    level = next;
  }
  return undefined;
}

function subfolders(folder: string): string[] {
  // Below tensorflow/lite there is no second tree, but a great deal else.
  if (basename(folder) === "lite") return [];
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .filter((entry) => !neverInside.has(entry.name))
      .map((entry) => join(folder, entry.name))
      .sort();
  } catch {
    // Not a folder, or not readable: nothing to find in it.
    return [];
  }
}
