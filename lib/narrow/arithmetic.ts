/**
 * The integer arithmetic with which TFLM computes one output value, redone bit for bit. Sources: TFLite's
 * `MultiplyByQuantizedMultiplier` (internal/common.h, double rounding) and its reference kernels of CONV_2D and ADD.
 */

import {
  activationRange,
  type FusedActivation,
  fusedActivation,
  type QuantizedMultiplier,
  quantizeMultiplier,
} from "../pack/quantize-multiplier.js";

/** Scale and zero point of an int8 activation. */
export interface Quantization {
  scale: number;
  zeroPoint: number;
}

/** Bits by which ADD shifts its operands up before it rescales them. */
const addHeadRoom = 20;

/** round(x * multiplier * 2^(shift - 31)) of an int32 x, rounded twice; a left shift wraps as int32 does. */
export function multiplyByQuantizedMultiplier(x: number, { multiplier, shift }: QuantizedMultiplier): number {
  const right = Math.max(-shift, 0);
  const shifted = BigInt.asIntN(32, BigInt(x) << BigInt(Math.max(shift, 0)));
  const high = Number((shifted * BigInt(multiplier) + (1n << 30n)) >> 31n);
  const mask = 2 ** right - 1;
  const threshold = (mask >> 1) + (high < 0 ? 1 : 0);
  return (high >> right) + ((high & mask) > threshold ? 1 : 0);
}

/** Limits an int8 value to what a fused activation leaves of the range. */
export function clampToActivation(value: number, activation: number, output: Quantization): number {
  const { min, max } = activationRange(activation as FusedActivation, output.scale, output.zeroPoint);
  return Math.min(max, Math.max(min, value));
}

/** The int8 output of a layer's int32 accumulator, with the real multiplier of its filter. */
export function requantize(
  accumulator: number,
  realMultiplier: number,
  activation: number,
  output: Quantization,
): number {
  const scaled = multiplyByQuantizedMultiplier(accumulator, quantizeMultiplier(realMultiplier));
  return clampToActivation((scaled + output.zeroPoint) | 0, activation, output);
}

/** The int8 sum of two int8 values by TFLM's ADD. */
export function addQuantized(
  [first, second]: readonly [number, number],
  [left, right]: readonly [Quantization, Quantization],
  output: Quantization,
  activation: number = fusedActivation.none,
): number {
  const twiceLargest = 2 * Math.max(left.scale, right.scale);
  const rescale = (value: number, { scale, zeroPoint }: Quantization) =>
    multiplyByQuantizedMultiplier(
      (value - zeroPoint) * 2 ** addHeadRoom,
      quantizeMultiplier(scale / twiceLargest),
    );
  const sum = (rescale(first, left) + rescale(second, right)) | 0;
  return requantize(sum, twiceLargest / (2 ** addHeadRoom * output.scale), activation, output);
}
