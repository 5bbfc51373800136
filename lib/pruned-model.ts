/** A pruned model in stock operators: what the packed one has to equal. */

import { type WeightLayer, weightLayers } from "./layers.js";
import { replaceData, replaceScales } from "./tflite/edit.js";
import { mainGraph } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";
import { maskOfWeights, type PruningUnit } from "./unit.js";

const int32Max = 2 ** 31 - 1;

/** A bias within what its int32 holds; symmetric, as weights are. */
export function withinInt32(value: number): number {
  return Math.min(int32Max, Math.max(-int32Max, value));
}

/** New constants of one operator. */
export interface NewConstants {
  layer: Pick<WeightLayer, "filterTensor" | "biasTensor" | "inputScale" | "filterScales">;
  /** In the layout of the filter's tensor. */
  weights: Int8Array;
  bias: Int32Array;
  /** Scales of the new weights, one per filter. */
  filterScales: Float32Array;
}

/** New constants of one layer; its weights are OHWI, zero where a group is gone. */
export interface RoundedLayer extends NewConstants {
  layer: WeightLayer;
}

/**
 * How a pruned layer is stored: in blocks with a bit each, as 3x3 kernels in patterns of four weights, or as single weights
 * with their places (CSR).
 */
export type Storage = "blocks" | "patterns" | "csr";

/** A layer that lost at least one group. */
export interface PrunedLayer extends RoundedLayer {
  operator: number;
  unit: PruningUnit;
  /** [bundles][groups] as `unit` cuts the layer, 1 = stays. */
  keep: Uint8Array;
  /** Blocks where absent. */
  storage?: Storage;
}

export interface PrunedModel {
  /** All operators stock; what is gone is zero weights. */
  model: Model;
  layers: PrunedLayer[];
}

/** A copy of the model with the new constants of the given layers, and their scales where these are new. */
export function withConstants(model: Model, layers: NewConstants[]): Model {
  const graph = mainGraph(model);
  const tensors = [...graph.tensors];
  const buffers = [...model.buffers];
  for (const { layer, weights, bias, filterScales } of layers) {
    replaceData(tensors, buffers, layer.filterTensor, new Uint8Array(weights.buffer));
    if (layer.biasTensor >= 0) replaceData(tensors, buffers, layer.biasTensor, new Uint8Array(bias.buffer));
    if (filterScales.every((scale, filter) => scale === layer.filterScales[filter])) continue;
    replaceScales(tensors, layer.filterTensor, filterScales);
    if (layer.biasTensor < 0) continue;
    // The bias is in units of the accumulator.
    const biasScales = filterScales.map((scale) => scale * layer.inputScale);
    replaceScales(tensors, layer.biasTensor, biasScales);
  }
  return { ...model, buffers, subgraphs: [{ ...graph, tensors }, ...model.subgraphs.slice(1)] };
}

/** Weights that each layer keeps, by operator: those that its mask leaves, or all that a narrower layer still has. */
export function keptByLayer({ model, layers }: PrunedModel): Map<number, number> {
  const masked = new Map(layers.map((layer) => [layer.operator, layer]));
  return new Map(
    weightLayers(model).map(({ operator, weights }) => {
      const own = masked.get(operator);
      const kept =
        own === undefined
          ? weights.length
          : maskOfWeights(own.unit, own.layer, own.keep).reduce((sum, bit) => sum + bit, 0);
      return [operator, kept];
    }),
  );
}
