/** Sums, differences, products and quotients of a graph model; those with a constant are per channel. */

import type { Affine } from "../network.js";
import type { Constant, GraphCall, GraphValue } from "./call.js";

type GraphRule = (call: GraphCall) => GraphValue;

export const binaryRules: Readonly<Record<string, GraphRule>> = {
  Add: sum,
  AddV2: sum,
  BiasAdd: sum,
  AddN: (call) => ({
    node: call.operands.map((_, i) => call.activation(i)).reduce((a, b) => joined(call, "add", a, b)),
  }),
  Mul: (call) =>
    withConstant(call, (value) => [value, 0]) ?? {
      node: joined(call, "multiply", call.activation(0), call.activation(1)),
    },
  Sub: (call) => {
    const [left, right] = [call.operand(0), call.operand(1)];
    if ("constant" in right) return affine(call, call.activation(0), right, (value) => [1, -value]);
    if ("constant" in left) return affine(call, right.node, left, (value) => [-1, value]);
    const minusOne = { constant: { shape: [], values: Float32Array.of(-1) } };
    const negative = affine(call, right.node, minusOne, (value) => [value, 0]);
    return { node: joined(call, "add", left.node, negative.node) };
  },
  Div: quotient,
  RealDiv: quotient,
};

function sum(call: GraphCall): GraphValue {
  const result = withConstant(call, (value) => [1, value]);
  return result ?? { node: joined(call, "add", call.activation(0), call.activation(1)) };
}

function quotient(call: GraphCall): GraphValue {
  const divisor = call.operand(1);
  if ("node" in divisor) return call.refuse("divides by a value that is computed");
  return affine(call, call.activation(0), divisor, (value) => [1 / value, 0]);
}

function joined(call: GraphCall, kind: "add" | "multiply", left: number, right: number): number {
  return call.draft.append(call.name, { kind, activation: "none" }, left, right);
}

/** `x * scale + shift` where one of the operands is constant, whichever. */
function withConstant(
  call: GraphCall,
  coefficients: (value: number) => [scale: number, shift: number],
): GraphValue | undefined {
  const [left, right] = [call.operand(0), call.operand(1)];
  if ("constant" in right) return affine(call, call.activation(0), right, coefficients);
  return "constant" in left ? affine(call, right.node, left, coefficients) : undefined;
}

function affine(
  call: GraphCall,
  input: number,
  { constant }: Constant,
  coefficients: (value: number) => [scale: number, shift: number],
): { node: number } {
  const channels = call.draft.shapeOf(input).at(-1) ?? 0;
  const { shape, values } = constant;
  const count = values.length;
  const perChannel = count === 1 || (count === channels && shape.at(-1) === channels);
  if (!perChannel || shape.length > call.draft.shapeOf(input).length) {
    call.refuse(`has a constant of shape [${shape}] for ${channels} channels`);
  }
  const pairs = Array.from({ length: channels }, (_, i) => coefficients(values[count === 1 ? 0 : i]!));
  const of = (index: 0 | 1) => Float32Array.from(pairs, (pair) => pair[index]);
  const step: Affine = { kind: "affine", scale: of(0), shift: of(1), activation: "none" };
  return { node: call.draft.append(call.name, step, input) };
}
