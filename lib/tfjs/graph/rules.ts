/** What each operation of a graph model becomes. */

import { elementCount } from "../../tflite/graph.js";
import { appendActivation, appendLeaky } from "../activations.js";
import { batchNorm } from "../filters.js";
import type { Pool } from "../network.js";
import { binaryRules } from "./binary.js";
import type { GraphCall, GraphValue } from "./call.js";
import { constantRules } from "./constants.js";
import { weightRules } from "./weights.js";

export type GraphRule = (call: GraphCall) => GraphValue;

const same: GraphRule = (call) => call.operand(0);

const shapeRules: Readonly<Record<string, GraphRule>> = {
  Reshape: (call) => {
    const input = call.activation(0);
    const total = elementCount(call.draft.shapeOf(input));
    const target = call.integers(1);
    const known = elementCount(target.filter((size) => size !== -1));
    const shape = target.map((size) => (size === -1 ? total / known : size));
    return { node: call.draft.reshape(call.name, input, shape) };
  },
  Squeeze: (call) => {
    const input = call.activation(0);
    const shape = call.draft.shapeOf(input);
    const axes = call.list("axis").map((axis) => Number(axis) + (Number(axis) < 0 ? shape.length : 0));
    const gone = (size: number, axis: number) =>
      axes.length > 0 ? axes.includes(axis) : axis > 0 && size === 1;
    const left = shape.filter((size, axis) => !gone(size, axis));
    return { node: call.draft.reshape(call.name, input, left) };
  },
  Pad: padded,
  PadV2: (call) => {
    if (call.floats(2).values.some((value) => value !== 0)) call.refuse("pads with another value than 0");
    return padded(call);
  },
};

const poolRules: Readonly<Record<string, GraphRule>> = {
  MaxPool: (call) => pooled(call, "maxPool"),
  AvgPool: (call) => pooled(call, "averagePool"),
  Mean: (call) => reduced(call, "averagePool"),
  Max: (call) => reduced(call, "maxPool"),
};

const activationRules: Readonly<Record<string, GraphRule>> = {
  Relu: activation("relu"),
  Relu6: activation("relu6"),
  Sigmoid: activation("sigmoid"),
  Tanh: activation("tanh"),
  Softmax: activation("softmax"),
  LeakyRelu: (call) => {
    const alpha = Float32Array.of(call.number("alpha"));
    return { node: appendLeaky(call.draft, call.name, call.activation(0), alpha) };
  },
  Prelu: (call) => {
    const { values, shape } = call.floats(1);
    return { node: appendLeaky(call.draft, call.name, call.activation(0), values, shape) };
  },
};

/** Every operation that can be imported, by TensorFlow's name. */
export const graphRules: Readonly<Record<string, GraphRule>> = {
  ...{ Identity: same, StopGradient: same, PreventGradient: same, Snapshot: same, EnsureShape: same },
  ...weightRules,
  ...binaryRules,
  ...shapeRules,
  ...poolRules,
  ...activationRules,
  ...constantRules,
  FusedBatchNorm: normalized,
  FusedBatchNormV2: normalized,
  FusedBatchNormV3: normalized,
};

function activation(kind: string): GraphRule {
  return (call) => ({ node: appendActivation(call.draft, call.name, kind, call.activation(0)) });
}

function padded(call: GraphCall): GraphValue {
  const pairs = call.integers(1);
  const amounts = Array.from(
    { length: pairs.length / 2 },
    (_, i) => [pairs[2 * i]!, pairs[2 * i + 1]!] as const,
  );
  return { node: call.draft.append(call.name, { kind: "pad", amounts }, call.activation(0)) };
}

function pooled(call: GraphCall, kind: Pool["kind"]): GraphValue {
  const [batch, height = 0, width = 0, channels] = call.list("kernelSize").map(Number);
  if (batch !== 1 || channels !== 1) call.refuse(`pools over [${call.list("kernelSize")}]`);
  const step = { kind, window: call.window([height, width]), activation: "none" } as const;
  return { node: call.draft.append(call.name, step, call.activation(0)) };
}

/** Over height and width it is a pool; TFLM of 2020 has nothing else in int8. */
function reduced(call: GraphCall, kind: Pool["kind"]): GraphValue {
  const input = call.activation(0);
  const rank = call.draft.shapeOf(input).length;
  const axes = call.axes(1, rank).sort();
  if (rank !== 4 || String(axes) !== "1,2") call.refuse(`reduces the axes [${axes}] of ${rank} dimensions`);
  return { node: call.draft.globalPool(call.name, input, kind, call.flag("keepDims")) };
}

function normalized(call: GraphCall): GraphValue {
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((position) => call.floats(position).values);
  const statistics = { gamma: gamma!, beta: beta!, mean: mean!, variance: variance! };
  const step = {
    kind: "affine",
    ...batchNorm(statistics, call.number("epsilon")),
    activation: "none",
  } as const;
  return { node: call.draft.append(call.name, step, call.activation(0)) };
}
