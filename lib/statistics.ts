/**
 * What calibration says about the dense model: per layer, H = sum of x x^T over its input patches x, and per output
 * channel the mean squared gradient of the model's outputs along random directions (`native/fisher.h`). Both come from the
 * activations that the TFLM interpreter computes.
 */

import { type WeightLayer, weightLayers } from "./layers.js";
import type { LayerMoments, NetworkPlan } from "./native/addon-types.js";
import { mapSamples } from "./native/map-samples.js";
import type { WorkerPool } from "./native/pool.js";
import { gradientBarriers } from "./network-plan.js";
import type { StageProgress } from "./progress/progress.js";
import { arenaFor, mainGraph } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";

/** Model inputs, quantised and laid end to end. */
export interface Samples {
  bytes: Uint8Array;
  samples: number;
}

export interface LayerStatistics {
  layer: WeightLayer;
  moments: LayerMoments;
  /** Per filter: half the squared error of the outputs per squared error of its accumulator. */
  prices: Float64Array;
}

export interface Statistics {
  layers: LayerStatistics[];
  /** Layers with weights that stay as they are, with the reason. */
  skipped: { operator: number; reason: string }[];
}

export interface StatisticsRequest {
  model: Model;
  bytes: Uint8Array;
  network: NetworkPlan;
  calibration: Samples;
  seed: number;
  pool: WorkerPool;
  signal: AbortSignal;
  progress: StageProgress;
}

/** Samples per job: small enough for a lively progress, and fixed, so that sums do not depend on the worker count. */
const batchSamples = 32;

/** Splits the layers into those worth pruning and those that stay, with the reason. */
function selectLayers(model: Model, network: NetworkPlan) {
  const graph = mainGraph(model);
  const barriers = gradientBarriers(network.operators, graph.outputs![0]!);
  const readers = new Map<number, number>();
  for (const operator of graph.operators) {
    for (const tensor of operator.inputs) readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  }
  const chosen: WeightLayer[] = [];
  const skipped: Statistics["skipped"] = [];
  for (const layer of weightLayers(model)) {
    const barrier = barriers[layer.operator]!;
    if (barrier >= 0) {
      skipped.push({ operator: layer.operator, reason: `no gradient passes operator ${barrier} behind it` });
    } else if (layer.biasTensor < 0) {
      skipped.push({ operator: layer.operator, reason: "it has no bias to take up what is removed" });
    } else if (readers.get(layer.filterTensor)! > 1 || readers.get(layer.biasTensor)! > 1) {
      skipped.push({ operator: layer.operator, reason: "another operator reads its weights or bias" });
    } else {
      chosen.push(layer);
    }
  }
  return { chosen, skipped };
}

function addAll(parts: Float64Array[]): Float64Array {
  const sum = new Float64Array(parts[0]!.length);
  for (const part of parts) for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
  return sum;
}

function addMoments(parts: LayerMoments[]): LayerMoments {
  return { sums: addAll(parts.map((p) => p.sums)), count: parts.reduce((sum, p) => sum + p.count, 0) };
}

/** Random directions per sample: few samples get more, so that there are this many in all. */
const directions = 2048;
const mostDraws = 8;

function drawsFor(samples: number): number {
  return Math.min(mostDraws, Math.ceil(directions / samples));
}

/** Half the mean squared gradient, in units of the filter's accumulator instead of its real output. */
function pricesOf(layer: WeightLayer, squaredGradients: Float64Array, draws: number): Float64Array {
  return squaredGradients.map((squared, filter) => {
    const unit = layer.inputScale * layer.filterScales[filter]!;
    return 0.5 * (squared / draws) * unit * unit;
  });
}

/** Runs the calibration samples through every worker's session; sums are exact or taken in a fixed order. */
export async function statistics(request: StatisticsRequest): Promise<Statistics> {
  const { pool, signal, calibration, model, network, progress } = request;
  const { chosen, skipped } = selectLayers(model, network);
  if (chosen.length === 0) return { layers: [], skipped };
  const workers = Array.from({ length: pool.size }, (_, worker) => worker);
  const observed = chosen.map(({ operator }) => operator);
  const plan = {
    model: request.bytes,
    arenaBytes: arenaFor(model),
    network,
    observed,
    draws: drawsFor(calibration.samples),
  };
  await Promise.all(workers.map((worker) => pool.call("openStatistics", plan, { worker, signal })));
  const sampleBytes = calibration.bytes.length / calibration.samples;
  const squared = await mapSamples(
    pool,
    calibration.samples,
    async ({ first, count }, call) => {
      const inputs = calibration.bytes.slice(first * sampleBytes, (first + count) * sampleBytes);
      const job = { inputs, samples: count, seed: request.seed, firstSample: first };
      return (await pool.call("addStatistics", job, call)).squaredGradients;
    },
    {
      batch: batchSamples,
      signal,
      progress: (done, total) => progress.update(done / total, `sample ${done} of ${total}`),
    },
  );
  const closed = await Promise.all(
    workers.map((worker) => pool.call("closeStatistics", {}, { worker, signal })),
  );
  const layers = chosen.map((layer, i) => ({
    layer,
    moments: addMoments(closed.map((c) => c.moments[i]!)),
    prices: pricesOf(layer, addAll(squared.map((batch) => batch[i]!)), calibration.samples * plan.draws),
  }));
  return { layers, skipped };
}
