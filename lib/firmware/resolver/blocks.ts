import { createHash } from "node:crypto";
import { dtmmError } from "../../errors/index.js";

/**
 * Tagged blocks: the whole lines that dtmm adds to other people's sources.
 *
 *     // dtmm:begin <tag> sha256:<12 hex digits of the body's hash>
 *     body
 *     // dtmm:end <tag>
 *
 * `joined` at the end of the first line says that the block stands in the middle of what used to be one line, so
 * the line break before it is dtmm's as well. Makefiles and CMake have `#` in the place of `//`.
 */
export interface Block {
  tag: string;
  body: string[];
  indent: string;
  /** Line ending of the file: "\n" or "\r\n". */
  eol: string;
  joined: boolean;
  /** What a comment begins with; `//` when absent. */
  comment?: "//" | "#";
}

const beginLine = /^[ \t]*(?:\/\/|#) dtmm:begin (\S+) sha256:([0-9a-f]{12})( joined)?\s*$/;
const endLine = /^[ \t]*(?:\/\/|#) dtmm:end (\S+)\s*$/;

/** The text to insert for a block; with `joined` it starts with the line break that splits the line. */
export function renderBlock({ tag, body, indent, eol, joined, comment = "//" }: Block): string {
  const begin = `${comment} dtmm:begin ${tag} sha256:${bodyHash(body)}${joined ? " joined" : ""}`;
  const lines = [begin, ...body, `${comment} dtmm:end ${tag}`];
  return (joined ? eol : "") + lines.map((line) => (line === "" ? eol : indent + line + eol)).join("");
}

/**
 * Takes all blocks out of `text`; the rest stays byte for byte as it is.
 *
 * @throws PATCH_EDITED if a body no longer has the hash in its first line, or a block has no end
 */
export function removeBlocks(text: string, path: string): string {
  const lines = text.split(/(?<=\n)/);
  let kept = "";
  for (let at = 0; at < lines.length; at++) {
    const begin = beginLine.exec(lines[at]!);
    if (!begin) {
      kept += lines[at];
      continue;
    }
    const [, tag, hash, joined] = begin;
    const end = lines.findIndex((line, index) => index > at && endLine.exec(line)?.[1] === tag);
    if (end < 0) {
      throw dtmmError("PATCH_EDITED", {
        path,
        line: at + 1,
        what: `the line "dtmm:end ${tag}" is missing`,
      });
    }
    if (bodyHash(lines.slice(at + 1, end)) !== hash) {
      throw dtmmError("PATCH_EDITED", { path, line: at + 1, what: `the block "${tag}" was changed by hand` });
    }
    if (joined) kept = kept.replace(/\r?\n$/, "");
    at = end;
  }
  return kept;
}

/** Indentation and line endings do not count: formatters and git may change both without meaning to edit. */
function bodyHash(body: string[]): string {
  const text = body.map((line) => line.trim()).join("\n");
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
