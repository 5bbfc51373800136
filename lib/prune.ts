/**
 * The prune stage: the dense model with the scheduled filterlets at zero and the rest re-fitted to make up for them.
 *
 * For each filter the kept weights and the bias solve the least-squares problem of `native/obs.h` against the dense
 * filter's own outputs, as int8 weights on the dense model's scales; rounding errors are fed forward.
 */

import { type Importance, type LayerImportance, layerProblem, rowRanges } from "./importance.js";
import type { WeightLayer } from "./layers.js";
import type { WorkerPool } from "./native/pool.js";
import type { LayerSchedule, Schedule } from "./schedule.js";
import { replaceData, replaceScales } from "./tflite/edit.js";
import { mainGraph } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";
import { filterlet, type PruningUnit } from "./unit.js";

/** New constants of one layer. */
export interface PrunedLayer {
  operator: number;
  layer: WeightLayer;
  /** OHWI; zero outside `keep`. */
  weights: Int8Array;
  bias: Int32Array;
  /** Scales of the new weights, one per filter. */
  filterScales: Float32Array;
  unit: PruningUnit;
  /** [bundles][groups] as `unit` cuts the layer, 1 = stays. */
  keep: Uint8Array;
}

export interface PrunedModel {
  /** All operators stock; pruned filterlets are zero weights. */
  model: Model;
  /** Layers that lost at least one filterlet. */
  layers: PrunedLayer[];
}

const int32Max = 2 ** 31 - 1;
/** Weights are symmetric: -128 is not used (TFLite's int8 quantisation specification). */
const int8Limit = 127;

/** The layer with its scheduled filterlets at zero and everything else untouched. */
function maskLayer({ layer, groupSize }: LayerImportance, { keep }: LayerSchedule): PrunedLayer {
  const weights = layer.weights.map((weight, i) => (keep[Math.floor(i / groupSize)] ? weight : 0));
  return {
    operator: layer.operator,
    layer,
    weights,
    bias: Int32Array.from(layer.bias),
    filterScales: layer.filterScales,
    unit: filterlet(layer),
    keep,
  };
}

/** Re-fits the kept weights and the biases of a masked layer, in place. */
async function refitLayer(
  masked: PrunedLayer,
  source: LayerImportance,
  pool: WorkerPool,
  signal: AbortSignal,
): Promise<PrunedLayer> {
  const { layer, filters, groups, groupSize } = source;
  const patch = groups * groupSize;
  await Promise.all(
    rowRanges(filters).map(async ({ first, last }) => {
      const keep = masked.keep.slice(first * groups, last * groups);
      if (!keep.includes(0)) return;
      const problem = { ...layerProblem(layer, source.moments, first, last), keep, limit: int8Limit };
      const solved = (await pool.call("solveMasked", problem, { signal })).weights;
      for (let row = first; row < last; row++) {
        const at = (row - first) * (patch + 1);
        for (let i = 0; i < patch; i++) {
          masked.weights[row * patch + i] = solved[at + i]!;
        }
        masked.bias[row] = Math.min(int32Max, Math.max(-int32Max, solved[at + patch]!));
      }
    }),
  );
  return masked;
}

/** A copy of the model with the new constants of the pruned layers, and their scales where these are new. */
export function withConstants(model: Model, layers: PrunedLayer[]): Model {
  const graph = mainGraph(model);
  const tensors = [...graph.tensors];
  const buffers = [...model.buffers];
  for (const { layer, weights, bias, filterScales } of layers) {
    replaceData(tensors, buffers, layer.filterTensor, new Uint8Array(weights.buffer));
    if (layer.biasTensor >= 0) {
      replaceData(tensors, buffers, layer.biasTensor, new Uint8Array(bias.buffer));
    }
    if (filterScales.every((scale, filter) => scale === layer.filterScales[filter])) continue;
    replaceScales(tensors, layer.filterTensor, filterScales);
    if (layer.biasTensor < 0) continue;
    // The bias is in units of the accumulator.
    replaceScales(
      tensors,
      layer.biasTensor,
      filterScales.map((scale) => scale * layer.inputScale),
    );
  }
  return { ...model, buffers, subgraphs: [{ ...graph, tensors }, ...model.subgraphs.slice(1)] };
}

function maskedLayers(importance: Importance, schedule: Schedule) {
  return importance.layers.flatMap((source, i) => {
    const chosen = schedule.layers[i]!;
    return chosen.keep.includes(0) ? [{ source, masked: maskLayer(source, chosen) }] : [];
  });
}

/** Carries out a schedule without re-fitting: what the result will weigh, at next to no cost. */
export function maskOnly(model: Model, importance: Importance, schedule: Schedule): PrunedModel {
  const layers = maskedLayers(importance, schedule).map(({ masked }) => masked);
  return { model: withConstants(model, layers), layers };
}

/** Carries out a schedule on the dense model. */
export async function prune(
  model: Model,
  importance: Importance,
  schedule: Schedule,
  pool: WorkerPool,
  signal: AbortSignal,
): Promise<PrunedModel> {
  const layers = await Promise.all(
    maskedLayers(importance, schedule).map(({ source, masked }) => refitLayer(masked, source, pool, signal)),
  );
  return { model: withConstants(model, layers), layers };
}
