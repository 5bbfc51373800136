/** The model's graph as the forward and backward pass in `native/network/` need it. */

import {
  activationScale,
  channelScales,
  nhwc,
  type WeightLayer,
  weightLayers,
  windowGeometry,
} from "./layers.js";
import type { NativeGeometry, NetworkOperator, NetworkPlan, OperatorKind } from "./native/addon-types.js";
import { asInt8, asInt32, constantData, elementCount, mainGraph, opName } from "./tflite/graph.js";
import type { Conv2DOptions, Model, Operator, Pool2DOptions, TableOf, Tensor } from "./tflite/model.js";
import { ActivationFunctionType, TensorType } from "./tflite/schema.js";

const kinds: Readonly<Record<string, OperatorKind>> = {
  CONV_2D: "conv",
  DEPTHWISE_CONV_2D: "depthwiseConv",
  FULLY_CONNECTED: "conv",
  ADD: "add",
  MAX_POOL_2D: "maxPool",
  AVERAGE_POOL_2D: "averagePool",
  MEAN: "mean",
  RESHAPE: "copy",
  SQUEEZE: "copy",
  EXPAND_DIMS: "copy",
  QUANTIZE: "copy",
  RELU: "relu",
  RELU6: "relu",
  LOGISTIC: "logistic",
  SOFTMAX: "softmax",
  CONCATENATION: "concatenation",
  PAD: "pad",
};

/** Options of any operator, read by name; fields that its table does not have are undefined. */
type AnyOptions = Partial<Conv2DOptions & Pool2DOptions & { beta: number }>;

function optionsOf(operator: Operator): AnyOptions {
  return (operator.builtinOptions?.value ?? {}) as AnyOptions;
}

/** Real values between which the operator's output is not clamped, from its activation and the int8 range. */
function outputRange(name: string, activation: number, output: Tensor): { min: number; max: number } {
  const { scale, zeroPoint } = activationScale(output);
  let min = (-128 - zeroPoint) * scale;
  let max = (127 - zeroPoint) * scale;
  const relu = activation === ActivationFunctionType.RELU || name === "RELU";
  const relu6 = activation === ActivationFunctionType.RELU6 || name === "RELU6";
  if (relu || relu6) min = Math.max(min, 0);
  if (relu6) max = Math.min(max, 6);
  if (activation === ActivationFunctionType.RELU_N1_TO_1) {
    min = Math.max(min, -1);
    max = Math.min(max, 1);
  }
  return { min, max };
}

/** Filter (OHWI, depthwise 1HWO) and bias as real values. */
interface RealConstants {
  filter: Float32Array;
  bias: Float32Array;
}

/** The real values of a layer's integer weights, or of others in the same units. */
export function realConstants(
  layer: Pick<WeightLayer, "inputScale" | "filterScales">,
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
): RealConstants {
  const perFilter = weights.length / layer.filterScales.length;
  return {
    filter: Float32Array.from(weights, (w, i) => w * layer.filterScales[Math.floor(i / perFilter)]!),
    bias: Float32Array.from(bias, (b, filter) => b * layer.inputScale * layer.filterScales[filter]!),
  };
}

/** Constants of a depthwise convolution, whose channels are the last axis. */
function depthwiseConstants(model: Model, input: Tensor, constants: Tensor[]): RealConstants {
  const [filter, bias] = constants;
  const channels = filter?.shape.at(-1) ?? 1;
  const scales = filter === undefined ? new Float32Array() : channelScales(filter, channels);
  const values = (tensor: Tensor | undefined) =>
    (tensor === undefined ? undefined : constantData(model, tensor)) ?? new Uint8Array();
  const inputScale = activationScale(input).scale;
  return {
    filter: Float32Array.from(asInt8(values(filter)), (w, i) => w * scales[i % channels]!),
    bias: Float32Array.from(asInt32(values(bias)), (b, c) => b * inputScale * scales[c]!),
  };
}

function padBefore(
  model: Model,
  paddings: Tensor | undefined,
): { padTop: number; padLeft: number } | undefined {
  const bytes = paddings === undefined ? undefined : constantData(model, paddings);
  if (bytes === undefined || paddings?.type !== TensorType.INT32) return undefined;
  // [4][2]: before and after, for batch, height, width and channels.
  const values = asInt32(bytes);
  const plain =
    values.length === 8 && values[0] === 0 && values[1] === 0 && values[6] === 0 && values[7] === 0;
  return plain ? { padTop: values[2]!, padLeft: values[4]! } : undefined;
}

/** Whether the operator is of a shape that the backward pass knows, beyond its name. */
function isKnownShape(kind: OperatorKind, inputs: Tensor[], output: Tensor): boolean {
  const size = elementCount(output.shape);
  switch (kind) {
    case "add":
      return inputs.length === 2 && inputs.every((input) => elementCount(input.shape) === size);
    case "mean":
      return size === nhwc(inputs[0]!).channels;
    case "concatenation": {
      const last = inputs.reduce((sum, input) => sum + (input.shape.at(-1) ?? 0), 0);
      return (
        last === output.shape.at(-1) && inputs.every((input) => input.shape.length === output.shape.length)
      );
    }
    default:
      return true;
  }
}

const noGeometry: NativeGeometry = {
  inputHeight: 1,
  inputWidth: 1,
  inputChannels: 1,
  kernelHeight: 1,
  kernelWidth: 1,
  outputHeight: 1,
  outputWidth: 1,
  outputChannels: 1,
  strideHeight: 1,
  strideWidth: 1,
  dilationHeight: 1,
  dilationWidth: 1,
  padTop: 0,
  padLeft: 0,
};

function networkOperator(model: Model, operator: Operator, layer: WeightLayer | undefined): NetworkOperator {
  const { tensors } = mainGraph(model);
  const name = opName(model, operator);
  const outputIndex = operator.outputs?.[0] ?? 0;
  const output = tensors[outputIndex]!;
  const all = (operator.inputs ?? []).filter((t) => t >= 0);
  const activations = all.filter((t) => constantData(model, tensors[t]!) === undefined);
  const inputs = activations.map((t) => tensors[t]!);
  const constants = all.map((t) => tensors[t]!).filter((t) => constantData(model, t) !== undefined);
  const options = optionsOf(operator);

  let kind: OperatorKind = kinds[name] ?? "unknown";
  if (inputs.length === 0 || !isKnownShape(kind, inputs, output)) kind = "unknown";
  const to = nhwc(output);
  let geometry: NativeGeometry = { ...noGeometry, outputChannels: to.channels };
  let real: RealConstants = { filter: new Float32Array(), bias: new Float32Array() };
  if (kind === "conv") {
    if (layer === undefined) kind = "unknown";
    else {
      geometry = layer.geometry;
      real = realConstants(layer, layer.weights, layer.bias);
    }
  } else if (kind === "depthwiseConv") {
    const [, height = 1, width = 1] = constants[0]?.shape ?? [];
    geometry = windowGeometry(inputs[0]!, output, { height, width }, options as Conv2DOptions);
    real = depthwiseConstants(model, inputs[0]!, constants);
  } else if (kind === "maxPool" || kind === "averagePool") {
    const kernel = { height: options.filterHeight ?? 1, width: options.filterWidth ?? 1 };
    geometry = windowGeometry(inputs[0]!, output, kernel, options as Pool2DOptions);
  } else if (kind === "mean" || kind === "pad") {
    const from = nhwc(inputs[0]!);
    const sizes = { inputHeight: from.height, inputWidth: from.width, inputChannels: from.channels };
    geometry = { ...geometry, ...sizes, outputHeight: to.height, outputWidth: to.width };
    if (kind === "pad") {
      const before = padBefore(model, constants[0]);
      if (before === undefined) kind = "unknown";
      geometry = { ...geometry, ...before };
    }
  }
  const range = outputRange(name, options.fusedActivationFunction ?? ActivationFunctionType.NONE, output);
  return {
    kind,
    inputs: activations,
    output: outputIndex,
    geometry,
    filter: real.filter,
    bias: real.bias,
    activationMin: range.min,
    activationMax: range.max,
    beta: (options as Partial<TableOf<"SoftmaxOptions">>).beta ?? 1,
  };
}

/** What a model's loss is: a row of class scores, or values to be reproduced. */
export type LossKind = "classes" | "values";

/** The main subgraph for the numeric passes. */
export function networkPlan(model: Model, loss: LossKind): NetworkPlan {
  const graph = mainGraph(model);
  const layers = new Map(weightLayers(model).map((layer) => [layer.operator, layer]));
  const operators = (graph.operators ?? []).map((operator, i) =>
    networkOperator(model, operator, layers.get(i)),
  );
  const activations = new Set([graph.inputs![0]!, ...operators.flatMap((op) => [...op.inputs, op.output])]);
  const scaleOf = graph.tensors.map((tensor) => activationScale(tensor));
  return {
    operators,
    scales: Float32Array.from(scaleOf, (q, t) => (activations.has(t) ? q.scale : 0)),
    zeroPoints: Int32Array.from(scaleOf, (q) => q.zeroPoint),
    sizes: Int32Array.from(graph.tensors, (t, i) => (activations.has(i) ? elementCount(t.shape) : 0)),
    input: graph.inputs![0]!,
    output: graph.outputs![0]!,
    loss,
  };
}

/**
 * For each operator the index of an unknown operator that stands between it and the model's output, or -1.
 * Behind one, no gradient arrives and nothing can be said about what a weight is worth.
 */
export function gradientBarriers(operators: NetworkOperator[], output: number): Int32Array {
  const barrierOfTensor = new Map<number, number>([[output, -1]]);
  const barriers = new Int32Array(operators.length).fill(-1);
  for (let index = operators.length - 1; index >= 0; index--) {
    const operator = operators[index]!;
    const own = barrierOfTensor.get(operator.output) ?? -1;
    barriers[index] = own;
    const passed = operator.kind === "unknown" ? index : own;
    for (const tensor of operator.inputs) {
      barrierOfTensor.set(tensor, Math.max(passed, barrierOfTensor.get(tensor) ?? -1));
    }
  }
  return barriers;
}
