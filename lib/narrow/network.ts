/** A model's main subgraph as narrowing looks at it: layers with weights by operator, and who writes and reads what. */

import { channelScales, type WeightLayer, weightLayers, windowGeometry } from "../layers.js";
import { asInt8, asInt32, constantData, mainGraph, opName } from "../tflite/graph.js";
import type { DepthwiseConv2DOptions, Model, Operator, Tensor } from "../tflite/model.js";
import { type TapReach, tapReach } from "./tap-reach.js";

/** A CONV_2D, FULLY_CONNECTED or DEPTHWISE_CONV_2D. */
export interface NetworkLayer extends Omit<WeightLayer, "kind"> {
  /** Weights are [filters][positions][inputs], for "depthwise" [positions][channels]. */
  kind: WeightLayer["kind"] | "depthwise";
  /** One per kernel position. */
  reach: TapReach[];
}

export interface Network {
  model: Model;
  tensors: readonly Tensor[];
  operators: readonly Operator[];
  /** By operator; only those whose weights are constants. */
  layers: ReadonlyMap<number, NetworkLayer>;
  /** The operator that computes a tensor. */
  writers: ReadonlyMap<number, number>;
}

/** Size of the last dimension, 1 for a scalar. */
export function lastDimension(tensor: Tensor): number {
  return tensor.shape.at(-1) ?? 1;
}

function depthwiseLayer(model: Model, operator: Operator, index: number): NetworkLayer | undefined {
  const { tensors } = mainGraph(model);
  const [inputTensor = -1, filterTensor = -1, biasTensor = -1] = operator.inputs;
  const outputTensor = operator.outputs[0] ?? -1;
  const [input, filter, output] = [tensors[inputTensor], tensors[filterTensor], tensors[outputTensor]];
  const data = filter && constantData(model, filter);
  const options = operator.builtinOptions?.value as DepthwiseConv2DOptions | undefined;
  if (!input || !output || !data || !options) return undefined;
  const [, height = 1, width = 1, channels = 1] = filter.shape;
  const geometry = windowGeometry(input, output, { height, width }, options);
  const bias = biasTensor < 0 ? undefined : constantData(model, tensors[biasTensor]!);
  return {
    kind: "depthwise",
    operator: index,
    inputTensor,
    filterTensor,
    biasTensor,
    outputTensor,
    geometry,
    padding: options.padding,
    activation: options.fusedActivationFunction,
    weights: asInt8(data),
    bias: bias === undefined ? new Int32Array(channels) : asInt32(bias),
    filterScales: channelScales(filter, channels),
    inputScale: input.quantization?.scale?.[0] ?? 0,
    inputZeroPoint: Number(input.quantization?.zeroPoint?.[0] ?? 0n),
    outputScale: output.quantization?.scale?.[0] ?? 0,
    outputZeroPoint: Number(output.quantization?.zeroPoint?.[0] ?? 0n),
    reach: tapReach(geometry),
  };
}

/** Reads the main subgraph once, for the questions that are asked channel by channel. */
export function readNetwork(model: Model): Network {
  const { tensors, operators } = mainGraph(model);
  const layers = new Map<number, NetworkLayer>();
  for (const layer of weightLayers(model)) {
    layers.set(layer.operator, { ...layer, reach: tapReach(layer.geometry) });
  }
  const writers = new Map<number, number>();
  operators.forEach((operator, index) => {
    for (const output of operator.outputs) writers.set(output, index);
    if (opName(model, operator) !== "DEPTHWISE_CONV_2D") return;
    const layer = depthwiseLayer(model, operator, index);
    if (layer) layers.set(index, layer);
  });
  return { model, tensors, operators, layers, writers };
}
