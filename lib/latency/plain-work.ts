/** The work of operators without weights, in TFLM's reference kernels. */

import { elementCount, mainGraph, opName } from "../tflite/graph.js";
import type { Model, Operator, Pool2DOptions } from "../tflite/model.js";
import type { KernelWork } from "./work.js";

/** Operators whose kernel the table has prices of; every other is taken for an ADD of as many values. */
const known = new Set(["ADD", "SOFTMAX", "RESHAPE", "PAD", "CONCATENATION", "RELU", "RELU6", "LOGISTIC"]);

/** Operators that do what one with prices does. */
const like: Readonly<Record<string, string>> = {
  SQUEEZE: "RESHAPE",
  EXPAND_DIMS: "RESHAPE",
  PADV2: "PAD",
};

/** The work of an operator that is neither a layer with weights nor a packed one. */
export function plainWork(model: Model, operator: Operator): KernelWork {
  const { tensors } = mainGraph(model);
  const outputs = elementCount(tensors[operator.outputs[0] ?? -1]?.shape ?? [0]);
  const op = opName(model, operator);
  if (op === "MAX_POOL_2D" || op === "AVERAGE_POOL_2D") {
    const { filterHeight = 1, filterWidth = 1 } = (operator.builtinOptions?.value ??
      {}) as Partial<Pool2DOptions>;
    const rows = outputs * filterHeight;
    return { kernel: op, work: { taps: rows * filterWidth, rows, outputs, layer: 1 } };
  }
  const kernel = like[op] ?? (known.has(op) ? op : "ADD");
  // A pad copies what it reads, and fills the rest.
  const copied = elementCount(tensors[operator.inputs[0] ?? -1]?.shape ?? [0]);
  return { kernel, work: { outputs, ...(kernel === "PAD" ? { copied } : {}), layer: 1 } };
}
