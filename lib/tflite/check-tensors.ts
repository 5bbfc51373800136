/** The part of `checkModel` that looks at tensors alone: shape, constant data, quantisation. */

import { checkIndex, type Fail } from "./check-index.js";
import { constantData, tensorBytes } from "./graph.js";
import type { Model, QuantizationParameters, SubGraph, Tensor } from "./model.js";
import { enumLabel, TensorType } from "./schema.js";

/** Kernels keep shapes in arrays of at most this many dimensions. */
const maxRank = 8;

/** Far above any microcontroller's memory, far below what overflows a 32-bit size in TFLM. */
const maxTensorBytes = 64 * 1024 * 1024;

const zeroPointRange: Readonly<Record<number, readonly [bigint, bigint]>> = {
  [TensorType.INT8]: [-128n, 127n],
  [TensorType.UINT8]: [0n, 255n],
  [TensorType.INT16]: [-32768n, 32767n],
};
const anyZeroPoint = [-(2n ** 31n), 2n ** 31n - 1n] as const;

/** Checks every tensor of `graph`; `field` is the graph's path. */
export function checkTensors(model: Model, graph: SubGraph, field: string, fail: Fail): void {
  graph.tensors.forEach((tensor, index) => {
    const here = `${field}.tensors[${index}]`;
    checkShape(tensor, here, fail);
    checkData(model, tensor, here, fail);
    if (tensor.quantization) checkQuantization(tensor, tensor.quantization, `${here}.quantization`, fail);
  });
}

function checkShape(tensor: Tensor, field: string, fail: Fail): void {
  const { shape, shapeSignature } = tensor;
  if (shape.length > maxRank)
    fail(`${field}.shape`, `has ${shape.length} dimensions, at most ${maxRank} work`);
  shape.forEach((dimension, axis) => {
    if (dimension < 0) fail(`${field}.shape[${axis}]`, `is ${dimension}`);
  });
  const bytes = tensorBytes(tensor) ?? 0;
  if (bytes > maxTensorBytes) fail(`${field}.shape`, `needs ${bytes} bytes, at most ${maxTensorBytes} work`);
  if (!shapeSignature || shapeSignature.length === 0) return;
  const agrees =
    shapeSignature.length === shape.length &&
    shapeSignature.every((dimension, axis) => dimension === -1 || dimension === shape[axis]);
  if (!agrees) fail(`${field}.shapeSignature`, `is [${shapeSignature}], but the shape is [${shape}]`);
}

function checkData(model: Model, tensor: Tensor, field: string, fail: Fail): void {
  checkIndex(tensor.buffer, model.buffers.length, `${field}.buffer`, "buffers", fail);
  if (tensor.sparsity) fail(`${field}.sparsity`, "is set, but TFLM has no kernel for sparse tensors");
  if (tensor.externalBuffer !== 0)
    fail(`${field}.externalBuffer`, "is set, but TFLM reads no external buffers");
  const data = constantData(model, tensor);
  if (!data) return;
  if (tensor.isVariable) fail(field, "is a variable and has constant data");
  const bytes = tensorBytes(tensor);
  if (bytes !== undefined && bytes !== data.length) {
    const type = enumLabel("TensorType", tensor.type);
    fail(`${field}.buffer`, `holds ${data.length} bytes, but ${type} [${tensor.shape}] needs ${bytes}`);
  }
}

function checkQuantization(
  tensor: Tensor,
  quantization: QuantizationParameters,
  field: string,
  fail: Fail,
): void {
  const { scale = [], zeroPoint = [], quantizedDimension: axis, details } = quantization;
  if (details) fail(`${field}.details`, `is ${details.type}, which TFLM does not run`);
  const rank = tensor.shape.length;
  if (axis < 0 || (rank > 1 && axis >= rank)) {
    fail(`${field}.quantizedDimension`, `is ${axis}, but the shape is [${tensor.shape}]`);
  }
  // Converters of 2019 gave a bias the axis of its filter; a vector has only one.
  const channels = tensor.shape[rank > 1 ? axis : 0] ?? 1;
  if (scale.length > 1 && scale.length !== channels) {
    fail(`${field}.scale`, `has ${scale.length} values, expected 1 or ${channels}`);
  }
  if (zeroPoint.length !== scale.length) {
    fail(`${field}.zeroPoint`, `has ${zeroPoint.length} values, but there are ${scale.length} scales`);
  }
  scale.forEach((value, index) => {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) fail(`${field}.scale[${index}]`, `is ${value}`);
  });
  const [low, high] = zeroPointRange[tensor.type] ?? anyZeroPoint;
  zeroPoint.forEach((value, index) => {
    if (value < low || value > high) {
      const type = enumLabel("TensorType", tensor.type);
      fail(`${field}.zeroPoint[${index}]`, `is ${value}, which ${type} cannot hold`);
    }
  });
}
