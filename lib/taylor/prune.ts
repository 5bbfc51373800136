/** The `taylor` method on a model: scores by labels, masks by annealing, weights as they were (docs/taylor.md). */

import { dtmmError } from "../errors/index.js";
import { positions, type WeightLayer } from "../layers.js";
import type { NetworkPlan } from "../native/addon-types.js";
import type { WorkerPool } from "../native/pool.js";
import type { Model } from "../tflite/model.js";
import type { TrainingData } from "../training-data.js";
import type { Masked } from "../unit.js";
import { filterlet } from "../unit.js";
import { type TaylorScores, taylorImportance } from "./importance.js";
import { taylorLayer } from "./problem.js";
import { taylorSchedule } from "./schedule.js";

export interface TaylorRequest {
  model: Model;
  network: NetworkPlan;
  /** Layers that may be pruned; those with a 1x1 kernel and fully connected ones stay dense. */
  layers: WeightLayer[];
  /** Loads the labelled training inputs. */
  training: () => Promise<TrainingData>;
  seed: number;
  pool: WorkerPool;
  signal: AbortSignal;
}

/** Samples per call: progress and an interruption come through between two. */
const samplesPerCall = 512;

async function scoresOf(request: TaylorRequest, layers: WeightLayer[]): Promise<TaylorScores[]> {
  const { network, pool, signal } = request;
  const train = await request.training();
  if (train.labels === undefined) {
    throw dtmmError("OPTION_MISSING", {
      what: "labelled inputs, which the method taylor scores weights by",
      command: "dtmm prune",
      remedy: "Give --train <data>, with its classes or with --train-labels <file>.",
    });
  }
  const size = train.bytes.length / train.samples;
  const sums = layers.map(({ weights }) => new Float64Array(weights.length));
  for (let first = 0; first < train.samples; first += samplesPerCall) {
    const last = Math.min(train.samples, first + samplesPerCall);
    const batch = {
      network,
      observed: layers.map(({ operator }) => operator),
      inputs: train.bytes.slice(first * size, last * size),
      samples: last - first,
      labels: train.labels.slice(first, last),
      threads: pool.size,
    };
    const { products } = await pool.call("labelGradients", batch, { worker: 0, signal });
    products.forEach((product, layer) => {
      for (let i = 0; i < product.length; i++) sums[layer]![i]! += product[i]!;
    });
  }
  return taylorImportance(layers.map(taylorLayer), sums, train.samples);
}

/** Whether the layer has filterlets as the paper has them: convolutions with a kernel larger than 1x1. */
export function hasFilterlets(layer: WeightLayer): boolean {
  return layer.kind === "conv" && positions(layer) > 1;
}

/**
 * Scores the model once; the result prunes it to any share of the layers' weights.
 *
 * @throws OPTION_MISSING without labels, NOTHING_TO_PRUNE where no conv has a kernel larger than 1x1
 */
export async function openTaylor(request: TaylorRequest): Promise<(share: number) => Masked[]> {
  const layers = request.layers.filter(hasFilterlets);
  const scores = await scoresOf(request, layers);
  const problemLayers = layers.map(taylorLayer);
  return (share) => {
    const limits = { budget: { keepShare: share } };
    const schedule = taylorSchedule({ layers: problemLayers, scores, limits }, request.seed);
    return layers.map((layer, i) => ({ layer, unit: filterlet(layer), keep: schedule.layers[i]!.keep }));
  };
}
