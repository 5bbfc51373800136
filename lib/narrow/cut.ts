/** Cuts the constants of one operator to the channels that its activations keep. */

import { replaceData, sliceElements, sliceTensor } from "../tflite/edit.js";
import { asInt32, constantData } from "../tflite/graph.js";
import type { Buffer, Model, Operator, TableOf, Tensor } from "../tflite/model.js";
import { TensorType } from "../tflite/schema.js";
import { lastDimension, type Network, type NetworkLayer } from "./network.js";

/** Which of its former weights a layer still has. */
export interface NarrowedLayer {
  /** CONV_2D, FULLY_CONNECTED or DEPTHWISE_CONV_2D; operators keep their numbers. */
  operator: number;
  /** Former numbers of its filters (outputs), ascending. */
  keptFilters: number[];
  /** Former numbers of its input channels, or of its columns where fully connected, ascending. */
  keptInputs: number[];
}

/** The narrower model under construction. */
export interface Draft {
  tensors: Tensor[];
  buffers: Buffer[];
  operators: Operator[];
}

/** 0 to length - 1. */
export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

/**
 * What a filter's removed inputs add to its accumulator: the sum of weight * (constant - zero point) over the kernel
 * positions that ever read the input.
 */
function foldedInputs(
  { tensors }: Network,
  layer: NetworkLayer,
  filter: number,
  removed: readonly number[],
  constants: ReadonlyMap<number, number> | undefined,
): number {
  if (constants === undefined) return 0;
  const { inputChannels } = layer.geometry;
  const channels = lastDimension(tensors[layer.inputTensor]!);
  let folded = 0;
  for (const column of removed) {
    const distance = (constants.get(column % channels) ?? layer.inputZeroPoint) - layer.inputZeroPoint;
    if (distance === 0) continue;
    layer.reach.forEach((reach, position) => {
      const at = (filter * layer.reach.length + position) * inputChannels + column;
      if (reach !== "never") folded += layer.weights[at]! * distance;
    });
  }
  return folded;
}

function bytesOf(values: Int32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Gives a layer without a bias one, on the scales that TFLM expects of it. */
function addBias(draft: Draft, layer: NetworkLayer, kept: readonly number[], bias: Int32Array): void {
  const filter = draft.tensors[layer.filterTensor]!;
  const { shapeSignature: _, name, quantization, ...plain } = filter;
  const scale = quantization?.scale?.map((s) => Math.fround(s * layer.inputScale)) ?? [];
  draft.tensors.push({
    ...plain,
    ...(name === undefined ? {} : { name: `${name}/bias` }),
    type: TensorType.INT32,
    shape: [kept.length],
    buffer: draft.buffers.length,
    quantization: { scale, zeroPoint: scale.map(() => 0n), quantizedDimension: 0 },
  });
  draft.buffers.push({ data: bytesOf(bias), offset: 0n, size: 0n });
  const operator = draft.operators[layer.operator]!;
  const inputs = [layer.inputTensor, layer.filterTensor, draft.tensors.length - 1];
  draft.operators[layer.operator] = { ...operator, inputs };
}

/** Cuts one constant along one axis, description and data. */
function cut(draft: Draft, tensor: number, axis: number, kept: readonly number[], bytesPerElement = 1): void {
  const before = draft.tensors[tensor]!;
  if (before.shape[axis] === kept.length) return;
  const data = draft.buffers[before.buffer]!.data!;
  draft.tensors[tensor] = sliceTensor(before, axis, kept);
  const sliced = sliceElements(data, before.shape, axis, kept, bytesPerElement);
  replaceData(draft.tensors, draft.buffers, tensor, sliced);
}

/** Gives a layer the weights it keeps; `constants` are the removed inputs' values by index of the input's last dimension. */
export function narrowLayer(
  draft: Draft,
  network: Network,
  layer: NetworkLayer,
  { keptFilters, keptInputs }: NarrowedLayer,
  constants: ReadonlyMap<number, number> | undefined,
): void {
  if (layer.kind === "depthwise") {
    cut(draft, layer.filterTensor, 3, keptFilters);
    if (layer.biasTensor >= 0) cut(draft, layer.biasTensor, 0, keptFilters, 4);
    return;
  }
  const kept = new Set(keptInputs);
  const removed = range(layer.geometry.inputChannels).filter((column) => !kept.has(column));
  const bias = Int32Array.from(
    keptFilters,
    (f) => layer.bias[f]! + foldedInputs(network, layer, f, removed, constants),
  );
  const changed = keptFilters.some((f, i) => bias[i] !== layer.bias[f]);
  const inner = draft.tensors[layer.filterTensor]!.shape.length - 1;
  cut(draft, layer.filterTensor, 0, keptFilters);
  cut(draft, layer.filterTensor, inner, keptInputs);
  if (layer.biasTensor >= 0) {
    cut(draft, layer.biasTensor, 0, keptFilters, 4);
    if (changed) replaceData(draft.tensors, draft.buffers, layer.biasTensor, bytesOf(bias));
  } else if (changed) {
    addBias(draft, layer, keptFilters, bias);
  }
}

/** A RESHAPE names its output's shape twice, in a constant and in its options; -1 stands for what is left over. */
export function narrowReshape(draft: Draft, model: Model, at: number, uses: readonly number[]): void {
  const operator = draft.operators[at]!;
  const { shape } = draft.tensors[operator.outputs[0]!]!;
  const updated = (wanted: ArrayLike<number>) =>
    wanted.length === shape.length ? shape.map((size, i) => (wanted[i]! < 0 ? wanted[i]! : size)) : undefined;
  const options = operator.builtinOptions?.value as Partial<TableOf<"ReshapeOptions">> | undefined;
  const newShape = options?.newShape && updated(options.newShape);
  if (newShape)
    draft.operators[at] = { ...operator, builtinOptions: { type: "ReshapeOptions", value: { newShape } } };
  const constant = operator.inputs[1] ?? -1;
  const tensor = draft.tensors[constant];
  const data = tensor && constantData(model, tensor);
  const words = data && tensor.type === TensorType.INT32 ? updated(asInt32(data)) : undefined;
  if (!tensor || !words) return;
  let own = constant;
  if (uses[constant] !== 1) {
    own = draft.tensors.push(tensor) - 1;
    draft.operators[at] = { ...draft.operators[at]!, inputs: [operator.inputs[0]!, own] };
  }
  replaceData(draft.tensors, draft.buffers, own, bytesOf(Int32Array.from(words)));
}
