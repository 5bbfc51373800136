/** Classes as numbers, whatever they are written as. */

import { dtmmError } from "../errors/index.js";
import type { NpyArray, NpyHeader } from "./npy.js";
import type { SourceLabels } from "./source.js";

const integerTypes: ReadonlySet<string> = new Set([
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "int64",
]);

/** Whether an array holds one whole number a sample: [samples], or [samples, 1] as some data sets have it. */
export function isLabelArray({ shape, type }: Pick<NpyHeader, "shape" | "type">): boolean {
  return integerTypes.has(type) && hasLabelShape(shape);
}

export function hasLabelShape(shape: readonly number[]): boolean {
  return shape.length === 1 || (shape.length === 2 && shape[1] === 1);
}

/** The numbers of such an array. */
export function labelNumbers({ data }: NpyArray): Float64Array {
  return Float64Array.from(data as ArrayLike<number | bigint>, Number);
}

const wholeNumber = /^\d{1,15}$/;

/**
 * Classes out of text: numbers where all are numbers, else names, which count in the order of `classes` or, where that is
 * absent, sorted.
 *
 * @param place how errors call the place of the text with this index
 * @throws CLASS_UNKNOWN for a name that `classes` does not have
 */
export function labelsOfTexts(
  texts: readonly string[],
  classes: readonly string[] | undefined,
  place: (index: number) => string,
): SourceLabels & { values: Float64Array } {
  if (classes === undefined && texts.every((text) => wholeNumber.test(text))) {
    return { values: Float64Array.from(texts, Number) };
  }
  const names = classes ?? [...new Set(texts)].sort();
  const numbers = new Map(names.map((name, number) => [name, number]));
  const values = Float64Array.from(texts, (text, index) => {
    const number = numbers.get(text) ?? (wholeNumber.test(text) ? Number(text) : undefined);
    if (number === undefined)
      throw dtmmError("CLASS_UNKNOWN", { place: place(index), name: text, classes: names });
    return number;
  });
  return { values, names };
}
