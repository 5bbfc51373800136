/** The shape of what a step makes; with the checks that its operands fit. */

import { convGeometry, elementCount } from "../tflite/graph.js";
import { Padding } from "../tflite/schema.js";
import type { Step, Window } from "./network.js";

type Shape = readonly number[];
/** Ends the import with a problem of the step. */
export type Refuse = (problem: string) => never;

/** Larger windows, strides and dilations overflow the kernels' arithmetic. */
const maxWindow = 1 << 14;

/** Shape of the step's result for inputs of these shapes. */
export function resultShape(step: Step, inputs: readonly Shape[], refuse: Refuse): Shape {
  const input = inputs[0] ?? [];
  switch (step.kind) {
    case "conv2d": {
      const { size } = step.window;
      expectElements("filter", step.filter, step.bias.length * size[0] * size[1] * (input[3] ?? 0), refuse);
      return windowed(step.window, input, step.bias.length, refuse);
    }
    case "depthwiseConv2d": {
      const channels = input[3] ?? 0;
      const outputs = step.bias.length;
      if (outputs === 0 || outputs % channels !== 0) refuse(`makes ${outputs} channels of ${channels}`);
      expectElements("filter", step.filter, step.window.size[0] * step.window.size[1] * outputs, refuse);
      return windowed(step.window, input, outputs, refuse);
    }
    case "dense":
      expectRank(input, 2, refuse);
      expectElements("kernel", step.filter, (input[1] ?? 0) * step.bias.length, refuse);
      return [1, step.bias.length];
    case "affine":
      expectElements("scale", step.scale, input.at(-1) ?? 0, refuse);
      expectElements("shift", step.shift, input.at(-1) ?? 0, refuse);
      if (![step.scale, step.shift].every((values) => values.every(Number.isFinite))) {
        refuse("has a factor or summand that is not finite: a variance below 0, or a division by 0");
      }
      return input;
    case "maxPool":
    case "averagePool":
      return windowed(step.window, input, input[3] ?? 0, refuse);
    case "add":
    case "multiply":
      return broadcast(input, inputs[1] ?? [], refuse);
    case "prelu": {
      expectElements("alpha", step.alpha, elementCount(step.alphaShape), refuse);
      if (!sameShape(broadcast(input, step.alphaShape, refuse), input))
        refuse(`has an alpha of shape [${step.alphaShape}]`);
      return input;
    }
    case "concatenation":
      return joined(inputs, step.axis, refuse);
    case "reshape":
      if (elementCount(step.shape) !== elementCount(input)) refuse(`makes [${step.shape}] of [${input}]`);
      return step.shape;
    case "pad":
      if (step.amounts.length !== input.length || input.length > 4)
        refuse(`pads a tensor of shape [${input}]`);
      return input.map((size, axis) => {
        const [before, after] = step.amounts[axis]!;
        if (!isSize(before) || !isSize(after)) refuse(`pads by [${before}, ${after}]`);
        return size + before + after;
      });
    default:
      return input;
  }
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= maxWindow;
}

function expectRank(shape: Shape, rank: number, refuse: Refuse): void {
  if (shape.length !== rank) refuse(`reads a tensor of shape [${shape}], expected ${rank} dimensions`);
}

function expectElements(what: string, values: Float32Array, expected: number, refuse: Refuse): void {
  if (values.length !== expected) refuse(`has a ${what} of ${values.length} values, expected ${expected}`);
}

function windowed(window: Window, input: Shape, channels: number, refuse: Refuse): Shape {
  expectRank(input, 4, refuse);
  const { size, strides, dilations } = window;
  for (const value of [...size, ...strides, ...dilations]) {
    if (!isSize(value) || value < 1) refuse(`has a window, stride or dilation of ${value}`);
  }
  const { outputHeight, outputWidth } = convGeometry({
    padding: window.padding === "same" ? Padding.SAME : Padding.VALID,
    ...{ inputHeight: input[1] ?? 0, inputWidth: input[2] ?? 0 },
    ...{ filterHeight: size[0], filterWidth: size[1] },
    ...{ strideHeight: strides[0], strideWidth: strides[1] },
    ...{ dilationHeight: dilations[0], dilationWidth: dilations[1] },
  });
  if (outputHeight < 1 || outputWidth < 1) refuse(`has a window that does not fit into [${input}]`);
  return [1, outputHeight, outputWidth, channels];
}

function broadcast(a: Shape, b: Shape, refuse: Refuse): Shape {
  const rank = Math.max(a.length, b.length);
  const [first, second] = [a, b].map((shape) => [...Array<number>(rank - shape.length).fill(1), ...shape]);
  if (rank > 4) refuse(`joins shapes of ${rank} dimensions`);
  return first!.map((size, axis) => {
    const other = second![axis]!;
    if (size !== other && size !== 1 && other !== 1) refuse(`joins the shapes [${a}] and [${b}]`);
    return Math.max(size, other);
  });
}

function joined(inputs: readonly Shape[], axis: number, refuse: Refuse): Shape {
  const first = inputs[0] ?? [];
  if (!(axis >= 0 && axis < first.length && first.length <= 4)) refuse(`joins [${first}] along axis ${axis}`);
  let size = 0;
  for (const shape of inputs) {
    const fits =
      shape.length === first.length && shape.every((length, i) => i === axis || length === first[i]);
    if (!fits) refuse(`joins the shapes [${first}] and [${shape}] along axis ${axis}`);
    size += shape[axis]!;
  }
  return first.map((length, i) => (i === axis ? size : length));
}
