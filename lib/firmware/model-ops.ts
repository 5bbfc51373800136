import { packedFormat, packedFormats } from "../pack/format.js";
import { opName } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";

/** Names of the operators that a model runs, in any of its graphs, each once in order of appearance. */
export function operatorsOf(model: Model): string[] {
  return [...new Set(model.subgraphs.flatMap(({ operators }) => operators.map((one) => opName(model, one))))];
}

/** Those of them that TFLM brings. */
export function stockOpsOf(model: Model): string[] {
  return operatorsOf(model).filter((op) => packedFormat(op) === undefined);
}

/** Those of them that dtmm brings, in the order of the kernels' manifest. */
export function packedOpsOf(model: Model): string[] {
  const operators = operatorsOf(model);
  return packedFormats.map(({ op }) => op).filter((op) => operators.includes(op));
}

/**
 * The stock operators that packed ones have replaced in `model` and that no layer of it is left for.
 *
 * @param others what else the same firmware runs
 */
export function replacedOps(model: Model, others: readonly Model[]): string[] {
  const used = new Set([model, ...others].flatMap(stockOpsOf));
  return packedOpsOf(model)
    .map((op) => packedFormat(op)!.replaces)
    .filter((op) => !used.has(op));
}
