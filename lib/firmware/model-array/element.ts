const castPattern = /^\(\s*(?:unsigned |signed )?\w+\s*\)\s*/;
const number = /^(-?)(?:(0[xX])([0-9a-fA-F]{1,2})|(0[bB])([01]{1,8})|(\d{1,3}))([uU]?)$/;

/** How one number of an initialiser is spelled. */
export interface Element {
  /** 0..255. */
  byte: number;
  base: "hex" | "decimal";
  negative: boolean;
  /** Prefix of a hexadecimal number, `0x` or `0X`. */
  prefix: string;
  digits: string;
  suffix: string;
  /** What stands in front, with its parentheses: `(char)`. */
  cast: string;
}

/** Reads a number as C does (octal with a leading 0); undefined if it is none, or does not fit a byte. */
export function parseElement(text: string): Element | undefined {
  const cast = castPattern.exec(text)?.[0] ?? "";
  const match = number.exec(text.slice(cast.length));
  if (!match) return undefined;
  const [, sign = "", hexPrefix, hex, , binary, decimal = "", suffix = ""] = match;
  const isOctal = /^0\d/.test(decimal);
  if (isOctal && /[89]/.test(decimal)) return undefined;
  const size =
    hex !== undefined
      ? Number.parseInt(hex, 16)
      : binary !== undefined
        ? Number.parseInt(binary, 2)
        : Number.parseInt(decimal, isOctal ? 8 : 10);
  const value = sign ? -size : size;
  if (value < -128 || value > 255) return undefined;
  return {
    byte: value & 0xff,
    base: hex !== undefined ? "hex" : "decimal",
    negative: sign !== "",
    prefix: hexPrefix ?? "",
    digits: hex ?? decimal,
    suffix,
    cast,
  };
}
