/**
 * Shapes that a model without some of its channels may have. A channel is an index along the last dimension of an
 * activation; all other sizes stay, and the constants follow from the channels on either side.
 */

import { mainGraph, opName } from "./tflite/graph.js";
import type { Model, Operator } from "./tflite/model.js";

/** Whether a shape is another one, or that with a smaller last dimension. */
export function isNarrowed(from: readonly number[], to: readonly number[]): boolean {
  const last = from.length - 1;
  return (
    to.length === from.length &&
    to.every((size, axis) => size === from[axis] || (axis === last && size >= 1 && size < from[axis]!))
  );
}

/** An operator and its counterpart in a model that may have fewer channels. */
export interface Twins {
  dense: Model;
  operator: Operator;
  pruned: Model;
  twin: Operator;
}

/** Channels of an operator's first input or output, here and there. */
function channels({ dense, operator, pruned, twin }: Twins, side: "inputs" | "outputs"): [number, number] {
  const last = (model: Model, tensor = -1) => mainGraph(model).tensors[tensor]?.shape.at(-1) ?? 1;
  return [last(dense, operator[side][0]), last(pruned, twin[side][0])];
}

/**
 * Shapes of filter and bias of the counterpart of a CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED, by its activations. A
 * row of a fully connected layer holds every channel as often as there are pixels in it.
 */
export function narrowedConstants(twins: Twins): { filter: number[]; bias: number[] } {
  const { dense, operator } = twins;
  const { tensors } = mainGraph(dense);
  const [from, to] = channels(twins, "outputs");
  const [fromInputs, toInputs] = channels(twins, "inputs");
  const filter = [...tensors[operator.inputs[1]!]!.shape];
  const bias = [...(tensors[operator.inputs[2] ?? -1]?.shape ?? [from])];
  bias[bias.length - 1]! *= to / from;
  const inner = filter.length - 1;
  if (opName(dense, operator) === "DEPTHWISE_CONV_2D") {
    filter[inner]! *= to / from;
  } else {
    filter[0]! *= to / from;
    filter[inner]! *= toInputs / fromInputs;
  }
  return { filter, bias };
}

/** Whether the counterpart reads fewer channels: what the others gave may have become a bias of a layer without one. */
export function readsFewer(twins: Twins): boolean {
  const [from, to] = channels(twins, "inputs");
  return to < from;
}
