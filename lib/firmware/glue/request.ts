import { posix } from "node:path";
import type { GlueKind } from "./kinds.js";

/** What a build system has to be told. */
export interface GlueRequest {
  kind: GlueKind;
  /** The firmware project's folder, absolute. */
  root: string;
  /** The output folder, relative to `root`, with "/" between folders. */
  out: string;
  /** Sources to compile, relative to `out`. */
  sources: readonly string[];
  /** Folders for the include path, relative to `out`; "" is `out` itself. */
  includeDirs: readonly string[];
  /** The source with the op resolver, relative to `root`: what is built together with it gets the kernels. */
  resolverFile?: string;
}

/** A drop-in file or a patched build file, relative to the root. */
export interface GlueFile {
  path: string;
  content: string | Uint8Array;
  /** "patch": a file of the user's with dtmm's blocks in it; "file": one that is dtmm's own. */
  undo: "file" | "patch";
}

/** `out` or a path in it, as seen from a folder; both relative to the root. */
export function fromFolder(folder: string, out: string, path = ""): string {
  return posix.relative(folder, posix.join(out, path)) || ".";
}
