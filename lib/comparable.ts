/**
 * Whether a pruned model is the same network as a dense one: what pruning leaves alone must be equal. Channels may be
 * missing between the network's input and its output.
 */

import { isDeepStrictEqual } from "node:util";
import type { WeightLayer } from "./layers.js";
import { weightLayers } from "./layers.js";
import { isNarrowed, narrowedConstants, readsFewer, type Twins } from "./narrowed-shapes.js";
import { inputSlots, packedFormat } from "./pack/format.js";
import { asInt32, constantData, mainGraph, opName } from "./tflite/graph.js";
import type { Model, Operator, TableOf, Tensor } from "./tflite/model.js";

/** Operators whose constants may be new: filter, then bias. */
const weighted: ReadonlySet<string> = new Set(["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"]);

/** Type and quantisation of an activation, which the diet may have freed of everything else. */
function facts({ type, quantization }: Tensor) {
  return { type, scale: quantization?.scale, zeroPoint: quantization?.zeroPoint };
}

/**
 * Why `pruned` cannot have come from `dense`, or undefined: operator by operator they must be of the same kind, or
 * packed from it, with the same options, and read and write the same activations, of which inner ones may have fewer
 * channels. Weights and biases may differ.
 */
export function difference(dense: Model, pruned: Model): string | undefined {
  const [graph, other] = [mainGraph(dense), mainGraph(pruned)];
  if (graph.operators.length !== other.operators.length) {
    return `it has ${other.operators.length} operators, the other ${graph.operators.length}`;
  }
  const edges = new Set([...graph.inputs, ...graph.outputs]);
  /** Tensors of `pruned` by those of `dense`. */
  const matched = new Map<number, number>();
  const match = (from: readonly number[], to: readonly number[]): boolean => {
    from.forEach((tensor, i) => {
      matched.set(tensor, to[i] ?? -1);
    });
    const same = (index: number, i: number) => {
      const [tensor, twin] = [graph.tensors[index]!, other.tensors[to[i]!]];
      if (twin === undefined || !isDeepStrictEqual(facts(tensor), facts(twin))) return false;
      return edges.has(index)
        ? isDeepStrictEqual(tensor.shape, twin.shape)
        : isNarrowed(tensor.shape, twin.shape);
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
    const packed = isPackedFrom(layers.get(index), name, otherName);
    if (name !== otherName && !packed) return `operator ${index} is ${otherName}, in the other ${name}`;
    const reads = operator.inputs.filter((tensor) => isActivation(dense, tensor));
    // What a packed operator reads besides are constants and its workspace.
    const inputs = packed ? twin.inputs.slice(0, inputSlots.activations + 1) : twin.inputs;
    const readsThere = inputs.filter((tensor) => isActivation(pruned, tensor));
    if (
      !isDeepStrictEqual(
        reads.map((tensor) => matched.get(tensor)),
        readsThere,
      )
    ) {
      return `operator ${index} reads other tensors`;
    }
    const writesThere = packed ? twin.outputs.slice(0, operator.outputs.length) : twin.outputs;
    if (!match(operator.outputs, writesThere)) return `the output of operator ${index} is another`;
    if (packed) continue;
    const twins = { dense, operator, pruned, twin };
    if (!sameOptions(twins)) return `operator ${index} has other options`;
    const same = weighted.has(name) ? sameShapes(twins) : sameConstants(twins);
    if (!same) return `operator ${index} has other constants`;
  }
  const outputs = graph.outputs.map((tensor) => matched.get(tensor));
  return isDeepStrictEqual(outputs, other.outputs) ? undefined : "its output is another";
}

/** Whether a packed operator can come from the stock one of that name. */
function isPackedFrom(layer: WeightLayer | undefined, stock: string, name: string): boolean {
  return layer !== undefined && packedFormat(name)?.replaces === stock;
}

/** The shape that a RESHAPE names in its options. */
function newShape({ builtinOptions }: Operator): number[] | undefined {
  const options = builtinOptions?.value as Partial<TableOf<"ReshapeOptions">> | undefined;
  return builtinOptions?.type === "ReshapeOptions" ? options?.newShape : undefined;
}

function sameOptions({ operator, twin }: Twins): boolean {
  const [shape, there] = [newShape(operator), newShape(twin)];
  if (shape !== undefined && there !== undefined) return isNarrowed(shape, there);
  return isDeepStrictEqual(operator.builtinOptions, twin.builtinOptions);
}

type Constant = (Pick<Tensor, "type" | "shape"> & { data: Uint8Array }) | undefined;

/** The constants among an operator's inputs, by position. */
function constantsOf(model: Model, { inputs }: Operator): Constant[] {
  return inputs.map((index) => {
    const tensor = mainGraph(model).tensors[index];
    const data = tensor && constantData(model, tensor);
    return data && { type: tensor.type, shape: tensor.shape, data };
  });
}

/** Whether the constants of an operator without weights are equal; the shape that a RESHAPE comes to may be narrower. */
function sameConstants({ dense, operator, pruned, twin }: Twins): boolean {
  const [here, there] = [constantsOf(dense, operator), constantsOf(pruned, twin)];
  if (isDeepStrictEqual(here, there)) return true;
  const [shape, narrower] = [here[1], there[1]];
  if (opName(dense, operator) !== "RESHAPE" || here.length !== there.length || !shape || !narrower)
    return false;
  const { data, ...rest } = shape;
  const { data: found, ...restFound } = narrower;
  return isDeepStrictEqual(rest, restFound) && isNarrowed([...asInt32(data)], [...asInt32(found)]);
}

/**
 * Whether filter and bias are of the same types and of the shapes that follow from the activations; where inputs are gone,
 * a layer may have come by a bias.
 */
function sameShapes(twins: Twins): boolean {
  const { dense, operator, pruned, twin } = twins;
  const shapes = narrowedConstants(twins);
  const [, filter, bias] = constantsOf(dense, operator);
  const [, filterThere, biasThere] = constantsOf(pruned, twin);
  const fits = (from: Constant, to: Constant, shape: number[]) =>
    from?.type === to?.type && isDeepStrictEqual(to?.shape, to && shape);
  const gained = bias === undefined && biasThere !== undefined && readsFewer(twins);
  return (
    fits(filter, filterThere, shapes.filter) &&
    (gained ? isDeepStrictEqual(biasThere.shape, shapes.bias) : fits(bias, biasThere, shapes.bias))
  );
}
