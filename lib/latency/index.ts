/**
 * Predicted latency: what a model costs per inference on a target, packed against dense. A prediction, not a measurement of
 * the model at hand: for a Cortex-M core of instructions, from prices fitted to counts on an emulated one (docs/board.md),
 * against CMSIS-NN's kernels.
 */

import { type WeightLayer, weightLayers } from "../layers.js";
import type { Target } from "../options/types.js";
import { mainGraph } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import { filterlet, type PruningUnit } from "../unit.js";
import { costsOn } from "./costs.js";

/** What one kept weight of a packed layer costs per inference. */
export function costPerWeight(target: Target, layer: WeightLayer, unit: PruningUnit): number {
  return costsOn(target).perWeight(layer, unit);
}

/** What a layer costs in the packed kernel. */
export function packedCost(
  target: Target,
  layer: WeightLayer,
  unit: PruningUnit,
  keptWeights: number,
): number {
  return costsOn(target).packed(layer, unit, keptWeights);
}

/** What a layer costs in the dense kernel. */
export function denseCost(target: Target, layer: WeightLayer): number {
  return costsOn(target).dense(layer);
}

/** What a layer costs in the packed kernel with nothing pruned. */
export function wholeCost(target: Target, layer: WeightLayer): number {
  return packedCost(target, layer, filterlet(layer), layer.weights.length);
}

/** What a layer costs in the better of both kernels with nothing pruned. */
export function unprunedCost(target: Target, layer: WeightLayer): number {
  return Math.min(denseCost(target, layer), wholeCost(target, layer));
}

/** A layer that became a packed operator. */
export interface PackedShare {
  layer: WeightLayer;
  unit: PruningUnit;
  keptWeights: number;
}

/** Predicts a model's latency on a target as layers of it become packed. */
export interface LatencyModel {
  /** Instructions of one inference of the dense model; for `generic` in units of a dense multiply-accumulate. */
  dense: number;
  /** Predicted time per inference, as a share of the dense model's. */
  ratio(packed: readonly PackedShare[]): number;
}

/** Predicted time of a dense model's prunable layers in our kernels with nothing pruned, as a share of their time in stock ones. */
export function unprunedRatio(target: Target, layers: readonly WeightLayer[]): number {
  const costs = costsOn(target);
  const sum = (of: (layer: WeightLayer) => number) => layers.reduce((total, layer) => total + of(layer), 0);
  const own = sum((layer) => costs.packed(layer, filterlet(layer), layer.weights.length));
  return own / sum((layer) => costs.dense(layer));
}

/** The latency model of a dense model on a target. */
export function latencyModel(model: Model, target: Target): LatencyModel {
  const costs = costsOn(target);
  const layers = weightLayers(model);
  const weighted = new Set(layers.map(({ operator }) => operator));
  const others = (mainGraph(model).operators ?? []).filter((_, index) => !weighted.has(index));
  const dense = layers.reduce((sum, layer) => sum + costs.dense(layer), costs.others(model, others));
  const ratio = (packed: readonly PackedShare[]) => {
    const change = packed.reduce(
      (sum, { layer, unit, keptWeights }) =>
        sum + costs.packed(layer, unit, keptWeights) - costs.dense(layer),
      0,
    );
    return dense === 0 ? 1 : (dense + change) / dense;
  };
  return { dense, ratio };
}
