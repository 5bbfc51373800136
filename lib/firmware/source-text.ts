import { readFile } from "node:fs/promises";
import { dtmmError } from "../errors/index.js";

/** A source file as text, with the way back to its exact bytes. */
export interface SourceText {
  text: string;
  encode(text: string): Uint8Array;
}

/**
 * Decodes a source so that unchanged parts encode to the same bytes: UTF-8 (a byte order mark stays in the text),
 * and for older files in other encodings one character per byte.
 */
export function decodeSource(bytes: Uint8Array): SourceText {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, encode: (changed) => Buffer.from(changed, "utf8") };
  } catch {
    const text = Buffer.from(bytes).toString("latin1");
    return { text, encode: (changed) => Buffer.from(changed, "latin1") };
  }
}

/** Reads a source file; `shown` is its name in the error SOURCE_UNREADABLE. */
export async function readSource(path: string, shown: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown reason";
    throw dtmmError("SOURCE_UNREADABLE", { path: shown, reason }, error);
  }
}
