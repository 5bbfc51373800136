import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeSource } from "../firmware/source-text.js";

/** Something that the project's files say, and which file and line say it. */
export interface Finding<T> {
  value: T;
  /** For people: `Makefile:12 has -mcpu=cortex-m4`. */
  reason: string;
}

/** What a finder knows: candidates, the likeliest first, and remarks on what it had to pass over. */
export interface Findings<T> {
  candidates: Finding<T>[];
  notes: string[];
}

/** The text of a project's file; undefined if it cannot be read. */
export async function textOf(root: string, path: string): Promise<string | undefined> {
  const bytes = await readFile(join(root, path)).catch(() => undefined);
  return bytes && decodeSource(bytes).text;
}

/** `path:line` of the first line that a pattern matches. */
export function placeOf(path: string, text: string, pattern: RegExp): string {
  const index = text.split("\n").findIndex((line) => pattern.test(line));
  return index < 0 ? path : `${path}:${index + 1}`;
}
