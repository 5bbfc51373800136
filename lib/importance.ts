/**
 * The importance stage: what every filterlet is worth, from unlabelled calibration inputs alone.
 *
 * Per conv layer, H = mean of x x^T over its input patches x, and per output channel the mean squared gradient of the
 * loss, with the label drawn from the model's own output. Removing filterlets greedily by group optimal brain surgeon
 * on H costs so much squared output error; times half the squared gradient that is loss, one currency for all layers.
 */

import { gradientBarriers, gradientOperators } from "./gradient-plan.js";
import { activationScale, convLayers, positions, type WeightLayer } from "./layers.js";
import type { LayerMoments, LayerProblem, StatisticsRequest } from "./native/addon-types.js";
import { mapSamples } from "./native/map-samples.js";
import type { WorkerPool } from "./native/pool.js";
import type { StageProgress } from "./progress/progress.js";
import { arenaFor, elementCount, mainGraph } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";

/** Model inputs, quantised and laid end to end. */
export interface Samples {
  bytes: Uint8Array;
  samples: number;
}

/** The loss curves of one layer's filters. */
export interface LayerImportance {
  operator: number;
  layer: WeightLayer;
  filters: number;
  /** Filterlets per filter, and weights in each. */
  groups: number;
  groupSize: number;
  moments: LayerMoments;
  /** [filters][groups]: what goes first, second, ... */
  order: Int32Array;
  /** [filters][groups + 1]: predicted loss after so many removals, in nats per sample. */
  loss: Float64Array;
}

export interface Importance {
  layers: LayerImportance[];
  /** CONV_2D layers that stay as they are, with the reason. */
  skipped: { operator: number; reason: string }[];
}

/** What a model's loss is: a row of class scores, or values to be reproduced. */
export type LossKind = "classes" | "values";

export interface ImportanceRequest {
  model: Model;
  bytes: Uint8Array;
  calibration: Samples;
  loss: LossKind;
  seed: number;
  pool: WorkerPool;
  signal: AbortSignal;
  progress: StageProgress;
}

/** Samples per job: small enough for a lively progress, and fixed, so that sums do not depend on the worker count. */
const batchSamples = 32;
/** Filters per curve job: rows that agree on their first removals share work, so not too few. */
const rowsPerJob = 32;

/** Splits the conv layers into those worth pruning and those that stay, with the reason. */
function selectLayers(model: Model) {
  const graph = mainGraph(model);
  const operators = gradientOperators(model);
  const barriers = gradientBarriers(operators, graph.outputs![0]!);
  const readers = new Map<number, number>();
  for (const operator of graph.operators) {
    for (const tensor of operator.inputs) readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  }
  const chosen: WeightLayer[] = [];
  const skipped: Importance["skipped"] = [];
  for (const layer of convLayers(model)) {
    const barrier = barriers[layer.operator]!;
    if (positions(layer) === 1) {
      skipped.push({ operator: layer.operator, reason: "a 1x1 kernel has a single filterlet per filter" });
    } else if (barrier >= 0) {
      skipped.push({ operator: layer.operator, reason: `no gradient passes operator ${barrier} behind it` });
    } else if (layer.biasTensor < 0) {
      skipped.push({ operator: layer.operator, reason: "it has no bias to take up what is removed" });
    } else if (readers.get(layer.filterTensor)! > 1 || readers.get(layer.biasTensor)! > 1) {
      skipped.push({ operator: layer.operator, reason: "another operator reads its weights or bias" });
    } else {
      chosen.push(layer);
    }
  }
  return { operators, chosen, skipped };
}

function statisticsRequest(
  request: ImportanceRequest,
  operators: StatisticsRequest["operators"],
  layers: WeightLayer[],
): StatisticsRequest {
  const graph = mainGraph(request.model);
  const activations = new Set([graph.inputs![0]!, ...operators.flatMap((op) => [...op.inputs, op.output])]);
  const scaleOf = graph.tensors.map((tensor) => activationScale(tensor));
  return {
    model: request.bytes,
    arenaBytes: arenaFor(request.model),
    operators,
    observed: layers.map((layer) => layer.operator),
    scales: Float32Array.from(scaleOf, (q, t) => (activations.has(t) ? q.scale : 0)),
    zeroPoints: Int32Array.from(scaleOf, (q) => q.zeroPoint),
    sizes: Int32Array.from(graph.tensors, (t, i) => (activations.has(i) ? elementCount(t.shape) : 0)),
    input: graph.inputs![0]!,
    output: graph.outputs![0]!,
    loss: request.loss,
  };
}

/** Runs the calibration samples through every worker's session; sums are exact or taken in a fixed order. */
async function collectStatistics(request: ImportanceRequest, plan: StatisticsRequest) {
  const { pool, signal, calibration } = request;
  const workers = Array.from({ length: pool.size }, (_, worker) => worker);
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
      progress: (done, total) => request.progress.update((0.7 * done) / total, `sample ${done} of ${total}`),
    },
  );
  const closed = await Promise.all(
    workers.map((worker) => pool.call("closeStatistics", {}, { worker, signal })),
  );
  return plan.observed.map((_, layer) => ({
    moments: addMoments(closed.map((c) => c.moments[layer]!)),
    squaredGradients: addAll(squared.map((batch) => batch[layer]!)),
  }));
}

function addAll(parts: Float64Array[]): Float64Array {
  const sum = new Float64Array(parts[0]!.length);
  for (const part of parts) for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
  return sum;
}

function addMoments(parts: LayerMoments[]): LayerMoments {
  return { sums: addAll(parts.map((p) => p.sums)), count: parts.reduce((sum, p) => sum + p.count, 0) };
}

/**
 * The layer's least-squares problem for filters [first, last). Weights and bias are in their integer units: both count
 * in input scale times filter scale, the bias as the weight of the constant 1.
 */
export function layerProblem(
  layer: WeightLayer,
  moments: LayerMoments,
  first: number,
  last: number,
): LayerProblem {
  const patch = positions(layer) * layer.geometry.inputChannels;
  const order = patch + 1;
  const weights = new Float64Array((last - first) * order);
  for (let row = first; row < last; row++) {
    weights.set(layer.weights.subarray(row * patch, (row + 1) * patch), (row - first) * order);
    weights[(row - first) * order + patch] = layer.bias[row]!;
  }
  return {
    order,
    moments: moments.sums,
    count: moments.count,
    weights,
    rows: last - first,
    groups: positions(layer),
    groupSize: layer.geometry.inputChannels,
  };
}

/** Splits a layer's filters into jobs. */
export function rowRanges(filters: number): { first: number; last: number }[] {
  return Array.from({ length: Math.ceil(filters / rowsPerJob) }, (_, i) => ({
    first: i * rowsPerJob,
    last: Math.min(filters, (i + 1) * rowsPerJob),
  }));
}

async function layerCurves(
  request: ImportanceRequest,
  layer: WeightLayer,
  moments: LayerMoments,
  squaredGradients: Float64Array,
): Promise<LayerImportance> {
  const filters = layer.geometry.outputChannels;
  const groups = positions(layer);
  const order = new Int32Array(filters * groups);
  const loss = new Float64Array(filters * (groups + 1));
  await Promise.all(
    rowRanges(filters).map(async ({ first, last }) => {
      const problem = layerProblem(layer, moments, first, last);
      const curves = await request.pool.call("removeGroups", problem, { signal: request.signal });
      order.set(curves.order, first * groups);
      for (let row = first; row < last; row++) {
        const unit = layer.inputScale * layer.filterScales[row]!;
        const price = 0.5 * (squaredGradients[row]! / request.calibration.samples) * unit * unit;
        for (let k = 0; k <= groups; k++) {
          loss[row * (groups + 1) + k] = price * curves.loss[(row - first) * (groups + 1) + k]!;
        }
      }
    }),
  );
  const groupSize = layer.geometry.inputChannels;
  return { operator: layer.operator, layer, filters, groups, groupSize, moments, order, loss };
}

/** Loss curves of every prunable CONV_2D of a dense model. */
export async function importance(request: ImportanceRequest): Promise<Importance> {
  const { operators, chosen, skipped } = selectLayers(request.model);
  if (chosen.length === 0) return { layers: [], skipped };
  const statistics = await collectStatistics(request, statisticsRequest(request, operators, chosen));
  let done = 0;
  const layers = await Promise.all(
    chosen.map(async (layer, i) => {
      const { moments, squaredGradients } = statistics[i]!;
      const curves = await layerCurves(request, layer, moments, squaredGradients);
      request.progress.update(
        0.7 + (0.3 * ++done) / chosen.length,
        `loss curves of operator ${layer.operator}`,
      );
      return curves;
    }),
  );
  return { layers, skipped };
}
