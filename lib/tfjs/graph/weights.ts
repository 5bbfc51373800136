/** Operations of a graph model that have weights, and what converters fuse into them. */

import { appendActivation, appendLeaky } from "../activations.js";
import { outputsFirst } from "../filters.js";
import type { GraphCall, GraphValue } from "./call.js";

type GraphRule = (call: GraphCall) => GraphValue;

/** What may follow a fused operation's bias; the converter gives these names in small letters. */
const fusedActivations: ReadonlySet<string> = new Set([
  "relu",
  "relu6",
  "sigmoid",
  "tanh",
  "leakyrelu",
  "prelu",
]);

export const weightRules: Readonly<Record<string, GraphRule>> = {
  Conv2D: convolved,
  _FusedConv2D: convolved,
  DepthwiseConv2d: depthwise,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2dNative: depthwise,
  MatMul: multiplied,
  _FusedMatMul: multiplied,
};

/** What is wrong with the fused operations of a node, if anything. */
export function fusedRefusal(fused: readonly unknown[]): string | undefined {
  const unknown = fused.filter((op) => op !== "biasadd" && !fusedActivations.has(String(op)));
  return unknown.length > 0 ? `fused with ${unknown.join(", ")}` : undefined;
}

function convolved(call: GraphCall): GraphValue {
  const { values, shape } = call.floats(1);
  const [height = 0, width = 0, , filters = 0] = shape;
  const filter = outputsFirst(values, filters);
  return finished(call, filters, (bias) => {
    const window = call.window([height, width]);
    return call.draft.append(
      call.name,
      { kind: "conv2d", window, filter, bias, activation: "none" },
      inputOf(call),
    );
  });
}

function depthwise(call: GraphCall): GraphValue {
  const { values, shape } = call.floats(1);
  const [height = 0, width = 0, channels = 0, multiplier = 0] = shape;
  return finished(call, channels * multiplier, (bias) => {
    const window = call.window([height, width]);
    const step = { kind: "depthwiseConv2d", window, filter: values, bias, activation: "none" } as const;
    return call.draft.append(call.name, step, inputOf(call));
  });
}

function multiplied(call: GraphCall): GraphValue {
  const { values, shape } = call.floats(1);
  const turned = call.flag("transposeB");
  const units = (turned ? shape[0] : shape[1]) ?? 0;
  const filter = turned ? values : outputsFirst(values, units);
  return finished(call, units, (bias) => call.draft.dense(call.name, call.activation(0), filter, bias));
}

/** The input, padded where the operation lists the amounts. */
function inputOf(call: GraphCall): number {
  const input = call.activation(0);
  if (call.attributes.pad !== "explicit") return input;
  const pairs = call.list("explicitPaddings").flat().map(Number);
  const amounts = [0, 1, 2, 3].map((axis) => [pairs[2 * axis] ?? 0, pairs[2 * axis + 1] ?? 0] as const);
  return call.draft.append(`${call.name}/pad`, { kind: "pad", amounts }, input);
}

/** Bias and activation of a fused operation behind it. */
function finished(call: GraphCall, outputs: number, append: (bias: Float32Array) => number): GraphValue {
  const fused = call.list("fusedOps").map(String);
  const biased = fused.includes("biasadd");
  const node = append(biased ? call.floats(2).values : new Float32Array(outputs));
  const activation = fused.find((op) => op !== "biasadd");
  if (activation === undefined) return { node };
  if (activation === "leakyrelu") {
    const alpha = Float32Array.of(call.number("leakyreluAlpha"));
    return { node: appendLeaky(call.draft, call.name, node, alpha) };
  }
  if (activation === "prelu") {
    const { values, shape } = call.floats(biased ? 3 : 2);
    return { node: appendLeaky(call.draft, call.name, node, values, shape) };
  }
  return { node: appendActivation(call.draft, call.name, activation, node) };
}
