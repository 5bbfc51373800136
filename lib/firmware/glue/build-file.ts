import { readdir } from "node:fs/promises";
import { join, posix } from "node:path";
import { removeBlocks, renderBlock } from "../resolver/blocks.js";
import { applyEdits, type TextEdit } from "../resolver/insert.js";
import { decodeSource, readSource } from "../source-text.js";
import type { GlueFile } from "./request.js";

/** A build file without dtmm's blocks, with the way back to its bytes. */
export interface BuildFile {
  /** Relative to the root. */
  path: string;
  /** Its folder, relative to the root; "" is the root. */
  folder: string;
  text: string;
  encode(text: string): Uint8Array;
}

/** A block to put at the beginning of the line at `index`. */
export interface BuildBlock {
  index: number;
  tag: string;
  body: string[];
  indent?: string;
}

/**
 * The nearest build file at or above the folder of a source, up to the root.
 *
 * @param names of build files, the first of them that a folder has counts
 * @param isRight whether a file is one to patch; any is when absent
 * @throws PATCH_EDITED if a block of dtmm was changed by hand; SOURCE_UNREADABLE
 */
export async function nearestBuildFile(
  root: string,
  source: string | undefined,
  names: readonly string[],
  isRight: (text: string) => boolean = () => true,
): Promise<BuildFile | undefined> {
  let folder = source === undefined ? "." : posix.dirname(source);
  for (;;) {
    const entries = await readdir(join(root, folder)).catch((): string[] => []);
    const name = names.find((candidate) => entries.includes(candidate));
    if (name !== undefined) {
      const file = await readBuildFile(root, posix.join(folder, name));
      if (isRight(file.text)) return file;
    }
    if (folder === ".") return undefined;
    folder = posix.dirname(folder);
  }
}

async function readBuildFile(root: string, path: string): Promise<BuildFile> {
  const source = decodeSource(await readSource(join(root, path), path));
  const folder = posix.dirname(path);
  return {
    path,
    folder: folder === "." ? "" : folder,
    text: removeBlocks(source.text, path),
    encode: source.encode,
  };
}

/** The file with blocks in it. A last line without a line break gets one, which belongs to the block. */
export function withBlocks(file: BuildFile, blocks: readonly BuildBlock[]): GlueFile {
  const { path, text } = file;
  const eol = /\r?\n/.exec(text)?.[0] ?? "\n";
  // The last first: of two at the same place, the one that is applied later comes to stand in front.
  const edits = [...blocks].reverse().map(({ index, tag, body, indent = "" }): TextEdit => {
    const joined = index > 0 && text[index - 1] !== "\n";
    return {
      start: index,
      end: index,
      text: renderBlock({ tag, body, indent, eol, joined, comment: "#" }),
    };
  });
  return { path, content: file.encode(applyEdits(text, edits)), undo: "patch" };
}

/** The beginning of the line after `index`, or the end of the text. */
export function lineAfter(text: string, index: number): number {
  const end = text.indexOf("\n", index);
  return end < 0 ? text.length : end + 1;
}
