/** Rules of the operators with a window or with weights: convolutions, pools, fully connected. */

import type { OperatorCheck, OperatorRule } from "./check-operator.js";
import { convGeometry, elementCount } from "./graph.js";
import type { Tensor } from "./model.js";
import { FullyConnectedOptionsWeightsFormat, TensorType } from "./schema.js";

/** Strides, dilations and window sizes above this overflow the kernels' 32-bit arithmetic long before they make sense. */
const maxWindow = 1 << 14;

/** Types that a kernel combines with an input: filter, bias. Hybrid models (float input, int8 filter) give garbage. */
const weightTypes: Readonly<Record<number, readonly [filter: number[], bias: number[]]>> = {
  [TensorType.FLOAT32]: [[TensorType.FLOAT32], [TensorType.FLOAT32]],
  [TensorType.UINT8]: [[TensorType.UINT8], [TensorType.INT32]],
  [TensorType.INT8]: [[TensorType.INT8, TensorType.INT4], [TensorType.INT32]],
  [TensorType.INT16]: [
    [TensorType.INT8, TensorType.INT4],
    [TensorType.INT64, TensorType.INT32],
  ],
};

interface WindowOptions {
  padding: number;
  strideW: number;
  strideH: number;
  filterWidth: number;
  filterHeight: number;
  dilationWFactor?: number;
  dilationHFactor?: number;
}

export const layerRules: Readonly<Record<string, OperatorRule>> = {
  CONV_2D: { required: 2, most: 3, options: "Conv2DOptions", needsOptions: true, check: checkConv },
  DEPTHWISE_CONV_2D: {
    required: 2,
    most: 3,
    options: "DepthwiseConv2DOptions",
    needsOptions: true,
    check: checkDepthwise,
  },
  FULLY_CONNECTED: {
    required: 2,
    most: 3,
    options: "FullyConnectedOptions",
    needsOptions: true,
    check: checkFullyConnected,
  },
  MAX_POOL_2D: { required: 1, most: 1, options: "Pool2DOptions", needsOptions: true, check: checkPool },
  AVERAGE_POOL_2D: { required: 1, most: 1, options: "Pool2DOptions", needsOptions: true, check: checkPool },
};

function checkConv(operator: OperatorCheck): void {
  const [input, filter] = [operator.input(0), operator.input(1)];
  operator.expectRank(input, "inputs[0]", 4);
  operator.expectRank(filter, "inputs[1]", 4);
  const [filters = 0, filterHeight = 0, filterWidth = 0, channels = 0] = filter.shape;
  if (channels !== input.shape[3]) {
    operator.fail("inputs[1]", `has ${channels} input channels, but the input has ${input.shape[3]}`);
  }
  checkWeights(operator, filters, 0);
  checkBiasNotAbsent(operator);
  const options = operator.options("Conv2DOptions");
  if (options) checkWindow(operator, { ...options, filterHeight, filterWidth }, filters);
}

function checkDepthwise(operator: OperatorCheck): void {
  const [input, filter] = [operator.input(0), operator.input(1)];
  operator.expectRank(input, "inputs[0]", 4);
  operator.expectRank(filter, "inputs[1]", 4);
  const [one, filterHeight = 0, filterWidth = 0, channels = 0] = filter.shape;
  const multiplier = channels / (input.shape[3] ?? 1);
  if (one !== 1)
    operator.fail("inputs[1]", `has shape [${filter.shape}], expected [1, height, width, channels]`);
  checkWeights(operator, channels, 3);
  checkBiasNotAbsent(operator);
  const options = operator.options("DepthwiseConv2DOptions");
  if (!options) return;
  if (options.depthMultiplier !== multiplier) {
    const problem = `is ${options.depthMultiplier}, but ${input.shape[3]} channels become ${channels}`;
    operator.fail("builtinOptions.depthMultiplier", problem);
  }
  checkWindow(operator, { ...options, filterHeight, filterWidth }, channels);
}

function checkPool(operator: OperatorCheck): void {
  const input = operator.input(0);
  operator.expectRank(input, "inputs[0]", 4);
  operator.expectType(operator.output, "outputs[0]", input.type);
  operator.scaleOf(input, "inputs[0]");
  operator.scaleOf(operator.output, "outputs[0]");
  const options = operator.options("Pool2DOptions");
  if (options) checkWindow(operator, options, input.shape[3] ?? 0);
}

function checkFullyConnected(operator: OperatorCheck): void {
  const [input, filter, output] = [operator.input(0), operator.input(1), operator.output];
  operator.expectRank(filter, "inputs[1]", 2);
  const [outputs = 0, depth = 0] = filter.shape;
  const elements = elementCount(input.shape);
  if (elements % depth !== 0) {
    operator.fail("inputs[1]", `has ${depth} weights per output, but the input has ${elements} elements`);
  }
  const fits = output.shape.at(-1) === outputs && elementCount(output.shape) === (elements / depth) * outputs;
  if (!fits)
    operator.fail("outputs[0]", `has shape [${output.shape}], expected ${elements / depth} x ${outputs}`);
  const format = operator.options("FullyConnectedOptions")?.weightsFormat;
  if (format !== FullyConnectedOptionsWeightsFormat.DEFAULT) {
    operator.fail("builtinOptions.weightsFormat", `is ${format}, which TFLM does not run`);
  }
  checkWeights(operator, outputs, 0);
}

/** Types, bias length and scales of a filter with `channels` outputs along `axis`. */
function checkWeights(operator: OperatorCheck, channels: number, axis: number): void {
  const [input, filter, bias] = [operator.input(0), operator.input(1), operator.optionalInput(2)];
  const [filterTypes, biasTypes] =
    weightTypes[input.type] ?? operator.fail("inputs[0]", "has a type that TFLM does not run");
  operator.expectType(operator.output, "outputs[0]", input.type);
  operator.expectType(filter, "inputs[1]", ...filterTypes);
  if (bias) operator.expectType(bias, "inputs[2]", ...biasTypes);
  if (bias && elementCount(bias.shape) !== channels) {
    operator.fail("inputs[2]", `has ${elementCount(bias.shape)} values, expected ${channels}`);
  }
  checkWeightScales(operator, filter, axis);
}

/** A convolution with three inputs follows the third without a look; only FULLY_CONNECTED knows an absent one (-1). */
function checkBiasNotAbsent(operator: OperatorCheck): void {
  if (operator.inputCount === 3 && !operator.optionalInput(2)) {
    operator.fail("inputs[2]", "is absent; without a bias there must be two inputs");
  }
}

function checkWeightScales(operator: OperatorCheck, filter: Tensor, axis: number): void {
  const factor =
    operator.scaleOf(operator.input(0), "inputs[0]") / operator.scaleOf(operator.output, "outputs[0]");
  operator.scaleOf(filter, "inputs[1]");
  const { scale = [], zeroPoint = [], quantizedDimension } = filter.quantization ?? {};
  if (scale.length > 1 && quantizedDimension !== axis) {
    operator.fail("inputs[1]", `has scales along dimension ${quantizedDimension}, expected ${axis}`);
  }
  if (filter.type === TensorType.INT8 && zeroPoint.some((value) => value !== 0n)) {
    operator.fail("inputs[1]", "has a zero point other than 0");
  }
  for (const value of scale) operator.expectMultiplier(value * factor);
}

/** Sizes of a sliding window, and the output shape [batch, height, width, `channels`] that follows from them. */
function checkWindow(operator: OperatorCheck, options: WindowOptions, channels: number): void {
  const { strideH, strideW, filterHeight, filterWidth, dilationHFactor = 1, dilationWFactor = 1 } = options;
  const sizes = { strideH, strideW, filterHeight, filterWidth, dilationHFactor, dilationWFactor };
  for (const [name, value] of Object.entries(sizes)) {
    if (value < 1 || value > maxWindow) {
      operator.fail(`builtinOptions.${name}`, `is ${value}, expected 1 to ${maxWindow}`);
    }
  }
  const [batch = 1, inputHeight = 1, inputWidth = 1] = operator.input(0).shape;
  const { outputHeight, outputWidth } = convGeometry({
    padding: options.padding,
    inputHeight,
    inputWidth,
    filterHeight,
    filterWidth,
    strideHeight: strideH,
    strideWidth: strideW,
    dilationHeight: dilationHFactor,
    dilationWidth: dilationWFactor,
  });
  operator.expectShape(operator.output, "outputs[0]", [batch, outputHeight, outputWidth, channels]);
}
