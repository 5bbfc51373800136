/** Rules of the operators that move, join or reduce elements. */

import type { OperatorCheck, OperatorRule } from "./check-operator.js";
import { elementCount } from "./graph.js";

/** PAD and TRANSPOSE of older trees keep their parameters in arrays of this length. */
const maxParameterRank = 4;

export const shapeRules: Readonly<Record<string, OperatorRule>> = {
  RESHAPE: { required: 1, most: 2, options: "ReshapeOptions", check: checkSameElements },
  SQUEEZE: { required: 1, most: 1, options: "SqueezeOptions", check: checkSameElements },
  EXPAND_DIMS: { required: 2, most: 2, options: "ExpandDimsOptions", check: checkSameElements },
  CONCATENATION: {
    required: 1,
    most: Number.POSITIVE_INFINITY,
    options: "ConcatenationOptions",
    needsOptions: true,
    check: checkConcatenation,
  },
  PAD: { required: 2, most: 2, options: "PadOptions", check: checkPad },
  PADV2: { required: 3, most: 3, options: "PadV2Options", check: checkPad },
  TRANSPOSE: { required: 2, most: 2, options: "TransposeOptions", check: checkTranspose },
  MEAN: { required: 2, most: 2, options: "ReducerOptions", check: checkReduction },
};

function checkSameElements(operator: OperatorCheck): void {
  operator.expectType(operator.output, "outputs[0]", operator.input(0).type);
  operator.expectSameElements();
}

function checkConcatenation(operator: OperatorCheck): void {
  const first = operator.input(0);
  const rank = first.shape.length;
  const given = operator.options("ConcatenationOptions")?.axis ?? 0;
  const axis = given < 0 ? given + rank : given;
  if (axis < 0 || axis >= rank)
    operator.fail("builtinOptions.axis", `is ${given} for shapes of ${rank} dimensions`);
  let joined = 0;
  for (let position = 0; position < operator.inputCount; position++) {
    const input = operator.input(position);
    operator.expectType(input, `inputs[${position}]`, first.type);
    operator.scaleOf(input, `inputs[${position}]`);
    operator.expectShape(input, `inputs[${position}]`, withSize(first.shape, axis, input.shape[axis] ?? 0));
    joined += input.shape[axis] ?? 0;
  }
  operator.expectType(operator.output, "outputs[0]", first.type);
  operator.scaleOf(operator.output, "outputs[0]");
  operator.expectShape(operator.output, "outputs[0]", withSize(first.shape, axis, joined));
}

function withSize(shape: readonly number[], axis: number, size: number): number[] {
  return shape.map((given, index) => (index === axis ? size : given));
}

function checkPad(operator: OperatorCheck): void {
  const { shape, type } = operator.input(0);
  const rank = checkParameterRank(operator);
  operator.expectType(operator.output, "outputs[0]", type);
  operator.expectShape(operator.input(1), "inputs[1]", [rank, 2]);
  const paddings = operator.parameters(1);
  if (paddings.some((padding) => padding < 0)) operator.fail("inputs[1]", `holds [${paddings}]`);
  const padded = shape.map((size, axis) => size + (paddings[2 * axis] ?? 0) + (paddings[2 * axis + 1] ?? 0));
  operator.expectShape(operator.output, "outputs[0]", padded);
}

function checkTranspose(operator: OperatorCheck): void {
  const { shape, type } = operator.input(0);
  const rank = checkParameterRank(operator);
  operator.expectType(operator.output, "outputs[0]", type);
  const permutation = [...operator.parameters(1)];
  const isPermutation = permutation.length === rank && shape.every((_, axis) => permutation.includes(axis));
  if (!isPermutation)
    operator.fail("inputs[1]", `holds [${permutation}], no permutation of ${rank} dimensions`);
  operator.expectShape(
    operator.output,
    "outputs[0]",
    permutation.map((axis) => shape[axis] ?? 0),
  );
}

function checkParameterRank(operator: OperatorCheck): number {
  const { shape } = operator.input(0);
  if (shape.length > maxParameterRank) {
    operator.fail("inputs[0]", `has ${shape.length} dimensions, at most ${maxParameterRank} work`);
  }
  return shape.length;
}

function checkReduction(operator: OperatorCheck): void {
  const { shape, type } = operator.input(0);
  const rank = shape.length;
  const given = [...operator.parameters(1)];
  const axes = new Set(given.map((axis) => (axis < 0 ? axis + rank : axis)));
  if (axes.size !== given.length || [...axes].some((axis) => axis < 0 || axis >= rank)) {
    operator.fail("inputs[1]", `holds [${given}], which are no distinct axes of [${shape}]`);
  }
  operator.expectType(operator.output, "outputs[0]", type);
  operator.scaleOf(operator.input(0), "inputs[0]");
  operator.scaleOf(operator.output, "outputs[0]");
  const kept = shape.filter((_, axis) => !axes.has(axis));
  if (elementCount(operator.output.shape) !== elementCount(kept)) {
    operator.fail("outputs[0]", `has shape [${operator.output.shape}], which does not hold [${kept}]`);
  }
}
