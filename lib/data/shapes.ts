/** Whether samples have the shape of a model's input. */

import { elementCount } from "./elements.js";
import type { DataSource } from "./source.js";

/** Whether an array of this shape is one sample for an input `wanted`; a trailing channel axis of 1 may be missing. */
export function fitsInput(found: readonly number[], wanted: readonly number[]): boolean {
  const same = (shape: readonly number[]) =>
    shape.length === found.length && shape.every((axis, i) => axis === found[i]);
  return same(wanted) || (wanted.length > 1 && wanted.at(-1) === 1 && same(wanted.slice(0, -1)));
}

/** As `fitsInput`, for samples of a source; of some sources only the number of values counts. */
export function fitsSource(
  { shape, flat }: Pick<DataSource, "shape" | "flat">,
  wanted: readonly number[],
): boolean {
  return flat ? elementCount(shape) === elementCount(wanted) : fitsInput(shape, wanted);
}
