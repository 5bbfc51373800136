import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dtmmError } from "../errors/index.js";
import { treeMarker } from "./search.js";

/** What a tree's files say before anything is compiled. */
export interface TreeIdentity {
  /** That TFLM's classes are in: "tflite", or a vendor's own. */
  namespace: string;
  /** Whether the interpreter's sources are there; a vendor may ship headers and a library instead. */
  hasSources: boolean;
}

const usualNamespace = "tflite";

export function identifyTree(root: string): TreeIdentity {
  const header = join(root, treeMarker);
  return {
    namespace: /^namespace (\w+) \{/m.exec(readFileSync(header, "utf8"))?.[1] ?? usualNamespace,
    hasSources: [".cc", ".cpp"].some((extension) => existsSync(header.replace(/\.h$/, extension))),
  };
}

/**
 * Checks that the interpreter of a tree can be compiled for the host.
 *
 * @throws TFLM_TREE_UNSUITABLE
 */
export function requireInterpreter(root: string, { namespace, hasSources }: TreeIdentity): void {
  const reason = !hasSources
    ? "it has no sources of the interpreter, as a vendor's headers with a library have none"
    : namespace !== usualNamespace
      ? `its classes are in the namespace ${namespace}`
      : undefined;
  if (reason !== undefined) throw dtmmError("TFLM_TREE_UNSUITABLE", { root, reason });
}
