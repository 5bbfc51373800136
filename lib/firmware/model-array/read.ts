import { dirname, extname, resolve } from "node:path";
import { dtmmError } from "../../errors/index.js";
import { decodeSource } from "../source-text.js";
import { denseMarksIn, isWrittenByDtmm } from "./dense-mark.js";
import { arraysIn, isModel, type SourceArray } from "./find.js";

/** A model that stands in a source as an array. */
export interface ModelArraySource {
  array: SourceArray;
  /** Absolute path of the dense .tflite, if dtmm put the array in its place. */
  dense?: string;
}

const sourceExtensions = new Set([".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".inc", ".ino"]);

/** Whether a file is C or C++ by its name. */
export function isSourceName(path: string): boolean {
  return sourceExtensions.has(extname(path).toLowerCase());
}

/**
 * Finds the model in a C or C++ source.
 *
 * @param path of the source, as errors call it
 * @param name of the array; needed where the source holds several models
 * @throws MODEL_ARRAY_NOT_FOUND, MODEL_ARRAY_AMBIGUOUS
 */
export function modelArrayIn(bytes: Uint8Array, path: string, name?: string): ModelArraySource {
  const { text } = decodeSource(bytes);
  const { arrays, unreadable } = arraysIn(text);
  const models = arrays.filter((array) => isModel(array.bytes));
  const named = models.filter((array) => array.name === name);
  const candidates = named.length > 0 ? named : models;
  const [array, ...others] = candidates;
  if (!array) {
    const [closest] = unreadable;
    throw dtmmError("MODEL_ARRAY_NOT_FOUND", {
      path,
      line: closest?.line,
      reason: closest
        ? `the array ${closest.name} cannot be read: ${closest.reason}`
        : `none of its ${arrays.length} arrays of bytes has the identifier of a .tflite file`,
    });
  }
  if (others.length > 0) {
    throw dtmmError("MODEL_ARRAY_AMBIGUOUS", {
      path,
      arrays: candidates.map(({ name: found, line }) => `${found} (line ${line})`),
    });
  }
  const mark = denseMarksIn(text).find((one) => isWrittenByDtmm(one, array.bytes));
  return { array, ...(mark && { dense: resolve(dirname(path), mark.dense) }) };
}
