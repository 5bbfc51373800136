const commentOrLiteral = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;
const directive = /^[ \t]*#(?:[^\n]*\\\r?\n)*[^\n]*/gm;

/** Blanks in place of everything but line breaks, so that indices and line numbers stay. */
function blank(text: string): string {
  return text.replace(/[^\r\n]/g, " ");
}

/** C or C++ without comments and the insides of strings, at the same indices. */
export function maskComments(text: string): string {
  return text.replace(commentOrLiteral, (match) =>
    match[0] === "/" ? blank(match) : `${match[0]}${blank(match.slice(1, -1))}${match[0]}`,
  );
}

/** The same text without preprocessor lines; `masked` is free of comments. */
export function maskDirectives(masked: string): string {
  return masked.replace(directive, blank);
}

/** Line of an index, counted from 1. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < index; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
