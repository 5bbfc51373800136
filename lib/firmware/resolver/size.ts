import { dtmmError } from "../../errors/index.js";

// The change of N in `MicroMutableOpResolver<N>` is written so that the file itself knows the way back:
// `5` becomes `/*dtmm:was 5 +1*/6`, and `kOps` becomes `/*dtmm:was kOps +1*/kOps + 1`. Where more registrations are dropped
// than added, N falls: `/*dtmm:was 5 -1*/4`.

const mark = /\/\*dtmm:was ((?:(?!\*\/)[\s\S])*?) ([+-]\d+)\*\/\s*/g;
const integer = /^(\d+)([uUlL]*)/;

/** The text that takes the place of N when it changes by `count`; undefined if N holds a comment. */
export function changedSize(size: string, count: number): string | undefined {
  if (size.includes("*/") || size.includes("//")) return undefined;
  return `/*dtmm:was ${size} ${count < 0 ? "" : "+"}${count}*/${sum(size, count)}`;
}

/**
 * Puts every N back. A user who changed the number next to a mark meant the number of slots: then `count` is
 * taken off it, and the user's change stays.
 *
 * @throws PATCH_EDITED if what follows a mark is neither
 */
export function restoreSizes(text: string, path: string): string {
  let restored = "";
  let from = 0;
  for (const match of text.matchAll(mark)) {
    const [whole, size, digits] = match as unknown as [string, string, string];
    const start = match.index + whole.length;
    const found = originalSize(text.slice(start), size, Number(digits));
    if (!found) {
      const line = text.slice(0, match.index).split("\n").length;
      const what = `"${sum(size, Number(digits))}" was expected after "${whole.trim()}"`;
      throw dtmmError("PATCH_EDITED", { path, line, what });
    }
    restored += text.slice(from, match.index) + found.size;
    from = start + found.length;
  }
  return restored + text.slice(from);
}

function originalSize(
  after: string,
  size: string,
  count: number,
): { size: string; length: number } | undefined {
  const expected = sum(size, count);
  const now = isInteger(size) ? integer.exec(after) : null;
  if (now === null) return after.startsWith(expected) ? { size, length: expected.length } : undefined;
  if (now[0] === expected) return { size, length: expected.length };
  const rest = Number(now[1]) - count;
  return rest < 0 ? undefined : { size: `${rest}${now[2]}`, length: now[0].length };
}

function sum(size: string, count: number): string {
  if (isInteger(size)) {
    const [, digits, suffix] = integer.exec(size)!;
    return `${Number(digits) + count}${suffix}`;
  }
  return `${/^[\w:]+$/.test(size) ? size : `(${size})`} ${count < 0 ? "-" : "+"} ${Math.abs(count)}`;
}

/** A plain decimal literal; octal, hexadecimal and separated ones are treated like any expression. */
function isInteger(size: string): boolean {
  return integer.exec(size)?.[0] === size && !/^0\d/.test(size);
}
