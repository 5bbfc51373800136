/** Reaching into the packed layers of a model file. */

import { inputSlots, packedFormat } from "../../../lib/pack/format.js";
import { mainGraph, opName } from "../../../lib/tflite/graph.js";
import type { Model, Operator } from "../../../lib/tflite/model.js";
import { readModel } from "../../../lib/tflite/reader.js";

export type ConstantSlot = Exclude<keyof typeof inputSlots, "activations">;

/** The packed operators of a model. */
export function packedOperators(model: Model): Operator[] {
  return mainGraph(model).operators.filter((operator) => packedFormat(opName(model, operator)) !== undefined);
}

/** Index of the tensor in `slot` of a packed operator. */
export function tensorOf(operator: Operator, slot: ConstantSlot): number {
  return operator.inputs[inputSlots[slot]]!;
}

/**
 * A copy of a model file in which one constant of its last packed layer was changed in place.
 *
 * @param change works on a view of the constant's bytes
 */
export function withChanged(
  file: Uint8Array,
  slot: ConstantSlot,
  change: (bytes: Uint8Array) => void,
): Uint8Array {
  const copy = file.slice();
  const model = readModel(copy);
  const operator = packedOperators(model).at(-1)!;
  const { buffer } = mainGraph(model).tensors[tensorOf(operator, slot)]!;
  change(model.buffers[buffer]!.data!);
  return copy;
}
