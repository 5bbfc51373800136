/** Changes to the constants of a model value. Callers copy the arrays first: model values are shared between stages. */

import type { Buffer, Tensor } from "./model.js";

/**
 * Gives a tensor new bytes: in its own buffer where no other tensor of the graph reads it, in a new one otherwise, so
 * that no orphan stays behind.
 */
export function replaceData(tensors: Tensor[], buffers: Buffer[], index: number, data: Uint8Array): void {
  const tensor = tensors[index]!;
  const shared =
    tensor.buffer === 0 || tensors.some((other, i) => i !== index && other.buffer === tensor.buffer);
  const buffer = { ...buffers[tensor.buffer]!, data };
  if (shared) {
    tensors[index] = { ...tensor, buffer: buffers.length };
    buffers.push(buffer);
  } else {
    buffers[tensor.buffer] = buffer;
  }
}

/**
 * Gives a constant new scales along its first dimension, with zero points of 0: one for all where they are equal and the
 * tensor had a single one, otherwise one for each.
 */
export function replaceScales(tensors: Tensor[], index: number, scales: Float32Array): void {
  const tensor = tensors[index]!;
  const single = tensor.quantization?.scale?.length === 1 && scales.every((value) => value === scales[0]);
  const scale = Array.from(single ? scales.subarray(0, 1) : scales);
  const quantization = { scale, zeroPoint: scale.map(() => 0n), quantizedDimension: 0 };
  tensors[index] = { ...tensor, quantization };
}
