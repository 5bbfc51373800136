/** Small questions about a model value that several stages ask. */

import { dtmmError } from "../errors/index.js";
import type { Model, Operator, OperatorCode, SubGraph, Tensor } from "./model.js";
import { BuiltinOperator, enumLabel, Padding, TensorType } from "./schema.js";

/** Bits per element by tensor type; STRING, RESOURCE and VARIANT have no fixed size. */
const elementBits: Readonly<Record<number, number>> = {
  [TensorType.FLOAT32]: 32,
  [TensorType.FLOAT16]: 16,
  [TensorType.INT32]: 32,
  [TensorType.UINT8]: 8,
  [TensorType.INT64]: 64,
  [TensorType.BOOL]: 8,
  [TensorType.INT16]: 16,
  [TensorType.COMPLEX64]: 64,
  [TensorType.INT8]: 8,
  [TensorType.FLOAT64]: 64,
  [TensorType.COMPLEX128]: 128,
  [TensorType.UINT64]: 64,
  [TensorType.UINT32]: 32,
  [TensorType.UINT16]: 16,
  [TensorType.INT4]: 4,
  [TensorType.BFLOAT16]: 16,
  [TensorType.INT2]: 2,
  [TensorType.UINT4]: 4,
  [TensorType.FLOAT8_E4M3FN]: 8,
  [TensorType.FLOAT8_E5M2]: 8,
};

/** Number of a builtin operator, from whichever of its two fields the file's vintage uses. */
export function builtinCode(code: OperatorCode): number {
  return Math.max(code.builtinCode, code.deprecatedBuiltinCode);
}

/** Name of an operator: the schema's name ("CONV_2D"), or the custom code of a custom operator. */
export function opName(model: Model, operator: Operator): string {
  const code = model.operatorCodes[operator.opcodeIndex];
  if (!code) return `operator code ${operator.opcodeIndex}`;
  const builtin = builtinCode(code);
  if (builtin === BuiltinOperator.CUSTOM) return code.customCode ?? "CUSTOM";
  return enumLabel("BuiltinOperator", builtin) ?? `builtin ${builtin}`;
}

/** Whether the operator is a custom one, whatever its name. */
export function isCustomOperator(model: Model, operator: Operator): boolean {
  const code = model.operatorCodes[operator.opcodeIndex];
  return code !== undefined && builtinCode(code) === BuiltinOperator.CUSTOM;
}

/** The subgraph that inference starts with. A model that came through `importModel` always has it. */
export function mainGraph(model: Model): SubGraph {
  const graph = model.subgraphs[0];
  if (!graph) throw dtmmError("INTERNAL", { what: "a model without subgraphs came past its check" });
  return graph;
}

/** Bytes of `count` elements of a tensor type (sub-byte types are packed), or `undefined` for types without a fixed size. */
export function bytesOfElements(type: number, count: number): number | undefined {
  const bits = elementBits[type];
  return bits === undefined ? undefined : Math.ceil((count * bits) / 8);
}

/** Bytes of one element of a tensor type (0.5 for INT4), or `undefined` for types without a fixed size. */
export function elementSize(type: number): number | undefined {
  const bits = elementBits[type];
  return bits === undefined ? undefined : bits / 8;
}

/** How many operator inputs name each tensor; tensors that no operator reads are absent. */
export function readerCounts({ operators }: SubGraph): Map<number, number> {
  const readers = new Map<number, number>();
  for (const { inputs } of operators) {
    for (const tensor of inputs) readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  }
  return readers;
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Bytes that the tensor's elements take, or `undefined` for types without a fixed size. */
export function tensorBytes(tensor: Tensor): number | undefined {
  return bytesOfElements(tensor.type, elementCount(tensor.shape));
}

/** The bytes of a constant tensor, or `undefined` where the tensor has no data in the model. */
export function constantData(model: Model, tensor: Tensor): Uint8Array | undefined {
  const data = model.buffers[tensor.buffer]?.data;
  return data && data.length > 0 ? data : undefined;
}

/** The bytes as int8, without a copy. */
export function asInt8(bytes: Uint8Array): Int8Array {
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The bytes as little-endian int32; a copy, since a view would need an aligned start. */
export function asInt32(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Int32Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) =>
    view.getInt32(4 * index, true),
  );
}

/** The bytes as float32 of this machine's byte order; a copy, likewise. */
export function asFloat32(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}

/** A sliding window over an NHWC input: convolution or pooling. Sizes in elements; `padding` is a value of `Padding`. */
export interface SlidingWindow {
  padding: number;
  inputHeight: number;
  inputWidth: number;
  filterHeight: number;
  filterWidth: number;
  strideHeight: number;
  strideWidth: number;
  dilationHeight?: number;
  dilationWidth?: number;
}

export interface WindowGeometry {
  outputHeight: number;
  outputWidth: number;
  /** Rows and columns of padding before the first input element; what SAME cannot halve goes after the last one. */
  padTop: number;
  padLeft: number;
}

/** Output size and leading padding of a sliding window, as TFLM's `ComputePaddingHeightWidth` has them. */
export function convGeometry(window: SlidingWindow): WindowGeometry {
  const height = alongAxis(
    window.padding,
    window.inputHeight,
    window.filterHeight,
    window.strideHeight,
    window.dilationHeight ?? 1,
  );
  const width = alongAxis(
    window.padding,
    window.inputWidth,
    window.filterWidth,
    window.strideWidth,
    window.dilationWidth ?? 1,
  );
  return { outputHeight: height.size, outputWidth: width.size, padTop: height.before, padLeft: width.before };
}

function alongAxis(padding: number, input: number, filter: number, stride: number, dilation: number) {
  const reach = (filter - 1) * dilation + 1;
  const size = Math.floor((padding === Padding.SAME ? input + stride - 1 : input + stride - reach) / stride);
  const total = Math.max(0, (size - 1) * stride + reach - input);
  return { size, before: Math.floor(total / 2) };
}

/**
 * Bytes of arena that are surely enough for a model on the host, whatever the tree: every activation at once, four
 * times over for scratch buffers and planning, and 16 MiB for what the interpreter keeps per tensor and operator.
 */
export function arenaFor(model: Model): number {
  const graph = mainGraph(model);
  const activations = graph.tensors
    .filter((tensor) => constantData(model, tensor) === undefined)
    .reduce((sum, tensor) => sum + (tensorBytes(tensor) ?? 0), 0);
  return 4 * activations + 16 * 1024 * 1024;
}
