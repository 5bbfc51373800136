import { dtmmError } from "../errors/index.js";

/**
 * The values, if all of them are finite.
 *
 * @throws DtmmError TFJS_WEIGHT_NOT_FINITE
 */
export function finite(
  values: Float32Array | Int32Array | Uint8Array,
  weight: string,
  path: string,
): Float32Array {
  const at = values.findIndex((value: number) => !Number.isFinite(value));
  if (at >= 0) throw dtmmError("TFJS_WEIGHT_NOT_FINITE", { path, weight, value: String(values[at]), at });
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
