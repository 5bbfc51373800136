/** From what was seen of an activation to its range, and from a range to scale and zero point. */

import type { FloatActivation } from "../native/addon-types.js";

/** How ranges are chosen: all that was seen, without the rarest values, or with the least squared error of the rounding. */
export const rangeRules = ["minmax", "percentile", "mse"] as const;
export type RangeRule = (typeof rangeRules)[number];

export interface Range {
  min: number;
  max: number;
}

/** Share of the values that `percentile` leaves out at either end. */
const leftOut = 5e-5;
/** Shares of the whole range that `mse` tries. */
const tried = Array.from({ length: 60 }, (_, i) => 1 - i / 80);

function binCentre({ min, max, histogram }: FloatActivation, bin: number): number {
  return min + ((bin + 0.5) * (max - min)) / histogram.length;
}

function withoutRarest(seen: FloatActivation): Range {
  const { histogram, min, max } = seen;
  const most = leftOut * histogram.reduce((sum, count) => sum + count, 0);
  const edge = (bins: Iterable<number>): number => {
    let passed = 0;
    for (const bin of bins) {
      passed += histogram[bin]!;
      if (passed > most) return bin;
    }
    return 0;
  };
  const width = (max - min) / histogram.length;
  const low = edge(histogram.keys());
  const high = edge([...histogram.keys()].reverse());
  return { min: min + low * width, max: min + (high + 1) * width };
}

/** Squared error of rounding to 256 steps of a range and of clamping to it, by the histogram. */
function squaredError(seen: FloatActivation, range: Range): number {
  const step = (range.max - range.min) / 255;
  let error = 0;
  for (const [bin, count] of seen.histogram.entries()) {
    const value = binCentre(seen, bin);
    const beyond = Math.max(0, range.min - value, value - range.max);
    error += count * (beyond > 0 ? beyond ** 2 : step ** 2 / 12);
  }
  return error;
}

function leastError(seen: FloatActivation): Range {
  const whole = withZero(seen);
  const ranges = tried.map((share) => ({ min: share * whole.min, max: share * whole.max }));
  return ranges.reduce((a, b) => (squaredError(seen, b) < squaredError(seen, a) ? b : a));
}

/** The range with 0 in it: padding and ReLU need an exact zero. */
function withZero({ min, max }: Range): Range {
  return { min: Math.min(0, min), max: Math.max(0, max) };
}

/** The range that an activation is quantised to; histograms are needed for all rules but "minmax". */
export function chooseRange(seen: FloatActivation, rule: RangeRule): Range {
  if (rule === "minmax" || seen.min === seen.max) return withZero(seen);
  return withZero(rule === "mse" ? leastError(seen) : withoutRarest(seen));
}

/** Asymmetric int8 (TFLite's quantisation specification): scale as float32, and the zero point that stands for real 0. */
export function asymmetric({ min, max }: Range): { scale: number; zeroPoint: number } {
  // A tensor that is always 0 may have any scale.
  const scale = Math.fround((max - min || 1) / 255);
  const zeroPoint = Math.min(127, Math.max(-128, Math.round(-128 - min / scale)));
  return { scale, zeroPoint };
}
