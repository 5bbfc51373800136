/** The worked examples of docs/packed-format.md against the bytes that the packer makes. */

import { readFileSync } from "node:fs";
import type { PackedParts } from "../../../lib/pack/packed-parts.js";

/** The bytes that the section under `heading` shows, in upper case hex: weights, index, records, options. */
export function shownBytes(heading: string): string[] {
  const text = readFileSync(new URL("../../../docs/packed-format.md", import.meta.url), "utf8");
  const section = text.slice(text.indexOf(heading) + heading.length).split(/^## /m)[0]!;
  return [...section.matchAll(/^ {4}.{9}((?: *[0-9A-F]{2}\b)+)/gm)].flatMap((m) => m[1]!.trim().split(/ +/));
}

/** The same of a packed layer. */
export function hexBytes({ weights, index, records, options }: PackedParts): string[] {
  const bytes = [weights, index, records, options].flatMap((part) => Array.from(part, (byte) => byte & 0xff));
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
}
