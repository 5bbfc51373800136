/** The CONV_2D and FULLY_CONNECTED operators of a model as pruning and packing see them. */

import type { NativeGeometry } from "./native/addon-types.js";
import {
  asInt8,
  asInt32,
  constantData,
  convGeometry,
  elementCount,
  mainGraph,
  opName,
} from "./tflite/graph.js";
import type { Conv2DOptions, FullyConnectedOptions, Model, Operator, Tensor } from "./tflite/model.js";
import { Padding } from "./tflite/schema.js";

/** One operator with constant int8 weights; a fully connected one is a 1x1 conv over the rows of its input. */
export interface WeightLayer {
  kind: "conv" | "fullyConnected";
  /** Index of the operator in the main subgraph. */
  operator: number;
  /** Tensor indices; `biasTensor` is -1 where the layer has no bias. */
  inputTensor: number;
  filterTensor: number;
  biasTensor: number;
  outputTensor: number;
  geometry: NativeGeometry;
  /** `Padding` and `ActivationFunctionType` of the schema. */
  padding: number;
  activation: number;
  /** OHWI; [outputs][inputs] where fully connected. */
  weights: Int8Array;
  /** One per filter; zeros where the layer has no bias. */
  bias: Int32Array;
  /** One per filter, also where the file has a single one for all. */
  filterScales: Float32Array;
  inputScale: number;
  inputZeroPoint: number;
  outputScale: number;
  outputZeroPoint: number;
}

/** Kernel positions of a layer: filterlets per filter. */
export function positions(layer: WeightLayer): number {
  return layer.geometry.kernelHeight * layer.geometry.kernelWidth;
}

/** Scale and zero point of a per-tensor quantised activation. */
export function activationScale(tensor: Tensor): { scale: number; zeroPoint: number } {
  return {
    scale: tensor.quantization?.scale?.[0] ?? 0,
    zeroPoint: Number(tensor.quantization?.zeroPoint?.[0] ?? 0n),
  };
}

/** One scale per channel, whether the file has one for all or one for each. */
export function channelScales(tensor: Tensor, channels: number): Float32Array {
  const scale = tensor.quantization?.scale ?? [];
  return Float32Array.from({ length: channels }, (_, c) =>
    scale.length === 1 ? scale[0]! : (scale[c] ?? 0),
  );
}

/** The tensor's NHWC sizes, with ones for leading dimensions it does not have. */
export function nhwc(tensor: Tensor): { height: number; width: number; channels: number } {
  const [channels = 1, width = 1, height = 1] = [...tensor.shape].reverse();
  return { height, width, channels };
}

/** Geometry of a window operator from its tensors and options. */
export function windowGeometry(
  input: Tensor,
  output: Tensor,
  kernel: { height: number; width: number },
  options: {
    padding: number;
    strideH: number;
    strideW: number;
    dilationHFactor?: number;
    dilationWFactor?: number;
  },
): NativeGeometry {
  const from = nhwc(input);
  const to = nhwc(output);
  const { padTop, padLeft } = convGeometry({
    padding: options.padding,
    inputHeight: from.height,
    inputWidth: from.width,
    filterHeight: kernel.height,
    filterWidth: kernel.width,
    strideHeight: options.strideH,
    strideWidth: options.strideW,
    dilationHeight: options.dilationHFactor ?? 1,
    dilationWidth: options.dilationWFactor ?? 1,
  });
  return {
    inputHeight: from.height,
    inputWidth: from.width,
    inputChannels: from.channels,
    kernelHeight: kernel.height,
    kernelWidth: kernel.width,
    outputHeight: to.height,
    outputWidth: to.width,
    outputChannels: to.channels,
    strideHeight: options.strideH,
    strideWidth: options.strideW,
    dilationHeight: options.dilationHFactor ?? 1,
    dilationWidth: options.dilationWFactor ?? 1,
    padTop,
    padLeft,
  };
}

/** Geometry and options of a layer, or undefined where its operator is not of a kind with weights. */
function shapeOf(model: Model, operator: Operator, input: Tensor, filter: Tensor, output: Tensor) {
  const value = operator.builtinOptions?.value;
  if (value === undefined) return undefined;
  if (opName(model, operator) === "CONV_2D") {
    const options = value as Conv2DOptions;
    const [, height = 1, width = 1] = filter.shape;
    const geometry = windowGeometry(input, output, { height, width }, options);
    const activation = options.fusedActivationFunction;
    return { kind: "conv" as const, geometry, padding: options.padding, activation };
  }
  if (opName(model, operator) !== "FULLY_CONNECTED") return undefined;
  const [outputs = 1, inputs = 1] = filter.shape;
  const rows = elementCount(input.shape) / inputs;
  const flat = (channels: number): Tensor => ({ ...output, shape: [1, 1, rows, channels] });
  const valid = { padding: Padding.VALID, strideH: 1, strideW: 1 };
  return {
    kind: "fullyConnected" as const,
    geometry: windowGeometry(flat(inputs), flat(outputs), { height: 1, width: 1 }, valid),
    padding: Padding.VALID,
    activation: (value as FullyConnectedOptions).fusedActivationFunction,
  };
}

function weightLayer(model: Model, operator: Operator, index: number): WeightLayer | undefined {
  const { tensors } = mainGraph(model);
  const [inputTensor, filterTensor, biasTensor = -1] = operator.inputs ?? [];
  const outputTensor = operator.outputs?.[0];
  if (inputTensor === undefined || filterTensor === undefined || outputTensor === undefined) return undefined;
  const [input, filter, output] = [tensors[inputTensor]!, tensors[filterTensor]!, tensors[outputTensor]!];
  const weights = filter === undefined ? undefined : constantData(model, filter);
  if (weights === undefined) return undefined;
  const shape = shapeOf(model, operator, input, filter, output);
  if (shape === undefined) return undefined;
  const filters = filter.shape[0] ?? 0;
  const bias = biasTensor < 0 ? undefined : constantData(model, tensors[biasTensor]!);
  const inputScale = activationScale(input);
  const outputScale = activationScale(output);
  return {
    ...shape,
    operator: index,
    inputTensor,
    filterTensor,
    biasTensor,
    outputTensor,
    weights: asInt8(weights),
    bias: bias === undefined ? new Int32Array(filters) : asInt32(bias),
    filterScales: channelScales(filter, filters),
    inputScale: inputScale.scale,
    inputZeroPoint: inputScale.zeroPoint,
    outputScale: outputScale.scale,
    outputZeroPoint: outputScale.zeroPoint,
  };
}

/** Every CONV_2D and FULLY_CONNECTED of the main subgraph whose weights are constants, in the operators' order. */
export function weightLayers(model: Model): WeightLayer[] {
  return (mainGraph(model).operators ?? []).flatMap(
    (operator, index) => weightLayer(model, operator, index) ?? [],
  );
}
