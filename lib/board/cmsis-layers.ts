/** The layers of a dense model that CMSIS-NN has kernels for. */

import type { Random } from "../data/random.js";
import {
  activationScale,
  channelScales,
  nhwc,
  type WeightLayer,
  weightLayers,
  windowGeometry,
} from "../layers.js";
import type { NativeGeometry } from "../native/addon-types.js";
import { activationRange, effectiveScale, type FusedActivation } from "../pack/quantize-multiplier.js";
import { asInt8, asInt32, constantData, mainGraph, opName } from "../tflite/graph.js";
import type { DepthwiseConv2DOptions, Model, Operator } from "../tflite/model.js";
import { TensorType } from "../tflite/schema.js";
import type { BoardCore } from "./boards.js";
import { type CmsisLayer, cmsisRequest } from "./cmsis-request.js";
import { emulate } from "./emulate.js";
import { decodeAnswers, encodeRequests } from "./requests.js";

/** A layer and the index of its operator. */
export interface ModelCmsisLayer extends CmsisLayer {
  operator: number;
}

/** Every int8 CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED with constant weights, each with a random input. */
export function cmsisLayers(model: Model, random: Random): ModelCmsisLayer[] {
  const { tensors, operators } = mainGraph(model);
  const isInt8 = (tensor: number) => tensors[tensor]?.type === TensorType.INT8;
  const weighted = weightLayers(model)
    .filter((layer) => isInt8(layer.inputTensor) && isInt8(layer.filterTensor) && ungrouped(layer))
    .map((layer) => ({ ...weightedLayer(layer, random), operator: layer.operator }));
  const depthwise = operators.flatMap((operator, index) => {
    if (opName(model, operator) !== "DEPTHWISE_CONV_2D" || !isInt8(operator.inputs[0] ?? -1)) return [];
    const layer = depthwiseLayer(model, operator, random);
    return layer === undefined ? [] : [{ ...layer, operator: index }];
  });
  return [...weighted, ...depthwise];
}

/**
 * Counts the instructions of CMSIS-NN's kernels for a model's stock layers, each on a random input.
 *
 * @param program of `ensureCmsisRunner`
 * @returns by operator
 * @throws BOARD_RUN_FAILED; `signal.reason` after an abort
 */
export async function countCmsisLayers(
  core: BoardCore,
  program: string,
  model: Model,
  random: Random,
  signal?: AbortSignal,
): Promise<Map<number, number>> {
  const layers = cmsisLayers(model, random);
  if (layers.length === 0) return new Map();
  const requests = encodeRequests(layers.map(cmsisRequest));
  const answers = decodeAnswers(await emulate(core, program, requests, signal));
  return new Map(layers.map(({ operator }, i) => [operator, answers[i]!.instructions]));
}

/** Whether every filter of a layer reads all channels. */
function ungrouped({ weights, geometry }: WeightLayer): boolean {
  const { kernelHeight, kernelWidth, inputChannels, outputChannels } = geometry;
  return weights.length === kernelHeight * kernelWidth * inputChannels * outputChannels;
}

/** The part of a layer that its geometry says. */
function windowOf(geometry: NativeGeometry) {
  return {
    kernel: [geometry.kernelHeight, geometry.kernelWidth] as const,
    stride: [geometry.strideHeight, geometry.strideWidth] as const,
    padding: [geometry.padTop, geometry.padLeft] as const,
    dilation: [geometry.dilationHeight, geometry.dilationWidth] as const,
  };
}

function randomInput(random: Random, shape: readonly number[]): Int8Array {
  return Int8Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.below(256) - 128);
}

function weightedLayer(layer: WeightLayer, random: Random): CmsisLayer {
  const { kind, geometry, inputScale, outputScale, outputZeroPoint } = layer;
  const { inputHeight, inputWidth, inputChannels, outputHeight, outputWidth, outputChannels } = geometry;
  // A fully connected layer is a conv over its rows; CMSIS-NN takes rows as a batch.
  const isConv = kind === "conv";
  const rows = inputHeight * inputWidth;
  const inputShape = isConv ? [1, inputHeight, inputWidth, inputChannels] : [rows, 1, 1, inputChannels];
  const outputShape = isConv ? [1, outputHeight, outputWidth, outputChannels] : [rows, 1, 1, outputChannels];
  return {
    kind,
    ...windowOf(geometry),
    inputZeroPoint: layer.inputZeroPoint,
    outputZeroPoint,
    activation: activationRange(layer.activation as FusedActivation, outputScale, outputZeroPoint),
    weights: layer.weights,
    bias: layer.bias,
    effectiveScales: Array.from(layer.filterScales, (scale) =>
      effectiveScale(inputScale, scale, outputScale),
    ),
    input: randomInput(random, inputShape),
    inputShape,
    outputShape,
  };
}

function depthwiseLayer(model: Model, operator: Operator, random: Random): CmsisLayer | undefined {
  const { tensors } = mainGraph(model);
  const [input, filter, biasTensor] = operator.inputs.map((index) => tensors[index]);
  const output = tensors[operator.outputs[0] ?? -1];
  const weights = filter && constantData(model, filter);
  if (!input || !filter || !output || !weights || !operator.builtinOptions) return undefined;
  const options = operator.builtinOptions.value as DepthwiseConv2DOptions;
  const [, height = 1, width = 1, channels = 1] = filter.shape;
  const geometry = windowGeometry(input, output, { height, width }, options);
  const from = activationScale(input);
  const to = activationScale(output);
  const bias = biasTensor && constantData(model, biasTensor);
  const shapeOf = (tensor: typeof input) => {
    const size = nhwc(tensor);
    return [1, size.height, size.width, size.channels];
  };
  return {
    kind: "depthwise",
    ...windowOf(geometry),
    inputZeroPoint: from.zeroPoint,
    outputZeroPoint: to.zeroPoint,
    activation: activationRange(options.fusedActivationFunction as FusedActivation, to.scale, to.zeroPoint),
    weights: asInt8(weights),
    bias: bias ? asInt32(bias) : new Int32Array(channels),
    effectiveScales: Array.from(channelScales(filter, channels), (scale) =>
      effectiveScale(from.scale, scale, to.scale),
    ),
    input: randomInput(random, shapeOf(input)),
    inputShape: shapeOf(input),
    outputShape: shapeOf(output),
  };
}
