import { lineAt, maskComments } from "./mask.js";

/** A number in a source that states how many bytes an array has. */
export interface LengthPlace {
  start: number;
  end: number;
  text: string;
  line: number;
}

export interface Lengths {
  /** Definitions of the length, and sizes in declarations of the array: dtmm can write another number there. */
  definitions: LengthPlace[];
  /** The same number in places whose meaning is not certain. */
  unclear: LengthPlace[];
}

const number = String.raw`(?<!\w)(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*\b`;
const lengthName = /len|size|bytes|count/i;

/**
 * Finds where a source states the length of the array `name` as a number. `sizeof` needs no change and is not listed.
 *
 * @param bytes the array's length today
 * @param isOwn whether this source defines the array: then every length of that value is the array's
 * @param size what stands between the array's brackets, which may be the name of the length
 */
export function lengthsIn(
  text: string,
  { name, bytes, isOwn, size }: { name: string; bytes: number; isOwn: boolean; size: string },
): Lengths {
  const code = maskComments(text);
  const lengths: Lengths = { definitions: [], unclear: [] };
  for (const match of code.matchAll(new RegExp(number, "g"))) {
    if (Number(match[0].replace(/[uUlL]+$/, "")) !== bytes) continue;
    const place = {
      start: match.index,
      end: match.index + match[0].length,
      text: match[0],
      line: lineAt(text, match.index),
    };
    const before = code.slice(code.lastIndexOf("\n", match.index) + 1, match.index);
    const statement = code.slice(Math.max(0, match.index - 300), match.index);
    const defined = definedName(before, statement);
    if (defined === name) lengths.definitions.push(place);
    else if (defined !== undefined && belongs(defined, { name, isOwn, size }))
      lengths.definitions.push(place);
    else if (mentions(lineOf(code, match.index), name)) lengths.unclear.push(place);
  }
  return lengths;
}

/** The same number in other digits, spelled as it was: base, case and suffix. */
export function respell(text: string, value: number): string {
  const [, prefix = "", digits = "", suffix = ""] = /^(0[xX])?([0-9a-fA-F]*?)([uUlL]*)$/.exec(text) ?? [];
  if (prefix === "") return `${value}${suffix}`;
  const hex = value.toString(16);
  return `${prefix}${/[A-F]/.test(digits) ? hex.toUpperCase() : hex}${suffix}`;
}

/** What is defined as the number that follows: `#define NAME `, `NAME = `, `NAME{`, or the array in `NAME[`. */
function definedName(line: string, statement: string): string | undefined {
  const macro = /^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+\(?[ \t]*$/.exec(line);
  if (macro) return macro[1];
  return /(\w+)\s*(?:=\s*|\{\s*|\[\s*)(?:\(\s*\w+\s*\)\s*)?$/.exec(statement)?.[1];
}

/** Whether a constant is the array's length: named in its brackets, after it, or like one beside it. */
function belongs(
  defined: string,
  { name, isOwn, size }: { name: string; isOwn: boolean; size: string },
): boolean {
  if (defined === size.trim()) return true;
  if (!lengthName.test(defined)) return false;
  const stem = (word: string) =>
    word
      .replace(/^[gk]_?(?=[a-z])/i, "")
      .replace(/_/g, "")
      .toLowerCase();
  return isOwn || stem(defined).startsWith(stem(name));
}

function mentions(line: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b|model`, "i").test(line);
}

function lineOf(text: string, index: number): string {
  const end = text.indexOf("\n", index);
  return text.slice(text.lastIndexOf("\n", index) + 1, end < 0 ? text.length : end);
}
