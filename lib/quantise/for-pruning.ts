/** The quantise stage as `prune` runs it: on the calibration inputs, judged on the evaluation inputs. */

import { loadRealInputs } from "../data/real-inputs.js";
import { type DataOptions, scoringOf } from "../evaluation.js";
import type { ImportedModel } from "../import.js";
import { quantiseModel } from "../quantise.js";
import { modelFacts, type RunContext, runModel } from "../runs.js";
import { realOutputs, score } from "../scoring.js";
import type { RangeRule } from "./range.js";

export interface QuantiseOptions extends DataOptions {
  calibration: string;
  quantiseRange: RangeRule;
}

/**
 * Quantises a float model for the pruning that follows.
 *
 * @returns the int8 model, and the accuracy of the float one in TFLM's own float kernels
 * @throws what loading the inputs throws; QUANTISE_OPERATORS, QUANTISE_NOT_FINITE
 */
export async function quantiseForPruning(
  imported: ImportedModel,
  options: QuantiseOptions,
  context: RunContext,
): Promise<{ int8: ImportedModel; accuracy: number }> {
  const facts = await modelFacts(imported, context);
  const input = facts.inputs[0]!;
  const raw = { scale: options.inputScale, offset: options.inputOffset };
  const choice = { limit: options.calibrationSamples, seed: options.seed };
  const calibration = await loadRealInputs(options.calibration, input, raw, choice);
  const int8 = await quantiseModel({ ...context, imported, calibration, rule: options.quantiseRange });
  const judged = options.eval === undefined ? calibration : await loadRealInputs(options.eval, input, raw);
  const scoring = await scoringOf(imported.model, facts, judged, options.eval && options.labels);
  const run = await runModel(imported, judged, context);
  const outputs = realOutputs(run.outputs, facts.outputs[0]!, judged.samples);
  return { int8, accuracy: score(scoring, outputs, outputs).accuracy };
}
