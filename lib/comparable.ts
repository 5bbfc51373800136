/** Whether a pruned model is the same network as a dense one: what pruning leaves alone must be equal. */

import { isDeepStrictEqual } from "node:util";
import type { WeightLayer } from "./layers.js";
import { weightLayers } from "./layers.js";
import { packedFormat } from "./pack/format.js";
import { packedOp } from "./pack/index.js";
import { constantData, mainGraph, opName } from "./tflite/graph.js";
import type { Model, Operator, Tensor } from "./tflite/model.js";

/** Operators whose constants may be new: filter, then bias. */
const weighted: ReadonlySet<string> = new Set(["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"]);

/** Type, shape and quantisation of an activation, which the diet may have freed of everything else. */
function facts({ type, shape, quantization }: Tensor) {
  return { type, shape, scale: quantization?.scale, zeroPoint: quantization?.zeroPoint };
}

/**
 * Why `pruned` cannot have come from `dense`, or undefined: operator by operator they must be of the same kind, or
 * packed from it, with the same options, and read and write the same activations. Weights and biases may differ.
 */
export function difference(dense: Model, pruned: Model): string | undefined {
  const [graph, other] = [mainGraph(dense), mainGraph(pruned)];
  if (graph.operators.length !== other.operators.length) {
    return `it has ${other.operators.length} operators, the other ${graph.operators.length}`;
  }
  /** Tensors of `pruned` by those of `dense`. */
  const matched = new Map<number, number>();
  const match = (from: readonly number[], to: readonly number[]): boolean => {
    from.forEach((tensor, i) => {
      matched.set(tensor, to[i] ?? -1);
    });
    const same = (tensor: number, i: number) => {
      const twin = other.tensors[to[i]!];
      return twin !== undefined && isDeepStrictEqual(facts(graph.tensors[tensor]!), facts(twin));
    };
    return from.length === to.length && from.every(same);
  };
  if (!match(graph.inputs, other.inputs)) return "its input is another";

  const isActivation = (model: Model, tensor: number) =>
    tensor >= 0 && constantData(model, mainGraph(model).tensors[tensor]!) === undefined;
  const layers = new Map(weightLayers(dense).map((layer) => [layer.operator, layer]));
  for (const [index, operator] of graph.operators.entries()) {
    const twin = other.operators[index]!;
    const [name, otherName] = [opName(dense, operator), opName(pruned, twin)];
    const packed = isPackedFrom(layers.get(index), otherName);
    if (name !== otherName && !packed) return `operator ${index} is ${otherName}, in the other ${name}`;
    const reads = operator.inputs.filter((tensor) => isActivation(dense, tensor));
    const readsThere = twin.inputs.filter((tensor) => isActivation(pruned, tensor));
    if (
      !isDeepStrictEqual(
        reads.map((tensor) => matched.get(tensor)),
        readsThere,
      )
    ) {
      return `operator ${index} reads other tensors`;
    }
    if (!match(operator.outputs, twin.outputs)) return `the output of operator ${index} is another`;
    if (packed) continue;
    if (!isDeepStrictEqual(operator.builtinOptions, twin.builtinOptions)) {
      return `operator ${index} has other options`;
    }
    if (!sameConstants(dense, operator, pruned, twin, weighted.has(name))) {
      return `operator ${index} has other constants`;
    }
  }
  const outputs = graph.outputs.map((tensor) => matched.get(tensor));
  return isDeepStrictEqual(outputs, other.outputs) ? undefined : "its output is another";
}

function isPackedFrom(layer: WeightLayer | undefined, name: string): boolean {
  return layer !== undefined && packedFormat(name) !== undefined && packedOp(layer) === name;
}

/** Whether the constants are equal, or in layers with weights of the same type and shape. */
function sameConstants(
  dense: Model,
  operator: Operator,
  pruned: Model,
  twin: Operator,
  isWeighted: boolean,
): boolean {
  const constants = (model: Model, { inputs }: Operator) =>
    inputs.map((index) => {
      const tensor = mainGraph(model).tensors[index];
      const data = tensor && constantData(model, tensor);
      return data && { type: tensor.type, shape: tensor.shape, data: isWeighted ? data.length : data };
    });
  return isDeepStrictEqual(constants(dense, operator), constants(pruned, twin));
}
