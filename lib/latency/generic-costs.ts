/**
 * Costs on a core that is not known: an assumption, not a measurement. Portable C against TFLM's reference kernels, both
 * taken to need equally long per multiply-accumulate, which is the unit: what is predicted is the gain from sparsity alone.
 */

import type { WeightLayer } from "../layers.js";
import { elementCount, mainGraph, opName } from "../tflite/graph.js";
import type { Model, Operator, Pool2DOptions } from "../tflite/model.js";
import type { PruningUnit } from "../unit.js";
import type { Costs } from "./costs.js";

/** Of an output value, and of a visit of a block, which is hidden in blocks of so many weights or more. */
const output = 12;
const visit = 1.4;
const wideBlock = 16;

function rows({ geometry }: WeightLayer): number {
  return geometry.outputHeight * geometry.outputWidth;
}

/** A layer in blocks so wide that their visits cost nothing. */
function wide(layer: WeightLayer, keptWeights: number): number {
  return rows(layer) * (keptWeights + output * layer.geometry.outputChannels);
}

function perWeight(layer: WeightLayer, { filters, channels }: PruningUnit): number {
  return rows(layer) * (1 + visit * Math.max(0, 1 / (filters * channels) - 1 / wideBlock));
}

/** Operators that only rename or move what is there. */
const free = new Set(["RESHAPE", "SQUEEZE", "EXPAND_DIMS", "QUANTIZE", "DEQUANTIZE"]);

/** Multiply-accumulates of an operator without a packed form; elementwise ones count one per output value. */
function macs(model: Model, operator: Operator): number {
  const { tensors } = mainGraph(model);
  const outputs = elementCount(tensors[operator.outputs[0] ?? -1]?.shape ?? [0]);
  const op = opName(model, operator);
  if (free.has(op)) return 0;
  if (op === "DEPTHWISE_CONV_2D") {
    const filter = tensors[operator.inputs[1] ?? -1]?.shape ?? [1];
    return (outputs * elementCount(filter)) / filter.at(-1)!;
  }
  if (op === "MAX_POOL_2D" || op === "AVERAGE_POOL_2D") {
    const { filterHeight = 1, filterWidth = 1 } = (operator.builtinOptions?.value ??
      {}) as Partial<Pool2DOptions>;
    return outputs * filterHeight * filterWidth;
  }
  return outputs;
}

/** A multiply-accumulate of those operators: that of a dense 3x3 conv of 64 channels, with its part of an output. */
const plainMac = 1 + output / (9 * 64);

export const genericCosts: Costs = {
  packed: (layer, unit, keptWeights) => wide(layer, 0) + keptWeights * perWeight(layer, unit),
  perWeight,
  dense: (layer) => wide(layer, layer.weights.length),
  others: (model, operators) => plainMac * operators.reduce((sum, one) => sum + macs(model, one), 0),
};
