/**
 * The prune stage: from the dense network to one that keeps a share of its weights, in steps. Each step looks at the
 * loss curves of the network as pruned so far, takes the next groups out, and fits what is left to the dense network's
 * outputs. One global step would be too far for its own local model of the loss.
 */

import { denseState, importance, type LayerState } from "./importance.js";
import type { WeightLayer } from "./layers.js";
import type { NetworkPlan } from "./native/addon-types.js";
import {
  closeRefit,
  openRefit,
  type RefitContext,
  type RefitLayer,
  type RoundedLayer,
  refit,
} from "./refit.js";
import { buildFrontier, keptWeights, schedule } from "./schedule.js";
import type { LayerStatistics, Samples } from "./statistics.js";
import type { PruningUnit } from "./unit.js";

/** New constants of one layer. */
export interface PrunedLayer extends RoundedLayer {
  operator: number;
  layer: WeightLayer;
  unit: PruningUnit;
  /** [bundles][groups] as `unit` cuts the layer, 1 = stays. */
  keep: Uint8Array;
}

/** The network at some share of its weights. */
export interface PathPoint {
  states: LayerState[];
  keptWeights: number;
}

export function densePoint(layers: LayerStatistics[], units: PruningUnit[]): PathPoint {
  const states = layers.map((layer, i) => denseState(layer, units[i]!));
  return { states, keptWeights: states.reduce((sum, state) => sum + keptWeights(state), 0) };
}

/** Takes groups out until `atLeast` weights are left, and fits the others. */
export async function step(
  from: PathPoint,
  atLeast: number,
  round: boolean,
  context: RefitContext,
  progress: (done: number) => void,
): Promise<{ point: PathPoint; layers: RefitLayer[] }> {
  const t0 = performance.now();
  const curves = await Promise.all(
    from.states.map((state) => importance(state, context.pool, context.signal)),
  );
  const t1 = performance.now();
  const chosen = schedule(buildFrontier(curves), atLeast);
  const masked = from.states.map((state, i) => ({ ...state, keep: chosen.keep[i]! }));
  const t2 = performance.now();
  const layers = await refit(masked, { round }, context, progress);
  console.error(
    "curves",
    ((t1 - t0) / 1000).toFixed(1),
    "sched",
    ((t2 - t1) / 1000).toFixed(1),
    "refit",
    ((performance.now() - t2) / 1000).toFixed(1),
  );
  return { point: { states: layers.map(({ state }) => state), keptWeights: chosen.keptWeights }, layers };
}

export { closeRefit, type NetworkPlan, openRefit, type Samples };

import { replaceData } from "./tflite/edit.js";
import { mainGraph } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";

/** A copy of the model with the new constants of the pruned layers. */
export function withConstants(model: Model, layers: { layer: WeightLayer; rounded: RoundedLayer }[]): Model {
  const graph = mainGraph(model);
  const tensors = [...graph.tensors];
  const buffers = [...model.buffers];
  const rescale = (index: number, scale: number[]) => {
    const tensor = tensors[index]!;
    const old = tensor.quantization!;
    if (old.scale!.length !== scale.length) return;
    tensors[index] = { ...tensor, quantization: { ...old, scale } };
  };
  for (const { layer, rounded } of layers) {
    replaceData(tensors, buffers, layer.filterTensor, new Uint8Array(rounded.weights.buffer));
    replaceData(tensors, buffers, layer.biasTensor, new Uint8Array(rounded.bias.buffer));
    const scales = Array.from(rounded.filterScales);
    rescale(layer.filterTensor, scales);
    rescale(
      layer.biasTensor,
      scales.map((s) => Math.fround(s * layer.inputScale)),
    );
  }
  return { ...model, buffers, subgraphs: [{ ...graph, tensors }, ...model.subgraphs.slice(1)] };
}
