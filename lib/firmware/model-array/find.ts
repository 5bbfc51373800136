import { parseElement } from "./element.js";
import { lineAt, maskComments, maskDirectives } from "./mask.js";

/** An array of bytes with an initialiser, as it stands in C or C++. */
export interface SourceArray {
  name: string;
  /** Line of the name, counted from 1. */
  line: number;
  bytes: Uint8Array;
  /** Index at which the declaration begins, attributes in front of it included. */
  head: number;
  /** What stands between the braces: index after "{" and index of "}". */
  open: number;
  close: number;
  /** What stands between the brackets. */
  size: { start: number; end: number; text: string };
}

/** An array that looks like one of bytes, but whose contents cannot be read. */
export interface UnreadableArray {
  name: string;
  line: number;
  reason: string;
}

export interface FoundArrays {
  arrays: SourceArray[];
  unreadable: UnreadableArray[];
}

const declarator = /([A-Za-z_]\w*)\s*\[([^[\]{};=]*)\]([^;{}=[\]]*)=?\s*\{/g;
const byteType = /\b(?:char|u?int8_t|uint8|int8|uchar|byte|BYTE|u8|U8)\b/;

/**
 * Finds the arrays of bytes in a source, whatever stands around them: qualifiers in any order, alignment and section
 * attributes in front or behind, macros such as PROGMEM, conditional lines between the words of the declaration.
 */
export function arraysIn(text: string): FoundArrays {
  const commentless = maskComments(text);
  const code = maskDirectives(commentless);
  const found: FoundArrays = { arrays: [], unreadable: [] };
  declarator.lastIndex = 0;
  for (let match = declarator.exec(code); match !== null; match = declarator.exec(code)) {
    const [whole, name = "", size = ""] = match;
    const open = match.index + whole.length;
    const head = headStart(code, match.index);
    if (!byteType.test(code.slice(head, match.index)) || code.slice(head, match.index).includes("*"))
      continue;
    const end = code.indexOf("}", open);
    const close = end < 0 ? code.length : end;
    const line = lineAt(text, match.index);
    const contents = bytesOf(commentless.slice(open, close));
    if (end < 0) found.unreadable.push({ name, line, reason: "its closing brace is missing" });
    else if ("reason" in contents) found.unreadable.push({ name, line, reason: contents.reason });
    else {
      const start = match.index + whole.indexOf("[") + 1;
      const brackets = { start, end: start + size.length, text: size };
      found.arrays.push({ name, line, bytes: contents.bytes, head, open, close, size: brackets });
    }
    declarator.lastIndex = close;
  }
  return found;
}

/** Whether bytes are a .tflite file, by its identifier. */
export function isModel(bytes: Uint8Array): boolean {
  return bytes.length > 8 && Buffer.from(bytes.subarray(4, 8)).toString("latin1") === "TFL3";
}

/** The first word after the statement, block or label in front of `index`. */
function headStart(code: string, index: number): number {
  const before = Math.max(...[";", "{", "}"].map((end) => code.lastIndexOf(end, index - 1)));
  return before + 1 + /^\s*/.exec(code.slice(before + 1, index))![0].length;
}

function bytesOf(initialiser: string): { bytes: Uint8Array } | { reason: string } {
  if (/^[ \t]*#/m.test(initialiser)) {
    return { reason: "a preprocessor line stands between its braces" };
  }
  const words = initialiser.split(",").map((word) => word.trim());
  if (words.at(-1) === "") words.pop();
  const bytes = new Uint8Array(words.length);
  for (const [index, word] of words.entries()) {
    const element = parseElement(word);
    if (!element) return { reason: `element ${index}, "${word.slice(0, 20)}", is not the number of a byte` };
    bytes[index] = element.byte;
  }
  return { bytes };
}
