/** What every method and goal starts from: the imported model measured, without its dead channels, and its data. */

import type { Context } from "./context.js";
import { type DataSplit, type DenseBaseline, denseBaseline, loadData } from "./evaluation.js";
import type { ImportedModel } from "./import.js";
import type { ModelFacts } from "./native/addon-types.js";
import type { WorkerPool } from "./native/pool.js";
import type { LossKind } from "./network-plan.js";
import { once } from "./once.js";
import type { PruneOptions } from "./options/types.js";
import { modelFacts, type WrittenModel } from "./runs.js";
import { proveSlim, slim } from "./slim.js";
import type { Stopwatch } from "./stopwatch.js";
import { loadTraining, type TrainingData } from "./training-data.js";

export interface Preparation {
  imported: ImportedModel;
  /** What is pruned. */
  dense: WrittenModel;
  facts: ModelFacts;
  data: DataSplit;
  /** Of the imported model. */
  baseline: DenseBaseline;
  loss: LossKind;
  /** Loads the training inputs, once. */
  training: () => Promise<TrainingData>;
}

/**
 * Loads the data, measures the imported model and proves that it answers the same without its dead channels.
 *
 * @throws what loading and running throw; NARROWING_INEXACT
 */
export async function prepare(
  imported: ImportedModel,
  options: PruneOptions,
  pool: WorkerPool,
  stopwatch: Stopwatch,
  { progress, signal }: Context,
): Promise<Preparation> {
  const { model } = imported;
  const facts = await modelFacts(imported, { pool, signal });
  const reading = progress.stage("import", "Reading the inputs");
  const data = await stopwatch.time("import", () =>
    loadData(options, model, facts, { progress: reading, signal }),
  );
  reading.done();
  const { evaluation } = data;
  const measuring = progress.stage("baseline", "Measuring the dense model");
  const context = { pool, signal, progress: measuring };
  const baseline = await stopwatch.time("validate", () =>
    denseBaseline(imported, facts, evaluation, context),
  );
  const dense = slim(imported);
  const output = facts.outputs[0]!;
  await stopwatch.time("validate", () =>
    proveSlim(dense, { imported, output, evaluation, baseline }, context),
  );
  measuring.done();
  const training = once(async () => {
    const stage = progress.stage("import", "Reading the training inputs");
    const loaded = await loadTraining(options, facts, data.calibration, { progress: stage, signal });
    stage.done();
    return loaded;
  });
  return { imported, dense, facts, data, baseline, loss: evaluation.scoring.kind, training };
}
