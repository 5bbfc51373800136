/** Where the bytes of a model's file are, by what they are for. */

import { inputSlots } from "../pack/format.js";
import { constantData, isCustomOperator, mainGraph, opName } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";

export interface BytesByKind {
  weights: number;
  /** What says where weights are. */
  index: number;
  /** Biases, and of packed layers the multipliers. */
  records: number;
  /** Everything else: scales, shapes, options, the flatbuffer itself. */
  metadata: number;
}

/** Operators whose second input is weights and whose third a bias. */
const weighted: ReadonlySet<string> = new Set(["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"]);

/**
 * The parts add up to the file. Constants that several operators share count once.
 *
 * @param fileBytes size of the file
 */
export function kindsOfBytes(model: Model, fileBytes: number): BytesByKind {
  const { tensors, operators } = mainGraph(model);
  const seen = new Set<number>();
  const sizeOf = (index: number | undefined) => {
    const tensor = tensors[index ?? -1];
    if (tensor === undefined || seen.has(tensor.buffer)) return 0;
    seen.add(tensor.buffer);
    return constantData(model, tensor)?.length ?? 0;
  };
  const kinds = { weights: 0, index: 0, records: 0 };
  for (const operator of operators) {
    const { inputs } = operator;
    if (isCustomOperator(model, operator)) {
      kinds.weights += sizeOf(inputs[inputSlots.weights]);
      kinds.index += sizeOf(inputs[inputSlots.index]);
      kinds.records += sizeOf(inputs[inputSlots.records]);
    } else if (weighted.has(opName(model, operator))) {
      kinds.weights += sizeOf(inputs[1]);
      kinds.records += sizeOf(inputs[2]);
    }
  }
  return { ...kinds, metadata: Math.max(0, fileBytes - kinds.weights - kinds.index - kinds.records) };
}
