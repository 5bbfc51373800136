/**
 * What is pruned: the imported model without the channels that do nothing in it. Filters that are all zero, and channels that
 * nobody reads, leave before anything is learnt about the rest.
 */

import { dtmmError } from "./errors/index.js";
import type { DenseBaseline, Evaluation } from "./evaluation.js";
import type { ImportedModel } from "./import.js";
import { narrow } from "./narrow/narrow.js";
import type { TensorFacts } from "./native/addon-types.js";
import { type RunContext, runModel, type WrittenModel, written } from "./runs.js";
import { realOutputs } from "./scoring.js";

/** The model without its dead channels, as far as they can leave exactly; the very file where it has none. */
export function slim({ model, bytes }: ImportedModel): WrittenModel {
  const narrower = narrow(model, { exactOnly: true });
  return narrower.removed.length === 0 ? { model, bytes } : written(narrower.model);
}

/** What the imported model said. */
export interface SlimProof {
  imported: ImportedModel;
  output: TensorFacts;
  evaluation: Evaluation;
  /** Of the imported model. */
  baseline: DenseBaseline;
}

/**
 * Proves in the interpreter that the slim model answers as the imported one, on every evaluation input.
 *
 * @throws NARROWING_INEXACT where an output differs
 */
export async function proveSlim(
  slimmed: WrittenModel,
  { imported, output, evaluation, baseline }: SlimProof,
  context: RunContext,
): Promise<void> {
  if (slimmed.model === imported.model) return;
  const { samples } = evaluation.samples;
  const run = await runModel(slimmed, evaluation.samples, context);
  const { values } = realOutputs(run.outputs, output, samples);
  const differing = values.reduce(
    (count, value, i) => (value === baseline.outputs.values[i] ? count : count + 1),
    0,
  );
  if (differing > 0) {
    throw dtmmError("NARROWING_INEXACT", { path: imported.path, differing, outputs: values.length, samples });
  }
}
