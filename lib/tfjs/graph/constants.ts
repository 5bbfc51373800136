/**
 * Operations that work on constants, most of them on shapes: a reshape with a free batch computes its target. With a batch
 * of 1 all shapes are known.
 */

import type { Constant, GraphCall, GraphValue } from "./call.js";

type GraphRule = (call: GraphCall) => GraphValue;

export const constantRules: Readonly<Record<string, GraphRule>> = {
  Shape: (call) => whole(call.draft.shapeOf(call.activation(0))),
  Pack: (call) => whole(call.operands.flatMap((_, position) => call.integers(position))),
  StridedSlice: sliced,
  ConcatV2: (call) => {
    const parts = call.operands.slice(0, -1);
    if (parts.every((part) => "constant" in part)) {
      return whole(parts.flatMap((_, position) => call.integers(position)));
    }
    const nodes = parts.map((_, position) => call.activation(position));
    const rank = call.draft.shapeOf(nodes[0]!).length;
    const [axis = 0] = call.axes(parts.length, rank);
    return { node: call.draft.append(call.name, { kind: "concatenation", axis }, ...nodes) };
  },
};

function whole(values: readonly number[]): Constant {
  return { constant: { shape: [values.length], values: Int32Array.from(values) } };
}

/** A part of a list of numbers. */
function sliced(call: GraphCall): GraphValue {
  const values = call.integers(0);
  const [begin = 0] = call.integers(1);
  const [end = 0] = call.integers(2);
  const [stride] = call.integers(3);
  if (stride !== 1 || call.number("newAxisMask") !== 0 || call.number("ellipsisMask") !== 0) {
    return call.refuse("takes a part of a shape in steps");
  }
  const first = call.number("beginMask") & 1 ? 0 : begin;
  if (call.number("shrinkAxisMask") & 1) return whole(values.slice(first).slice(0, 1));
  return whole(values.slice(first, call.number("endMask") & 1 ? undefined : end));
}
