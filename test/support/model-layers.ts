/** The layers of `models.ts`, each as the operators and constants that a converter would write for it. */

import { convGeometry, elementCount } from "../../lib/tflite/graph.js";
import type { BuiltinOptions } from "../../lib/tflite/model.js";
import { ActivationFunctionType, Padding, TensorType } from "../../lib/tflite/schema.js";
import { addActivation, addConstant, addOperator, type Draft, type Flow } from "./model-draft.js";
import { appendPlain, type PlainLayer } from "./model-plain-layers.js";

type Pair = number | readonly [height: number, width: number];
type PaddingName = "SAME" | "VALID";
type ActivationName = "NONE" | "RELU" | "RELU6";

export interface ConvLayer {
  kind: "conv";
  filters: number;
  kernel: Pair;
  stride?: Pair;
  padding?: PaddingName;
  activation?: ActivationName;
  dilation?: Pair;
}

export interface DepthwiseLayer {
  kind: "depthwise";
  kernel: Pair;
  stride?: Pair;
  padding?: PaddingName;
  activation?: ActivationName;
  dilation?: Pair;
  /** Output channels per input channel; 1 by default. */
  multiplier?: number;
}

export interface PoolLayer {
  kind: "maxPool" | "averagePool";
  window?: Pair;
  stride?: Pair;
  padding?: PaddingName;
}

/** Adds the output of an earlier layer; by default of the one before the previous layer, a residual around one conv. */
export interface AddLayer {
  kind: "add";
  /** Index of the layer in the specification, -1 for the model's input. */
  from?: number;
  activation?: ActivationName;
}

/** To `shape`, or flat to [1, n]. */
export interface ReshapeLayer {
  kind: "reshape";
  shape?: readonly number[];
}

export interface FullyConnectedLayer {
  kind: "fullyConnected";
  outputs: number;
  activation?: ActivationName;
}

export interface SoftmaxLayer {
  kind: "softmax";
}

export type Layer =
  | ConvLayer
  | DepthwiseLayer
  | PoolLayer
  | AddLayer
  | ReshapeLayer
  | FullyConnectedLayer
  | SoftmaxLayer
  | PlainLayer;

/** Scale and zero point of a layer's output, and the mean square of its real values before and after the activation. */
interface Range {
  scale: number;
  zeroPoint: number;
  power: number;
}

/** Four standard deviations of a normal distribution fill the int8 range, on the side that the activation leaves. */
function rangeOf(power: number, activation: ActivationName): Range {
  const reach = 4 * Math.sqrt(power);
  if (activation === "NONE") return { scale: (2 * reach) / 255, zeroPoint: 0, power };
  const top = activation === "RELU6" ? Math.min(6, reach) : reach;
  return { scale: top / 255, zeroPoint: -128, power: power / 2 };
}

function pair(value: Pair | undefined, otherwise = 1): readonly [number, number] {
  const given = value ?? otherwise;
  return typeof given === "number" ? [given, given] : given;
}

function bytesOf(values: Int8Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Appends one layer and returns its output. `skipped` is the other operand of an add or a concatenation. */
export function appendLayer(draft: Draft, name: string, layer: Layer, input: Flow, skipped: Flow): Flow {
  switch (layer.kind) {
    case "conv":
    case "depthwise":
      return appendConv(draft, name, layer, input);
    case "maxPool":
    case "averagePool":
      return appendPool(draft, name, layer, input);
    case "add":
      return appendAdd(draft, name, layer, input, skipped);
    case "reshape":
      return appendReshape(draft, name, layer, input);
    case "fullyConnected":
      return appendFullyConnected(draft, name, layer, input);
    case "softmax":
      return appendSoftmax(draft, name, input);
    default:
      return appendPlain(draft, name, layer, input, skipped);
  }
}

function appendConv(draft: Draft, name: string, layer: ConvLayer | DepthwiseLayer, input: Flow): Flow {
  const [, inputHeight = 1, inputWidth = 1, channels = 1] = input.shape;
  const [filterHeight, filterWidth] = pair(layer.kernel);
  const [strideHeight, strideWidth] = pair(layer.stride);
  const [dilationHeight, dilationWidth] = pair(layer.dilation);
  const padding = Padding[layer.padding ?? "SAME"];
  const depthwise = layer.kind === "depthwise";
  const multiplier = depthwise ? (layer.multiplier ?? 1) : 0;
  const outputChannels = depthwise ? channels * multiplier : layer.filters;
  const filterShape = depthwise
    ? [1, filterHeight, filterWidth, outputChannels]
    : [outputChannels, filterHeight, filterWidth, channels];
  const taps = filterHeight * filterWidth * (depthwise ? 1 : channels);
  const geometry = convGeometry({
    padding,
    inputHeight,
    inputWidth,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
  });
  const constants = addWeights(draft, name, input, filterShape, depthwise ? 3 : 0, taps, outputChannels);
  const output = addActivation(draft, name, {
    shape: [1, geometry.outputHeight, geometry.outputWidth, outputChannels],
    ...rangeOf(1, layer.activation ?? "NONE"),
  });
  const common = {
    padding,
    strideW: strideWidth,
    strideH: strideHeight,
    fusedActivationFunction: ActivationFunctionType[layer.activation ?? "NONE"],
    dilationWFactor: dilationWidth,
    dilationHFactor: dilationHeight,
  };
  const options: BuiltinOptions = depthwise
    ? { type: "DepthwiseConv2DOptions", value: { ...common, depthMultiplier: multiplier } }
    : { type: "Conv2DOptions", value: { ...common, quantizedBiasType: 0 } };
  const operands = [input.tensor, ...constants];
  addOperator(draft, depthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D", 3, operands, output.tensor, options);
  return output;
}

/** Filter and bias with one scale per output channel, such that the layer's real outputs have a mean square near 1. */
function addWeights(
  draft: Draft,
  name: string,
  input: Flow,
  shape: readonly number[],
  axis: number,
  taps: number,
  channels: number,
  perChannel = true,
): [filter: number, bias: number] {
  const { random } = draft;
  const weights = Int8Array.from({ length: elementCount(shape) }, () => random.integer(-127, 127));
  const uniformDeviation = 127 / Math.sqrt(3);
  const typical = 1 / (Math.sqrt(taps * input.power) * uniformDeviation);
  const scales = Array.from({ length: perChannel ? channels : 1 }, () =>
    Math.fround(typical * (perChannel ? 0.7 + 0.6 * random.next() : 1)),
  );
  const biasScales = scales.map((scale) => Math.fround(scale * input.scale));
  const bias = Int32Array.from({ length: channels }, (_, channel) => {
    const scale = biasScales[perChannel ? channel : 0]!;
    return Math.round((0.6 * random.next() - 0.3) / scale);
  });
  return [
    addConstant(draft, `${name}/filter`, TensorType.INT8, shape, bytesOf(weights), scales, axis),
    addConstant(draft, `${name}/bias`, TensorType.INT32, [channels], bytesOf(bias), biasScales),
  ];
}

function appendPool(draft: Draft, name: string, layer: PoolLayer, input: Flow): Flow {
  const [, inputHeight = 1, inputWidth = 1, channels = 1] = input.shape;
  const [filterHeight, filterWidth] = pair(layer.window, 2);
  const [strideH, strideW] = layer.stride === undefined ? [filterHeight, filterWidth] : pair(layer.stride);
  const padding = Padding[layer.padding ?? "VALID"];
  const geometry = convGeometry({
    padding,
    inputHeight,
    inputWidth,
    filterHeight,
    filterWidth,
    strideHeight: strideH,
    strideWidth: strideW,
  });
  const output = addActivation(draft, name, {
    ...input,
    shape: [1, geometry.outputHeight, geometry.outputWidth, channels],
  });
  addOperator(
    draft,
    layer.kind === "maxPool" ? "MAX_POOL_2D" : "AVERAGE_POOL_2D",
    2,
    [input.tensor],
    output.tensor,
    {
      type: "Pool2DOptions",
      value: { padding, strideW, strideH, filterWidth, filterHeight, fusedActivationFunction: 0 },
    },
  );
  return output;
}

function appendAdd(draft: Draft, name: string, layer: AddLayer, input: Flow, skipped: Flow): Flow {
  const output = addActivation(draft, name, {
    shape: input.shape,
    ...rangeOf(input.power + skipped.power, layer.activation ?? "NONE"),
  });
  addOperator(draft, "ADD", 2, [skipped.tensor, input.tensor], output.tensor, {
    type: "AddOptions",
    value: {
      fusedActivationFunction: ActivationFunctionType[layer.activation ?? "NONE"],
      potScaleInt16: true,
    },
  });
  return output;
}

function appendReshape(draft: Draft, name: string, layer: ReshapeLayer, input: Flow): Flow {
  const shape = layer.shape ?? [1, elementCount(input.shape)];
  const output = addActivation(draft, name, { ...input, shape });
  const target = bytesOf(Int32Array.from(shape));
  const shapeTensor = addConstant(draft, `${name}/shape`, TensorType.INT32, [shape.length], target);
  addOperator(draft, "RESHAPE", 1, [input.tensor, shapeTensor], output.tensor, {
    type: "ReshapeOptions",
    value: { newShape: [...shape] },
  });
  return output;
}

function appendFullyConnected(draft: Draft, name: string, layer: FullyConnectedLayer, input: Flow): Flow {
  const taps = elementCount(input.shape.slice(1));
  const { outputs } = layer;
  const constants = addWeights(draft, name, input, [outputs, taps], 0, taps, outputs, false);
  const output = addActivation(draft, name, {
    shape: [input.shape[0] ?? 1, outputs],
    ...rangeOf(1, layer.activation ?? "NONE"),
  });
  addOperator(draft, "FULLY_CONNECTED", 4, [input.tensor, ...constants], output.tensor, {
    type: "FullyConnectedOptions",
    value: {
      fusedActivationFunction: ActivationFunctionType[layer.activation ?? "NONE"],
      weightsFormat: 0,
      keepNumDims: false,
      asymmetricQuantizeInputs: false,
      quantizedBiasType: 0,
    },
  });
  return output;
}

function appendSoftmax(draft: Draft, name: string, input: Flow): Flow {
  const output = addActivation(draft, name, {
    shape: input.shape,
    scale: 1 / 256,
    zeroPoint: -128,
    power: 1 / elementCount(input.shape),
  });
  addOperator(draft, "SOFTMAX", 2, [input.tensor], output.tensor, {
    type: "SoftmaxOptions",
    value: { beta: 1 },
  });
  return output;
}
