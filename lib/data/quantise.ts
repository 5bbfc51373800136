import type { Elements } from "./elements.js";

/** How a tensor's int8 values stand for real values: real = scale * (q - zeroPoint). */
export interface Quantisation {
  scale: number;
  zeroPoint: number;
}

/** How raw recorded numbers become real values: real = raw * scale + offset. */
export interface RawInput {
  scale: number;
  offset: number;
}

/** Rounds to the nearest whole number, ties away from zero, as TfLiteRound does. */
export function roundAway(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
}

/** The int8 value nearest to a real one, clamped to -128..127, as TFLite's QUANTIZE computes it. */
export function quantise(real: number, { scale, zeroPoint }: Quantisation): number {
  return Math.min(127, Math.max(-128, roundAway(real / scale) + zeroPoint));
}

/** The real value of a recorded one, in the single precision that a float model's input has. */
function realOf(value: number, { scale, offset }: RawInput): number {
  return Math.fround(value * scale + offset);
}

/**
 * Makes real values of recorded numbers, which must be finite.
 *
 * @returns the index of the first value that is not finite, or -1 when all went well
 */
export function realInto(out: Float32Array, raw: Elements, input: RawInput): number {
  for (let i = 0; i < raw.length; i++) {
    const real = realOf(Number(raw[i]), input);
    if (!Number.isFinite(real)) return i;
    out[i] = real;
  }
  return -1;
}

/**
 * Quantises recorded numbers into `out`, by their real values.
 *
 * @returns the index of the first value that is not finite, or -1 when all went well
 */
export function quantiseInto(out: Int8Array, raw: Elements, input: RawInput, tensor: Quantisation): number {
  if (raw instanceof Uint8Array || raw instanceof Int8Array) {
    const table = byteTable(raw, input, tensor);
    for (let i = 0; i < raw.length; i++) out[i] = table[raw[i]! & 0xff]!;
    return -1;
  }
  for (let i = 0; i < raw.length; i++) {
    const real = realOf(Number(raw[i]), input);
    if (!Number.isFinite(real)) return i;
    out[i] = quantise(real, tensor);
  }
  return -1;
}

/** The result for each of the 256 bit patterns of a byte: recorded bytes are many, their values few. */
function byteTable(raw: Uint8Array | Int8Array, input: RawInput, tensor: Quantisation): Int8Array {
  const values = raw instanceof Int8Array ? new Int8Array(256) : new Uint8Array(256);
  return Int8Array.from(values, (_, byte) => {
    values[0] = byte;
    return quantise(realOf(values[0]!, input), tensor);
  });
}
