/** Running model values over samples on all workers. */

import type { ArenaMeter } from "./board/target-arena.js";
import type { CompareResult, ModelFacts, RunResult, SampleRun } from "./native/addon-types.js";
import { compareSamples, type MapOptions, runSamples } from "./native/map-samples.js";
import type { WorkerPool } from "./native/pool.js";
import type { StageProgress } from "./progress/progress.js";
import type { Resumption } from "./resume/resumption.js";
import type { Samples } from "./statistics.js";
import { arenaFor } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";
import { writeModel } from "./tflite/writer.js";

/** A model value and the file that it is. */
export interface WrittenModel {
  model: Model;
  bytes: Uint8Array;
}

/** A model value with the file that it makes. */
export function written(model: Model): WrittenModel {
  return { model, bytes: writeModel(model) };
}

/** Where work runs and whom it tells. */
export interface RunContext {
  pool: WorkerPool;
  signal: AbortSignal;
  progress: StageProgress;
  /** Where outputs of an interrupted run are taken up; nowhere for what is to prove a result. */
  resumption?: Resumption | undefined;
  /** Measures arenas on the target, where that was asked for. */
  arenaMeter?: ArenaMeter | undefined;
}

/** Options for `mapSamples` that report to the stage. */
function mapOptions({ signal, progress }: RunContext): MapOptions {
  return {
    signal,
    progress: (done, total) => progress.update(done / total, `sample ${done} of ${total}`),
  };
}

/** What the interpreter says about the model's edges and its arena. */
export function modelFacts(
  { model, bytes }: WrittenModel,
  { pool, signal }: Pick<RunContext, "pool" | "signal">,
): Promise<ModelFacts> {
  return pool.call("inspectModel", { model: bytes, arenaBytes: arenaFor(model) }, { signal });
}

/** Inputs whose results are wanted on TFLM's own kernels; each batch has at least one of them. */
const provingSamples = 1;

/**
 * Runs samples on the host kernels, `treeSamples` of them on TFLM's own to hold the host kernels against. Where one of
 * these gave another byte, everything is run again on TFLM's own kernels; `strays` then says which.
 */
async function onProvenKernels<R extends SampleRun, T extends { strays: Int32Array }>(
  request: R & { treeSamples: number },
  run: (request: R) => Promise<T>,
): Promise<T> {
  const result = await run(request);
  if (result.strays.length === 0 || request.treeSamples >= request.samples) return result;
  return { ...(await run({ ...request, treeSamples: 0 })), strays: result.strays };
}

/** Output 0 of every sample, and the arena in use. */
export async function runModel(
  model: WrittenModel,
  { bytes, samples }: Samples,
  context: RunContext,
): Promise<RunResult> {
  const request = {
    ...{ model: model.bytes, arenaBytes: arenaFor(model.model), inputs: bytes, samples },
    treeSamples: provingSamples,
  };
  const run = () =>
    onProvenKernels(request, (proven) => runSamples(context.pool, proven, mapOptions(context)));
  const { resumption } = context;
  if (resumption === undefined) return run();
  const key = resumption.key("run", [model.bytes, bytes, samples]);
  return resumption.recall(resumption.passing(key), run);
}

/** What a comparison found, and on which kernels the stock operators of both models ran. */
export interface Comparison extends CompareResult {
  /** At least so many samples ran on TFLM's own kernels; the rest on host kernels that gave the same bytes for these. */
  treeSamples: number;
}

/**
 * Both models over all samples, held against each other at every operator's output.
 *
 * @param treeSamples at least so many samples run on TFLM's own kernels, spread over all
 */
export async function compareModels(
  reference: WrittenModel,
  candidate: WrittenModel,
  { bytes, samples }: Samples,
  context: RunContext,
  treeSamples = samples,
): Promise<Comparison> {
  const request = {
    reference: reference.bytes,
    candidate: candidate.bytes,
    arenaBytes: Math.max(arenaFor(reference.model), arenaFor(candidate.model)),
    inputs: bytes,
    samples,
    treeSamples: Math.min(treeSamples, samples),
  };
  const result = await onProvenKernels(request, (proven) =>
    compareSamples(context.pool, proven, mapOptions(context)),
  );
  return { ...result, treeSamples: result.strays.length > 0 ? samples : request.treeSamples };
}
