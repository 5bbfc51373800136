import { join, posix } from "node:path";
import { dtmmError } from "../../errors/index.js";
import type { PatchedFile } from "../patch.js";
import { applyEdits, type TextEdit } from "../resolver/insert.js";
import { findSources } from "../resolver/scan.js";
import { decodeSource, readSource } from "../source-text.js";
import { renderDenseMark, startOfMark } from "./dense-mark.js";
import type { SourceArray } from "./find.js";
import { type LengthPlace, lengthsIn, respell } from "./length.js";
import { modelArrayIn } from "./read.js";
import { renderElements, styleOf } from "./style.js";

export interface ArrayRequest {
  /** The firmware project's folder. */
  root: string;
  /** The source with the array, relative to `root`, with "/" between folders. */
  source: string;
  /** Name of the array; needed where the source holds several models. */
  name?: string;
  /** What takes the place of the array's bytes; the array's own bytes when absent, which finds out whether it would work. */
  bytes?: Uint8Array;
  /** Where the dense model will be kept, relative to `root`. */
  dense: string;
  /** Files and folders that the search for the length leaves out. */
  ignore?: string[];
}

/** What becomes of the number at a place of the array's length. */
type NewLength = (place: LengthPlace) => TextEdit;

/**
 * Works out how the project looks with another model in the place of its array, in the spelling of the old one: the
 * array, its length wherever a source states it as a number, and a comment that says where the dense model is.
 *
 * @throws MODEL_ARRAY_LENGTH where the length stands as a bare number in a place whose meaning is not certain;
 *   MODEL_ARRAY_NOT_FOUND, MODEL_ARRAY_AMBIGUOUS, SOURCE_UNREADABLE
 */
export async function planModelArray(request: ArrayRequest): Promise<PatchedFile[]> {
  const { root, source } = request;
  const before = await readSource(join(root, source), source);
  const decoded = decodeSource(before);
  const { array } = modelArrayIn(before, source, request.name);
  const bytes = request.bytes ?? array.bytes;
  const newLength: NewLength = ({ start, end, text }) => ({ start, end, text: respell(text, bytes.length) });
  const edits = [
    ...arrayEdits(decoded.text, array, bytes, { dense: request.dense, source }),
    ...definitionsIn(decoded.text, array, source, true).map(newLength),
  ];
  const after = decoded.encode(applyEdits(decoded.text, edits));
  return [{ path: source, before, after }, ...(await otherFiles(request, array, newLength))];
}

function arrayEdits(
  text: string,
  array: SourceArray,
  bytes: Uint8Array,
  { dense, source }: { dense: string; source: string },
): TextEdit[] {
  const { open, close, head } = array;
  const style = styleOf(text.slice(open, close));
  const path = posix.relative(posix.dirname(source), dense);
  const start = startOfMark(text, head);
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const isFree = text.slice(lineStart, start).trim() === "";
  const eol = /\r?\n/.exec(text)?.[0] ?? "\n";
  const gap = isFree ? eol + text.slice(lineStart, start) : " ";
  return [
    { start, end: head, text: renderDenseMark(path, bytes) + gap },
    { start: open, end: close, text: renderElements(bytes, style) },
  ];
}

/** Other sources that state the length; only those that would change are listed. */
async function otherFiles(
  { root, source, ignore }: ArrayRequest,
  array: SourceArray,
  newLength: NewLength,
): Promise<PatchedFile[]> {
  const length = array.bytes.length;
  const mentions = [String(length), `0x${length.toString(16)}`, `0x${length.toString(16).toUpperCase()}`];
  const files: PatchedFile[] = [];
  for (const path of await findSources(root, { mentions, ignore })) {
    if (path === source) continue;
    const before = await readSource(join(root, path), path);
    const decoded = decodeSource(before);
    const edits = definitionsIn(decoded.text, array, path, false).map(newLength);
    if (edits.length > 0) {
      files.push({ path, before, after: decoded.encode(applyEdits(decoded.text, edits)) });
    }
  }
  return files;
}

function definitionsIn(text: string, array: SourceArray, path: string, isOwn: boolean): LengthPlace[] {
  const { name, bytes, size } = array;
  // The array's own numbers are not looked at: any of them may be equal to the length.
  const masked = isOwn
    ? text.slice(0, array.open) +
      text.slice(array.open, array.close).replace(/\S/g, " ") +
      text.slice(array.close)
    : text;
  const { definitions, unclear } = lengthsIn(masked, { name, bytes: bytes.length, isOwn, size: size.text });
  const [first] = unclear;
  if (first) {
    throw dtmmError("MODEL_ARRAY_LENGTH", { path, line: first.line, number: first.text, name });
  }
  return definitions;
}
