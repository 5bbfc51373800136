import type { Node } from "web-tree-sitter";
import { type Block, renderBlock } from "./blocks.js";
import type { ParsedFile } from "./parse.js";

/** A piece of text that takes the place of `start..end`. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** An edit of one of a project's files. */
export interface FileEdit extends TextEdit {
  file: ParsedFile;
}

/**
 * The edit that puts a block after the line on which `index` lies, or before it. If other code shares the line, the
 * line is split there and the block remembers it.
 */
export function blockEdit(
  file: ParsedFile,
  index: number,
  side: "before" | "after",
  block: Pick<Block, "tag" | "body" | "indent">,
): FileEdit {
  const { root, text } = file;
  const eol = eolAt(text, index);
  const free = side === "after" ? freeAfter(root, text, index) : freeBefore(text, index);
  const at = free ?? index;
  return { file, start: at, end: at, text: renderBlock({ ...block, eol, joined: free === undefined }) };
}

/** The blanks that the line of `index` begins with. */
export function indentAt(text: string, index: number): string {
  return /^[ \t]*/.exec(text.slice(lineStartOf(text, index)))![0];
}

/** Applies edits that do not overlap. */
export function applyEdits(text: string, edits: TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((done, edit) => done.slice(0, edit.start) + edit.text + done.slice(edit.end), text);
}

/** The start of the line after `index` if nothing but blanks and comments stands between. */
function freeAfter(root: Node, text: string, index: number): number | undefined {
  let at = index;
  for (;;) {
    at += /^[ \t]*/.exec(text.slice(at))![0].length;
    const lineEnd = /^\r?\n/.exec(text.slice(at, at + 2));
    if (lineEnd) return at + lineEnd[0].length;
    const comment = at < text.length ? root.descendantForIndex(at, at + 1) : null;
    if (comment?.type !== "comment" || comment.startIndex !== at) return undefined;
    at = text[comment.endIndex - 1] === "\r" ? comment.endIndex - 1 : comment.endIndex;
  }
}

/** The start of the line if nothing but blanks stands before `index`. */
function freeBefore(text: string, index: number): number | undefined {
  const lineStart = lineStartOf(text, index);
  return text.slice(lineStart, index).trim() === "" ? lineStart : undefined;
}

/** The line ending in use around `index`; that of the file's first line, if `index` is on its last. */
function eolAt(text: string, index: number): string {
  const own = text.indexOf("\n", index);
  const end = own < 0 ? text.indexOf("\n") : own;
  return end > 0 && text[end - 1] === "\r" ? "\r\n" : "\n";
}

function lineStartOf(text: string, index: number): number {
  return index === 0 ? 0 : text.lastIndexOf("\n", index - 1) + 1;
}
