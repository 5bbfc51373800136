/** The CONV_2D operators of a model as pruning and packing see them. */

import type { NativeGeometry } from "./native/addon-types.js";
import { asInt8, asInt32, constantData, convGeometry, mainGraph, opName } from "./tflite/graph.js";
import type { Conv2DOptions, Model, Operator, Tensor } from "./tflite/model.js";

/** One CONV_2D with constant int8 weights. */
export interface ConvLayer {
  /** Index of the operator in the main subgraph. */
  operator: number;
  /** Tensor indices; `biasTensor` is -1 where the conv has no bias. */
  inputTensor: number;
  filterTensor: number;
  biasTensor: number;
  outputTensor: number;
  geometry: NativeGeometry;
  /** `Padding` and `ActivationFunctionType` of the schema. */
  padding: number;
  activation: number;
  /** OHWI. */
  weights: Int8Array;
  /** One per filter; zeros where the conv has no bias. */
  bias: Int32Array;
  /** One per filter, also where the file has a single one for all. */
  filterScales: Float32Array;
  inputScale: number;
  inputZeroPoint: number;
  outputScale: number;
  outputZeroPoint: number;
}

/** Kernel positions of a layer: filterlets per filter. */
export function positions(layer: ConvLayer): number {
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

function convLayer(model: Model, operator: Operator, index: number): ConvLayer | undefined {
  const graph = mainGraph(model);
  if (opName(model, operator) !== "CONV_2D") return undefined;
  const [inputTensor, filterTensor, biasTensor = -1] = operator.inputs ?? [];
  const outputTensor = operator.outputs?.[0];
  if (inputTensor === undefined || filterTensor === undefined || outputTensor === undefined) return undefined;
  const input = graph.tensors[inputTensor]!;
  const filter = graph.tensors[filterTensor]!;
  const output = graph.tensors[outputTensor]!;
  const weights = constantData(model, filter);
  const options = operator.builtinOptions?.value as Conv2DOptions | undefined;
  if (weights === undefined || options === undefined) return undefined;
  const [filters = 0, height = 1, width = 1] = filter.shape;
  const bias = biasTensor < 0 ? undefined : constantData(model, graph.tensors[biasTensor]!);
  const inputScale = activationScale(input);
  const outputScale = activationScale(output);
  return {
    operator: index,
    inputTensor,
    filterTensor,
    biasTensor,
    outputTensor,
    geometry: windowGeometry(input, output, { height, width }, options),
    padding: options.padding,
    activation: options.fusedActivationFunction,
    weights: asInt8(weights),
    bias: bias === undefined ? new Int32Array(filters) : asInt32(bias),
    filterScales: channelScales(filter, filters),
    inputScale: inputScale.scale,
    inputZeroPoint: inputScale.zeroPoint,
    outputScale: outputScale.scale,
    outputZeroPoint: outputScale.zeroPoint,
  };
}

/** Every CONV_2D of the main subgraph whose weights are constants, in the order of the operators. */
export function convLayers(model: Model): ConvLayer[] {
  return (mainGraph(model).operators ?? []).flatMap(
    (operator, index) => convLayer(model, operator, index) ?? [],
  );
}
