/** Running model values over samples on all workers. */

import type { CompareResult, ModelFacts, RunResult } from "./native/addon-types.js";
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

/** Output 0 of every sample, and the arena in use. */
export async function runModel(
  model: WrittenModel,
  { bytes, samples }: Samples,
  context: RunContext,
): Promise<RunResult> {
  const request = { model: model.bytes, arenaBytes: arenaFor(model.model), inputs: bytes, samples };
  const run = () => runSamples(context.pool, request, mapOptions(context));
  const { resumption } = context;
  if (resumption === undefined) return run();
  const key = resumption.key("run", [model.bytes, bytes, samples]);
  return resumption.recall(resumption.passing(key), run);
}

/** Both models over all samples, held against each other at every operator's output. */
export function compareModels(
  reference: WrittenModel,
  candidate: WrittenModel,
  { bytes, samples }: Samples,
  context: RunContext,
): Promise<CompareResult> {
  const request = {
    reference: reference.bytes,
    candidate: candidate.bytes,
    arenaBytes: Math.max(arenaFor(reference.model), arenaFor(candidate.model)),
    inputs: bytes,
    samples,
  };
  return compareSamples(context.pool, request, mapOptions(context));
}
