/** The model's graph as the backward pass in `native/gradient.cc` needs it. */

import { activationScale, channelScales, nhwc, windowGeometry } from "./layers.js";
import type { GradientKind, GradientOperator, NativeGeometry } from "./native/addon-types.js";
import { asInt8, asInt32, constantData, elementCount, mainGraph, opName } from "./tflite/graph.js";
import type { Conv2DOptions, Model, Operator, Pool2DOptions, TableOf, Tensor } from "./tflite/model.js";
import { ActivationFunctionType, TensorType } from "./tflite/schema.js";

const kinds: Readonly<Record<string, GradientKind>> = {
  CONV_2D: "conv",
  DEPTHWISE_CONV_2D: "depthwiseConv",
  FULLY_CONNECTED: "fullyConnected",
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

/** Dequantised weights; the channel axis is the first one (OHWI, [outputs, inputs]) or the last one (depthwise). */
function realFilter(model: Model, filter: Tensor, channelAxis: "first" | "last"): Float32Array {
  const weights = asInt8(constantData(model, filter) ?? new Uint8Array());
  const channels = (channelAxis === "first" ? filter.shape[0] : filter.shape.at(-1)) ?? 1;
  const scales = channelScales(filter, channels);
  const perChannel = weights.length / channels;
  return Float32Array.from(weights, (w, i) => {
    const channel = channelAxis === "first" ? Math.floor(i / perChannel) : i % channels;
    return w * scales[channel]!;
  });
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
function isKnownShape(kind: GradientKind, inputs: Tensor[], output: Tensor): boolean {
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

function gradientOperator(model: Model, operator: Operator): GradientOperator {
  const { tensors } = mainGraph(model);
  const name = opName(model, operator);
  const outputIndex = operator.outputs?.[0] ?? 0;
  const output = tensors[outputIndex]!;
  const all = (operator.inputs ?? []).filter((t) => t >= 0);
  const activations = all.filter((t) => constantData(model, tensors[t]!) === undefined);
  const inputs = activations.map((t) => tensors[t]!);
  const constants = all.map((t) => tensors[t]!).filter((t) => constantData(model, t) !== undefined);
  const options = optionsOf(operator);

  let kind: GradientKind = kinds[name] ?? "unknown";
  if (inputs.length === 0 || !isKnownShape(kind, inputs, output)) kind = "unknown";
  const to = nhwc(output);
  let geometry: NativeGeometry = { ...noGeometry, outputChannels: to.channels };
  let filter: Float32Array = new Float32Array();
  if (kind === "conv" || kind === "depthwiseConv") {
    const [, height = 1, width = 1] = constants[0]?.shape ?? [];
    geometry = windowGeometry(inputs[0]!, output, { height, width }, options as Conv2DOptions);
    filter = realFilter(model, constants[0]!, kind === "conv" ? "first" : "last");
  } else if (kind === "fullyConnected") {
    filter = realFilter(model, constants[0]!, "first");
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
    filter,
    activationMin: range.min,
    activationMax: range.max,
    beta: (options as Partial<TableOf<"SoftmaxOptions">>).beta ?? 1,
  };
}

/** Every operator of the main subgraph for the backward pass. */
export function gradientOperators(model: Model): GradientOperator[] {
  return (mainGraph(model).operators ?? []).map((operator) => gradientOperator(model, operator));
}

/**
 * For each operator the index of an unknown operator that stands between it and the model's output, or -1.
 * Behind one, no gradient arrives and nothing can be said about what a weight is worth.
 */
export function gradientBarriers(operators: GradientOperator[], output: number): Int32Array {
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
