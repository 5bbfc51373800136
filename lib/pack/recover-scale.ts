/** Filter scales that a packed layer no longer has, from the multipliers that were made of them. */

import { type QuantizedMultiplier, quantizeMultiplier } from "./quantize-multiplier.js";

/** Float32 neighbours on either side that are tried: the way back rounds three times. */
const neighbours = 3;

/** The float32 so many steps from `value`, which is positive. */
function stepsFrom(value: number, steps: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  view.setUint32(0, view.getUint32(0) + steps);
  return view.getFloat32(0);
}

/**
 * The filter scale that TFLM turns into this very multiplier and shift.
 *
 * @param effectiveScale real multiplier of a filter scale, as TFLM computes it for the operator
 * @param likely tried first: the scale that the layer had before pruning
 * @returns undefined where no float32 scale gives that multiplier: it was not made from one
 */
export function recoverScale(
  { multiplier, shift }: QuantizedMultiplier,
  effectiveScale: (filterScale: number) => number,
  likely: number,
): number | undefined {
  const gives = (scale: number) => {
    const made = quantizeMultiplier(effectiveScale(scale));
    return made.multiplier === multiplier && made.shift === shift;
  };
  if (gives(likely)) return likely;
  // The effective scale is linear in the filter scale, up to rounding.
  const ratio = (multiplier * 2 ** (shift - 31)) / effectiveScale(likely);
  const near = Math.fround(likely * ratio);
  if (!(near > 0 && Number.isFinite(near))) return undefined;
  for (let step = 0; step <= neighbours; step++) {
    for (const scale of [stepsFrom(near, step), stepsFrom(near, -step)]) {
      if (scale > 0 && gives(scale)) return scale;
    }
  }
  return undefined;
}
