/**
 * What calibration says about the dense model: per layer, H = sum of x x^T over its input patches x, and per output
 * channel the mean squared gradient of the model's outputs along random directions (`native/fisher.h`). Both come from the
 * activations that the TFLM interpreter computes.
 */

import type { WeightLayer } from "./layers.js";
import type { LayerMoments, NetworkPlan } from "./native/addon-types.js";
import { mapSamples } from "./native/map-samples.js";
import type { WorkerPool } from "./native/pool.js";
import { drawsFor, pricesOf } from "./prices.js";
import type { StageProgress } from "./progress/progress.js";
import { arenaFor } from "./tflite/graph.js";
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
}

export interface StatisticsRequest {
  model: Model;
  bytes: Uint8Array;
  network: NetworkPlan;
  /** The layers that may be pruned, in the order of their operators. */
  layers: WeightLayer[];
  calibration: Samples;
  seed: number;
  pool: WorkerPool;
  signal: AbortSignal;
  progress: StageProgress;
}

/** Samples per job: small enough for a lively progress, and fixed, so that sums do not depend on the worker count. */
const batchSamples = 32;

function addAll(parts: Float64Array[]): Float64Array {
  const sum = new Float64Array(parts[0]!.length);
  for (const part of parts) for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
  return sum;
}

function addMoments(parts: LayerMoments[]): LayerMoments {
  return { sums: addAll(parts.map((p) => p.sums)), count: parts.reduce((sum, p) => sum + p.count, 0) };
}

/** Runs the calibration samples through every worker's session; sums are exact or taken in a fixed order. */
export async function statistics(request: StatisticsRequest): Promise<Statistics> {
  const { pool, signal, calibration, model, network, progress, layers: chosen } = request;
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
  return { layers };
}
