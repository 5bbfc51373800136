/** A packed model in stock operators: what the packed one has to equal. */

import { isDeepStrictEqual } from "node:util";
import { difference } from "./comparable.js";
import { dtmmError } from "./errors/index.js";
import type { ImportedModel } from "./import.js";
import { type WeightLayer, weightLayers } from "./layers.js";
import { narrowedConstants, readsFewer } from "./narrowed-shapes.js";
import { inputSlots, type PackedFormat, packedFormat } from "./pack/format.js";
import type { PackedParts } from "./pack/packed-parts.js";
import {
  effectiveScale,
  perTensorEffectiveScale,
  type QuantizedMultiplier,
} from "./pack/quantize-multiplier.js";
import { recoverScale } from "./pack/recover-scale.js";
import { unpackLayer, unpackMultipliers } from "./pack/unpack.js";
import { asInt8, constantData, mainGraph, opName } from "./tflite/graph.js";
import type { Model, Operator, Tensor } from "./tflite/model.js";
import { TensorType } from "./tflite/schema.js";

function partsOf(model: Model, { inputs, customOptions }: Operator): PackedParts {
  const part = (slot: number) => {
    const tensor = mainGraph(model).tensors[inputs[slot] ?? -1];
    return (tensor && constantData(model, tensor)) ?? new Uint8Array();
  };
  return {
    options: customOptions ?? new Uint8Array(),
    weights: asInt8(part(inputSlots.weights)),
    index: part(inputSlots.index),
    records: part(inputSlots.records),
  };
}

/**
 * Filter scales that give the packed multipliers: one where the dense layer has one and all filters agree, otherwise one
 * for each. The dense layer's scales tell the order of magnitude; its filters may be others. A filter whose multiplier no scale gives keeps the dense one, so that the comparison finds it.
 */
function scalesOf(layer: WeightLayer, denseScales: number, multipliers: QuantizedMultiplier[]): number[] {
  const [first] = multipliers;
  const agree = multipliers.every((m) => m.multiplier === first?.multiplier && m.shift === first.shift);
  const single = denseScales === 1 && agree;
  const effective = single && layer.kind === "fullyConnected" ? perTensorEffectiveScale : effectiveScale;
  return multipliers.slice(0, single ? 1 : undefined).map((multiplier, filter) => {
    const dense = layer.filterScales[filter]!;
    const scale = (value: number) => effective(layer.inputScale, value, layer.outputScale);
    return recoverScale(multiplier, scale, dense) ?? dense;
  });
}

/**
 * The packed model with its packed operators as the stock ones that they were made from: unpacked weights and biases, and
 * the scales that follow from the packed multipliers. All else is the packed model's own.
 *
 * @throws MODELS_NOT_COMPARABLE where the two do not have the same operators and activations
 */
export function stockEquivalent(dense: ImportedModel, packed: ImportedModel): Model {
  const differ = (reason: string) =>
    dtmmError("MODELS_NOT_COMPARABLE", { path: packed.path, against: dense.path, reason });
  const found = difference(dense.model, packed.model);
  if (found !== undefined) throw differ(found);

  const graph = mainGraph(packed.model);
  const denseGraph = mainGraph(dense.model);
  const tensors = [...graph.tensors];
  const buffers = [...packed.model.buffers];
  const operatorCodes = [...packed.model.operatorCodes];
  /** Adds a constant like the dense model's, with data, shape and scales of its own. */
  const addConstant = (like: Tensor, data: Uint8Array, shape: number[], scale: number[]) => {
    const buffer = buffers.push({ data, offset: 0n, size: 0n }) - 1;
    const quantization = { scale, zeroPoint: scale.map(() => 0n), quantizedDimension: 0 };
    return tensors.push({ ...like, shape, buffer, quantization }) - 1;
  };
  const unpacked = (
    operator: Operator,
    index: number,
    layer: WeightLayer,
    format: PackedFormat,
  ): Operator => {
    const parts = partsOf(packed.model, operator);
    const { weights, shape, bias } = unpackLayer(format, parts);
    const stock = denseGraph.operators[index]!;
    const twins = { dense: dense.model, operator: stock, pruned: packed.model, twin: operator };
    const fitting = narrowedConstants(twins);
    if (!isDeepStrictEqual(shape, fitting.filter)) {
      throw differ(`operator ${index} has weights of shape [${shape}], where [${fitting.filter}] would fit`);
    }
    const biased = bias.some((value) => value !== 0);
    if (layer.biasTensor < 0 && biased && !readsFewer(twins)) {
      throw differ(`operator ${index} has a bias, but none there`);
    }
    const filter = denseGraph.tensors[layer.filterTensor]!;
    const scales = scalesOf(layer, filter.quantization?.scale?.length ?? 0, unpackMultipliers(parts));
    const inputs = [
      operator.inputs[inputSlots.activations]!,
      addConstant(filter, new Uint8Array(weights.buffer), shape, scales),
    ];
    if (layer.biasTensor >= 0 || biased) {
      const biasScales = scales.map((scale) => Math.fround(scale * layer.inputScale));
      const like = denseGraph.tensors[layer.biasTensor] ?? { ...filter, type: TensorType.INT32 };
      inputs.push(addConstant(like, new Uint8Array(bias.buffer), fitting.bias, biasScales));
    }
    const opcodeIndex = operatorCodes.push(dense.model.operatorCodes[stock.opcodeIndex]!) - 1;
    const [, workspace] = operator.outputs;
    // Nobody uses it any more: a tensor without a value of its own would not be planned.
    if (workspace !== undefined) tensors[workspace] = { ...tensors[inputs[1]!]! };
    return { ...stock, opcodeIndex, inputs, outputs: operator.outputs.slice(0, 1) };
  };
  const layers = new Map(weightLayers(dense.model).map((layer) => [layer.operator, layer]));
  const operators = graph.operators.map((operator, index) => {
    const format = packedFormat(opName(packed.model, operator));
    return format === undefined ? operator : unpacked(operator, index, layers.get(index)!, format);
  });
  // A plan of the arena does not know the new tensors; the interpreter makes its own.
  const { metadata: _, ...model } = packed.model;
  return { ...model, operatorCodes, buffers, subgraphs: [{ ...graph, tensors, operators }] };
}
