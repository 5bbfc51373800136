/** The activations of a float model over the calibration inputs, as the TFLM interpreter computes them. */

import type { FloatActivation } from "../native/addon-types.js";
import { mapSamples } from "../native/map-samples.js";
import type { WorkerPool } from "../native/pool.js";
import type { StageProgress } from "../progress/progress.js";
import type { WrittenModel } from "../runs.js";
import type { Samples } from "../statistics.js";
import { arenaFor, constantData, mainGraph } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import { TensorType } from "../tflite/schema.js";

export interface ObserveRequest {
  float: WrittenModel;
  /** float32 inputs, laid end to end. */
  calibration: Samples;
  pool: WorkerPool;
  signal: AbortSignal;
  progress: StageProgress;
}

/** What was seen of a tensor. */
export interface Observed extends FloatActivation {
  /** Mean by index along the last dimension. */
  channelMeans: Float64Array;
}

/** Activations that carry real values, the model's input first. */
function activations(model: Model): number[] {
  const { tensors, inputs, operators } = mainGraph(model);
  const written = operators.flatMap(({ outputs }) => outputs);
  return [...new Set([...inputs, ...written])].filter(
    (index) =>
      tensors[index]!.type === TensorType.FLOAT32 && constantData(model, tensors[index]!) === undefined,
  );
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]!);
}

function united(parts: readonly FloatActivation[]): FloatActivation {
  return parts.reduce((a, b) => ({
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    channelSums: add(a.channelSums, b.channelSums),
    channelLargest: a.channelLargest.map((value, i) => Math.max(value, b.channelLargest[i]!)),
    histogram: add(a.histogram, b.histogram),
  }));
}

/** Samples per job; fixed, so that sums do not depend on the number of workers. */
const batchSamples = 16;

async function pass(
  request: ObserveRequest,
  tensors: number[],
  bounds: Float32Array,
): Promise<FloatActivation[]> {
  const { float, calibration, pool, signal, progress } = request;
  const graph = mainGraph(float.model);
  const size = calibration.bytes.length / calibration.samples;
  const common = {
    ...{ model: float.bytes, arenaBytes: arenaFor(float.model), tensors, bounds },
    channels: tensors.map((index) => graph.tensors[index]!.shape.at(-1) ?? 1),
  };
  const batches = await mapSamples(
    pool,
    calibration.samples,
    async ({ first, count }, call) => {
      const inputs = calibration.bytes.slice(first * size, (first + count) * size);
      return (await pool.call("floatRanges", { ...common, inputs, samples: count }, call)).activations;
    },
    {
      batch: batchSamples,
      signal,
      progress: (done, total) => progress.update(done / total, `sample ${done} of ${total}`),
    },
  );
  return tensors.map((_, i) => united(batches.map((batch) => batch[i]!)));
}

/**
 * Runs the float model over the calibration inputs.
 *
 * @param histograms whether they are needed, which takes a second run
 * @returns by tensor of the main subgraph
 */
export async function observe(request: ObserveRequest, histograms: boolean): Promise<Map<number, Observed>> {
  const { float, calibration } = request;
  const tensors = activations(float.model);
  let seen = await pass(request, tensors, new Float32Array());
  if (histograms) {
    const bounds = Float32Array.from(seen.flatMap(({ min, max }) => [min, max]));
    seen = await pass(request, tensors, bounds);
  }
  return new Map(
    tensors.map((tensor, i) => {
      const own = seen[i]!;
      const size = mainGraph(float.model).tensors[tensor]!.shape.reduce((product, axis) => product * axis, 1);
      const positions = (calibration.samples * size) / own.channelSums.length;
      return [tensor, { ...own, channelMeans: own.channelSums.map((sum) => sum / positions) }];
    }),
  );
}
