/** Rules of the operators that work element by element: arithmetic with broadcast, activations, softmax. */

import type { OperatorCheck, OperatorRule } from "./check-operator.js";
import { TensorType } from "./schema.js";

/** The broadcasting kernels of older trees stop at four dimensions. */
const maxBroadcastRank = 4;

/** ADD and SUB of 8-bit tensors work with 20 bits of head room (`left_shift` in TFLM's add.cc). */
const addHeadRoom = 2 ** 20;

/** Softmax scales its 8-bit input by beta * scale * 2^(31 - 5), which must exceed 1 or TFLM aborts. */
const softmaxHeadRoom = 2 ** 26;

export const elementwiseRules: Readonly<Record<string, OperatorRule>> = {
  ADD: { required: 2, most: 2, options: "AddOptions", check: checkSum },
  SUB: { required: 2, most: 2, options: "SubOptions", check: checkSum },
  MUL: { required: 2, most: 2, options: "MulOptions", check: checkProduct },
  SOFTMAX: { required: 1, most: 1, options: "SoftmaxOptions", needsOptions: true, check: checkSoftmax },
  RELU: unary(),
  RELU6: unary(),
  LOGISTIC: unary(),
  TANH: unary(),
  HARD_SWISH: unary("HardSwishOptions"),
  LEAKY_RELU: unary("LeakyReluOptions"),
  QUANTIZE: { required: 1, most: 1, options: "QuantizeOptions", check: checkConversion },
  DEQUANTIZE: { required: 1, most: 1, options: "DequantizeOptions", check: checkConversion },
};

function unary(options?: string): OperatorRule {
  return { required: 1, most: 1, options, check: checkUnary };
}

function checkUnary(operator: OperatorCheck): void {
  operator.expectType(operator.output, "outputs[0]", operator.input(0).type);
  operator.expectShape(operator.output, "outputs[0]", operator.input(0).shape);
  operator.expectMultiplier(scales(operator).reduce((input, output) => input / output));
}

function checkConversion(operator: OperatorCheck): void {
  operator.expectShape(operator.output, "outputs[0]", operator.input(0).shape);
  operator.expectMultiplier(scales(operator).reduce((input, output) => input / output));
}

function scales(operator: OperatorCheck): [input: number, output: number] {
  return [operator.scaleOf(operator.input(0), "inputs[0]"), operator.scaleOf(operator.output, "outputs[0]")];
}

function checkSum(operator: OperatorCheck): void {
  const [first, second, output] = checkBroadcast(operator);
  const isByte = operator.output.type === TensorType.INT8 || operator.output.type === TensorType.UINT8;
  if (isByte && 2 * Math.max(first, second) >= addHeadRoom * output) {
    operator.fail(
      "outputs[0]",
      `has scale ${output}, too small for operands of scale ${Math.max(first, second)}`,
    );
  }
}

function checkProduct(operator: OperatorCheck): void {
  const [first, second, output] = checkBroadcast(operator);
  operator.expectMultiplier((first * second) / output);
}

/** Equal types, and shapes that broadcast to the output's. Returns the scales of both operands and of the output. */
function checkBroadcast(operator: OperatorCheck): [first: number, second: number, output: number] {
  const [first, second, output] = [operator.input(0), operator.input(1), operator.output];
  operator.expectType(second, "inputs[1]", first.type);
  operator.expectType(output, "outputs[0]", first.type);
  const rank = Math.max(first.shape.length, second.shape.length);
  const aligned = [first, second].map(({ shape }) => [...Array(rank - shape.length).fill(1), ...shape]);
  const shape = Array.from({ length: rank }, (_, axis) =>
    Math.max(aligned[0]?.[axis] ?? 1, aligned[1]?.[axis] ?? 1),
  );
  const clashes = aligned.some((side) => side.some((size, axis) => size !== 1 && size !== shape[axis]));
  const broadcasts = aligned.some((side) => side.some((size, axis) => size !== shape[axis]));
  if (clashes || (broadcasts && rank > maxBroadcastRank)) {
    operator.fail("inputs", `have shapes [${first.shape}] and [${second.shape}], which do not broadcast`);
  }
  operator.expectShape(output, "outputs[0]", shape);
  return [
    operator.scaleOf(first, "inputs[0]"),
    operator.scaleOf(second, "inputs[1]"),
    operator.scaleOf(output, "outputs[0]"),
  ];
}

function checkSoftmax(operator: OperatorCheck): void {
  const input = operator.input(0);
  if (input.shape.length === 0) operator.fail("inputs[0]", "is a scalar");
  operator.expectShape(operator.output, "outputs[0]", input.shape);
  const beta = operator.options("SoftmaxOptions")?.beta ?? 0;
  const [scale] = scales(operator);
  const isByte = input.type === TensorType.INT8 || input.type === TensorType.UINT8;
  if (!(beta > 0 && Number.isFinite(beta)) || (isByte && beta * scale * softmaxHeadRoom <= 1)) {
    operator.fail("builtinOptions.beta", `is ${beta} for an input of scale ${scale}`);
  }
}
