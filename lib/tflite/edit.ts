/** Changes to the constants of a model value. Callers copy the arrays first: model values are shared between stages. */

import { elementCount } from "./graph.js";
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

function pick<T>(values: T[] | undefined, size: number, kept: readonly number[]): T[] | undefined {
  return values?.length === size ? kept.map((index) => values[index]!) : values;
}

/**
 * A copy of the tensor's description with only the `kept` indices along `axis`: its shapes, and its quantisation where that
 * goes along the same axis. The data is the caller's to cut (`sliceElements`).
 */
export function sliceTensor(tensor: Tensor, axis: number, kept: readonly number[]): Tensor {
  const size = tensor.shape[axis]!;
  const cut = (shape: number[]) =>
    shape.map((length, i) => (i === axis && length === size ? kept.length : length));
  const sliced = { ...tensor, shape: cut(tensor.shape) };
  if (tensor.shapeSignature !== undefined) sliced.shapeSignature = cut(tensor.shapeSignature);
  const { quantization } = tensor;
  if (quantization === undefined || quantization.quantizedDimension !== axis || size === 1) return sliced;
  const { scale, zeroPoint, min, max } = quantization;
  sliced.quantization = {
    ...quantization,
    scale: pick(scale, size, kept),
    zeroPoint: pick(zeroPoint, size, kept),
    min: pick(min, size, kept),
    max: pick(max, size, kept),
  };
  return sliced;
}

/** The bytes of a tensor of `shape` with only the `kept` indices along `axis`; elements of `bytesPerElement`. */
export function sliceElements(
  data: Uint8Array,
  shape: readonly number[],
  axis: number,
  kept: readonly number[],
  bytesPerElement = 1,
): Uint8Array {
  const run = elementCount(shape.slice(axis + 1)) * bytesPerElement;
  const size = shape[axis]!;
  const outer = elementCount(shape.slice(0, axis));
  const sliced = new Uint8Array(outer * kept.length * run);
  let write = 0;
  for (let block = 0; block < outer; block++) {
    for (const index of kept) {
      const read = (block * size + index) * run;
      sliced.set(data.subarray(read, read + run), write);
      write += run;
    }
  }
  return sliced;
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
