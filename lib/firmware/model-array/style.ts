import { parseElement } from "./element.js";
import { maskComments } from "./mask.js";

/** How the numbers between an array's braces are written. */
export interface ArrayStyle {
  base: "hex" | "decimal";
  /** `0x` or `0X`; empty for decimal numbers. */
  prefix: string;
  upperCase: boolean;
  /** Hexadecimal digits are filled up to two. */
  padded: boolean;
  /** Bytes from 128 up are written as negative numbers. */
  signed: boolean;
  suffix: string;
  /** `(char)` where numbers have a cast in front. */
  cast: string;
  /** Numbers of a full line; Infinity if all stand on one. */
  perLine: number;
  /** Text between two numbers of a line. */
  separator: string;
  /** Width of separator blanks and number together where columns are aligned, else 0. */
  columnWidth: number;
  /** The same for the first number of a line with its indentation, which lead and line break then lack. */
  firstWidth: number;
  /** Text between the last number of a line and the first of the next. */
  lineBreak: string;
  /** Text between "{" and the first number, comments included. */
  lead: string;
  /** Text between the last number and "}". */
  tail: string;
}

interface Word {
  start: number;
  end: number;
  text: string;
}

/**
 * Reads the style off what stands between an array's braces.
 *
 * @param contents with at least one number and nothing but numbers, commas, blanks and comments
 */
export function styleOf(contents: string): ArrayStyle {
  const masked = maskComments(contents);
  const words = [...masked.matchAll(/(?:\([^()]*\)\s*)?[^\s,]+/g)].map(({ 0: text, index }) => ({
    start: index,
    end: index + text.length,
    text,
  }));
  const lines = linesOf(masked, words);
  const elements = words.flatMap(({ text }) => parseElement(text) ?? []);
  const hex = elements.filter(({ base }) => base === "hex");
  const isHex = 2 * hex.length >= elements.length;
  const digits = hex.map((element) => element.digits).join("");
  const first = lines[0]!;
  const separator = first.length > 1 ? masked.slice(first[0]!.end, first[1]!.start) : ", ";
  const width = isHex ? 0 : columnWidth(masked, lines);
  const firstWidth = width === 0 ? 0 : firstColumnWidth(masked, lines);
  const lead = contents.slice(0, words[0]!.start);
  const between = lines.length > 1 ? lineBreak(contents, first.at(-1)!.end, lines[1]![0]!.start) : ",\n";
  const withoutIndent = (text: string) => (firstWidth === 0 ? text : text.replace(/[ \t]+$/, ""));
  return {
    base: isHex ? "hex" : "decimal",
    prefix: isHex ? (hex[0]?.prefix ?? "0x") : "",
    upperCase: /[A-F]/.test(digits) && !/[a-f]/.test(digits),
    padded: !hex.some((element) => element.digits.length === 1),
    signed: elements.some(({ negative }) => negative),
    suffix: elements[0]?.suffix ?? "",
    cast: elements[0]?.cast ?? "",
    perLine: lines.length > 1 ? Math.max(...lines.map((line) => line.length)) : Number.POSITIVE_INFINITY,
    separator,
    columnWidth: width,
    firstWidth,
    lineBreak: withoutIndent(between),
    lead: withoutIndent(lead),
    tail: contents.slice(words.at(-1)!.end),
  };
}

/** The text between the braces for other bytes. */
export function renderElements(bytes: Uint8Array, style: ArrayStyle): string {
  const words = Array.from({ length: 256 }, (_, byte) => spell(byte, style));
  const comma = style.separator.trimEnd();
  const parts: string[] = [style.lead];
  for (const [index, byte] of bytes.entries()) {
    const word = words[byte]!;
    if (index % style.perLine === 0) {
      parts.push(index === 0 ? "" : style.lineBreak, word.padStart(style.firstWidth));
    } else if (style.columnWidth > 0) {
      parts.push(comma, word.padStart(style.columnWidth));
    } else {
      parts.push(style.separator, word);
    }
  }
  parts.push(style.tail);
  return parts.join("");
}

function spell(byte: number, { base, prefix, upperCase, padded, signed, suffix, cast }: ArrayStyle): string {
  const isNegative = signed && byte > 127;
  const value = isNegative ? 256 - byte : byte;
  const digits = base === "hex" ? value.toString(16).padStart(padded ? 2 : 1, "0") : String(value);
  return `${cast}${isNegative ? "-" : ""}${prefix}${upperCase ? digits.toUpperCase() : digits}${suffix}`;
}

function linesOf(masked: string, words: Word[]): Word[][] {
  const lines: Word[][] = [];
  for (const [index, word] of words.entries()) {
    const before = words[index - 1];
    if (before && !masked.slice(before.end, word.start).includes("\n")) lines.at(-1)!.push(word);
    else lines.push([word]);
  }
  return lines;
}

/** The common width of blanks and number behind a comma, where numbers of different lengths have one. */
function columnWidth(masked: string, lines: Word[][]): number {
  return commonWidth(
    lines.flatMap((line) =>
      line.slice(1).map((word, index) => {
        const blanks = masked.slice(line[index]!.end, word.start).replace(/^\s*,/, "").length;
        return { width: blanks + word.text.length, length: word.text.length };
      }),
    ),
  );
}

/** The same for the first numbers of the lines and the blanks in front of them. */
function firstColumnWidth(masked: string, lines: Word[][]): number {
  return commonWidth(
    lines.flatMap(([word]) => {
      const blanks = /[ \t]*$/.exec(masked.slice(0, word!.start))![0].length;
      return { width: blanks + word!.text.length, length: word!.text.length };
    }),
  );
}

function commonWidth(cells: { width: number; length: number }[]): number {
  const isAligned = new Set(cells.map(({ width }) => width)).size === 1;
  return isAligned && new Set(cells.map(({ length }) => length)).size > 1 ? cells[0]!.width : 0;
}

/** A comment behind the first line belongs to its bytes and is not taken over. */
function lineBreak(contents: string, start: number, end: number): string {
  const between = contents.slice(start, end);
  const masked = maskComments(between);
  return masked === between ? between : masked.replace(/[ \t]+(?=\r?\n)/, "");
}
