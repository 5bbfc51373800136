/** What each class of layer becomes. Layers that do nothing are plain linear activations by now (`topology.ts`). */

import { elementCount } from "../../tflite/graph.js";
import { appendActivation, appendLeaky, appendUniform } from "../activations.js";
import type { NetworkDraft } from "../draft.js";
import { batchNorm, outputsFirst } from "../filters.js";
import type { JsonObject } from "../json.js";
import type { Pool, Window } from "../network.js";
import type { LayerWeights } from "./weights.js";

/** One call of a layer. */
export interface LayerCall {
  draft: NetworkDraft;
  name: string;
  /** TF.js' own config of the layer, defaults filled in. */
  config: JsonObject;
  weights: LayerWeights;
  inputs: readonly [number, ...number[]];
}

type Rule = (call: LayerCall) => number;

export const rules: Readonly<Record<string, Rule>> = {
  Activation: (call) => activated(call, call.inputs[0]),
  Flatten: ({ draft, name, inputs }) =>
    draft.reshape(name, inputs[0], [1, elementCount(draft.shapeOf(inputs[0]))]),
  Reshape: ({ draft, name, config, inputs }) => {
    const total = elementCount(draft.shapeOf(inputs[0]));
    const target = (config.targetShape as (number | null)[]).map((size) => size ?? -1);
    const known = elementCount(target.filter((size) => size !== -1));
    return draft.reshape(name, inputs[0], [1, ...target.map((size) => (size === -1 ? total / known : size))]);
  },
  Conv2D: (call) => {
    const { values, shape } = call.weights.get("kernel");
    const filters = shape[3] ?? 0;
    const step = {
      kind: "conv2d",
      window: windowOf(call, shape),
      filter: outputsFirst(values, filters),
      bias: call.weights.perChannel("bias", filters, 0),
      activation: "none",
    } as const;
    return activated(call, call.draft.append(call.name, step, call.inputs[0]));
  },
  DepthwiseConv2D: (call) => {
    const bias = call.weights.has("bias") ? call.weights.get("bias").values : undefined;
    return activated(call, depthwise(call, "depthwise_kernel", bias));
  },
  SeparableConv2D: (call) => {
    const { values, shape } = call.weights.get("pointwise_kernel");
    const filters = shape[3] ?? 0;
    const bias = call.weights.perChannel("bias", filters, 0);
    const spatial = depthwise(call, "depthwise_kernel", undefined);
    return activated(call, call.draft.dense(call.name, spatial, outputsFirst(values, filters), bias));
  },
  Dense: (call) => {
    const { values, shape } = call.weights.get("kernel");
    const units = shape[1] ?? 0;
    const bias = call.weights.perChannel("bias", units, 0);
    return activated(call, call.draft.dense(call.name, call.inputs[0], outputsFirst(values, units), bias));
  },
  BatchNormalization: normalized,
  Rescaling: ({ draft, name, config, inputs }) =>
    appendUniform(draft, name, inputs[0], Number(config.scale), Number(config.offset ?? 0)),
  MaxPooling2D: (call) => pooled(call, "maxPool"),
  AveragePooling2D: (call) => pooled(call, "averagePool"),
  GlobalMaxPooling2D: (call) => globallyPooled(call, "maxPool"),
  GlobalAveragePooling2D: (call) => globallyPooled(call, "averagePool"),
  ZeroPadding2D: ({ draft, name, config, inputs }) => {
    const [rows, columns] = config.padding as [[number, number], [number, number]];
    return draft.append(name, { kind: "pad", amounts: [[0, 0], rows, columns, [0, 0]] }, inputs[0]);
  },
  Add: (call) => combined(call, "add"),
  Multiply: (call) => combined(call, "multiply"),
  Concatenate: ({ draft, name, config, inputs }) => {
    const axis = Number(config.axis);
    const rank = draft.shapeOf(inputs[0]).length;
    return draft.append(name, { kind: "concatenation", axis: axis < 0 ? axis + rank : axis }, ...inputs);
  },
  ReLU: ({ draft, name, config, inputs }) =>
    appendActivation(draft, name, config.maxValue === 6 ? "relu6" : "relu", inputs[0]),
  LeakyReLU: ({ draft, name, config, inputs }) =>
    appendLeaky(draft, name, inputs[0], Float32Array.of(Number(config.alpha))),
  PReLU: ({ draft, name, weights, inputs }) => {
    const { values, shape } = weights.get("alpha");
    return appendLeaky(draft, name, inputs[0], values, shape);
  },
  Softmax: (call) => {
    const axis = lastAxis(call);
    if (!axis)
      call.draft.refuse(call.name, `has axis ${JSON.stringify(call.config.axis)}, which is not the last`);
    return appendActivation(call.draft, call.name, "softmax", call.inputs[0]);
  },
};

function activated({ draft, name, config }: LayerCall, node: number): number {
  return appendActivation(draft, name, String(config.activation ?? "linear"), node);
}

/** Sizes of a kernel stand in its shape, [height, width, ...]. */
function windowOf({ config }: LayerCall, [height = 0, width = 0]: readonly number[]): Window {
  return {
    size: [height, width],
    strides: pairOf(config.strides),
    dilations: pairOf(config.dilationRate ?? 1),
    padding: config.padding === "same" ? "same" : "valid",
  };
}

function pairOf(value: unknown): [number, number] {
  return Array.isArray(value)
    ? [Number(value[0]), Number(value[1] ?? value[0])]
    : [Number(value), Number(value)];
}

/** A kernel [height, width, channels, multiplier] stands in memory as TFLite wants it. */
function depthwise(call: LayerCall, kernel: string, bias: Float32Array | undefined): number {
  const { values, shape } = call.weights.get(kernel);
  const channels = (shape[2] ?? 0) * (shape[3] ?? 0);
  const step = {
    kind: "depthwiseConv2d",
    window: windowOf(call, shape),
    filter: values,
    bias: bias ?? new Float32Array(channels),
    activation: "none",
  } as const;
  return call.draft.append(call.name, step, call.inputs[0]);
}

function normalized(call: LayerCall): number {
  const { draft, name, config, weights, inputs } = call;
  if (!lastAxis(call)) draft.refuse(name, `has axis ${JSON.stringify(config.axis)}, which is not the last`);
  const mean = weights.get("moving_mean").values;
  const statistics = {
    mean,
    variance: weights.get("moving_variance").values,
    gamma: weights.perChannel("gamma", mean.length, 1),
    beta: weights.perChannel("beta", mean.length, 0),
  };
  const step = {
    kind: "affine",
    ...batchNorm(statistics, Number(config.epsilon)),
    activation: "none",
  } as const;
  return draft.append(name, step, inputs[0]);
}

/** Whether the layer works along the channels; Keras also writes the axis as a list of one. */
function lastAxis({ draft, config, inputs }: LayerCall): boolean {
  const axis = Number(config.axis ?? -1);
  return axis === -1 || axis === draft.shapeOf(inputs[0]).length - 1;
}

function pooled(call: LayerCall, kind: Pool["kind"]): number {
  const { draft, name, config, inputs } = call;
  const window = windowOf(call, pairOf(config.poolSize));
  return draft.append(name, { kind, window, activation: "none" }, inputs[0]);
}

function globallyPooled({ draft, name, inputs }: LayerCall, kind: Pool["kind"]): number {
  return draft.globalPool(name, inputs[0], kind, false);
}

function combined({ draft, name, inputs }: LayerCall, kind: "add" | "multiply"): number {
  return inputs.reduce((sum, input) => draft.append(name, { kind, activation: "none" }, sum, input));
}
