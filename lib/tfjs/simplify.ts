/** Fewer steps with the same values: batch norms and biases in the weights, activations and padding in the operators. */

import { convGeometry } from "../tflite/graph.js";
import { Padding } from "../tflite/schema.js";
import {
  type Affine,
  type Conv2d,
  type Dense,
  type DepthwiseConv2d,
  type Network,
  type Node,
  readersOf,
} from "./network.js";
import { sameShape } from "./shapes.js";

type Weighted = Conv2d | DepthwiseConv2d | Dense;

const weighted: ReadonlySet<string> = new Set(["conv2d", "depthwiseConv2d", "dense"]);
const fusing: ReadonlySet<string> = new Set([
  ...weighted,
  ...["affine", "maxPool", "averagePool", "add", "multiply"],
]);

/** Folds and fuses what can be, and drops what nothing reads. The values change by rounding only. */
export function simplify(network: Network): Network {
  const readers = readersOf(network);
  const nodes: Node[] = [];
  const moved: number[] = [];
  network.nodes.forEach((original, index) => {
    const node = { ...original, inputs: original.inputs.map((input) => moved[input]!) };
    const source = original.inputs[0];
    const alone = source !== undefined && original.inputs.length === 1 && readers[source] === 1;
    const before = node.inputs[0] ?? -1;
    const previous = nodes[before];
    if (isIdentity(node, previous)) {
      moved[index] = before;
      // Its readers read the node before now, which may have others.
      if (!alone) readers[index] = Number.POSITIVE_INFINITY;
      return;
    }
    const merged = alone && previous ? behind(previous, node) : undefined;
    if (merged) {
      nodes[before] = merged;
      moved[index] = before;
    } else {
      moved[index] = nodes.push(alone && previous ? ahead(previous, node, nodes) : node) - 1;
    }
  });
  return withoutUnread({ nodes, output: moved[network.output]! });
}

function isIdentity({ step, shape }: Node, previous: Node | undefined): boolean {
  if (step.kind === "reshape") return previous !== undefined && sameShape(shape, previous.shape);
  if (step.kind !== "affine" || step.activation !== "none") return false;
  return step.scale.every((value) => value === 1) && step.shift.every((value) => value === 0);
}

/** `previous` with `node` in it, or `undefined` where they stay two. */
function behind(previous: Node, node: Node): Node | undefined {
  const [first, second] = [previous.step, node.step];
  if (first.kind === "reshape" && second.kind === "reshape")
    return { ...previous, step: second, shape: node.shape };
  if (!("activation" in first) || first.activation !== "none") return undefined;
  if ((second.kind === "relu" || second.kind === "relu6") && fusing.has(first.kind)) {
    return { ...previous, step: { ...first, activation: second.kind } };
  }
  if (second.kind !== "affine") return undefined;
  if (first.kind === "affine") {
    const scale = first.scale.map((value, channel) => value * second.scale[channel]!);
    return { ...previous, step: { ...second, scale, shift: shifted(first.shift, second) } };
  }
  if (!weighted.has(first.kind)) return undefined;
  return {
    ...previous,
    step: { ...scaledOutputs(first as Weighted, second), activation: second.activation },
  };
}

function shifted(values: Float32Array, { scale, shift }: Affine): Float32Array {
  return values.map((value, channel) => value * scale[channel]! + shift[channel]!);
}

function scaledOutputs<T extends Weighted>(step: T, affine: Affine): T {
  const outputs = step.bias.length;
  const run = step.filter.length / outputs;
  const outputOf = (index: number) =>
    step.kind === "depthwiseConv2d" ? index % outputs : Math.floor(index / run);
  const filter = step.filter.map((value, index) => value * affine.scale[outputOf(index)]!);
  return { ...step, filter, bias: shifted(step.bias, affine) };
}

/** `node` with the step `previous` that only it reads in it, or `node` itself where they stay two. */
function ahead(previous: Node, node: Node, nodes: readonly Node[]): Node {
  const { step } = node;
  if (!weighted.has(step.kind)) return node;
  const inputs = previous.inputs;
  if (previous.step.kind === "affine" && previous.step.activation === "none") {
    const bordered =
      "window" in step && step.window.padding === "same" && step.window.size.some((size) => size > 1);
    if (bordered && previous.step.shift.some((value) => value !== 0)) return node;
    return { ...node, inputs, step: scaledInputs(step as Weighted, previous.step) };
  }
  if (previous.step.kind === "pad" && step.kind !== "dense") {
    const unpadded = nodes[inputs[0]!]!.shape;
    if (!isSamePadding(previous.step.amounts, step as Conv2d | DepthwiseConv2d, unpadded, node.shape))
      return node;
    const window = { ...(step as Conv2d).window, padding: "same" as const };
    return { ...node, inputs, step: { ...(step as Conv2d), window } };
  }
  return node;
}

function scaledInputs<T extends Weighted>(step: T, { scale, shift }: Affine): T {
  const channels = scale.length;
  const outputs = step.bias.length;
  const multiplier = outputs / channels;
  const run = step.filter.length / outputs;
  const bias = Float64Array.from(step.bias);
  const filter = step.filter.map((value, index) => {
    const depthwise = step.kind === "depthwiseConv2d";
    const output = depthwise ? index % outputs : Math.floor(index / run);
    const channel = depthwise ? Math.floor(output / multiplier) : index % channels;
    bias[output]! += value * shift[channel]!;
    return value * scale[channel]!;
  });
  return { ...step, filter, bias: Float32Array.from(bias) };
}

/** Whether zeros around the image and a VALID window are what SAME does by itself. */
function isSamePadding(
  amounts: readonly (readonly [number, number])[],
  { window }: Conv2d | DepthwiseConv2d,
  unpadded: readonly number[],
  output: readonly number[],
): boolean {
  const outer = [amounts[0], amounts[3]].every((pair) => pair?.[0] === 0 && pair[1] === 0);
  if (window.padding !== "valid" || !outer) return false;
  const { size, strides, dilations } = window;
  const geometry = convGeometry({
    padding: Padding.SAME,
    ...{ inputHeight: unpadded[1]!, inputWidth: unpadded[2]! },
    ...{ filterHeight: size[0], filterWidth: size[1] },
    ...{ strideHeight: strides[0], strideWidth: strides[1] },
    ...{ dilationHeight: dilations[0], dilationWidth: dilations[1] },
  });
  // What stands behind the last window is never read, so only the output's size tells how much there must be.
  return (
    geometry.padTop === amounts[1]?.[0] &&
    geometry.padLeft === amounts[2]?.[0] &&
    geometry.outputHeight === output[1] &&
    geometry.outputWidth === output[2]
  );
}

function withoutUnread(network: Network): Network {
  const read = network.nodes.map(() => false);
  read[0] = true;
  read[network.output] = true;
  for (let index = network.nodes.length - 1; index >= 0; index--) {
    if (read[index]) for (const input of network.nodes[index]!.inputs) read[input] = true;
  }
  const moved: number[] = [];
  const nodes: Node[] = [];
  network.nodes.forEach((node, index) => {
    if (!read[index]) return;
    moved[index] = nodes.push({ ...node, inputs: node.inputs.map((input) => moved[input]!) }) - 1;
  });
  return { nodes, output: moved[network.output]! };
}
