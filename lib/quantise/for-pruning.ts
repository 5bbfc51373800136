/** The quantise stage as `prune` runs it: on the calibration inputs, judged on the evaluation inputs. */

import { loadInputs, loadRealInputs } from "../data/inputs.js";
import { numbersOnly } from "../data/open.js";
import { type DataOptions, scoringOf } from "../evaluation.js";
import type { ImportedModel } from "../import.js";
import { quantiseModel } from "../quantise.js";
import { modelFacts, type RunContext, runModel } from "../runs.js";
import { realOutputs, score } from "../scoring.js";
import type { RangeRule } from "./range.js";

export interface QuantiseOptions extends DataOptions {
  calibration: string;
  quantiseRange: RangeRule;
  equalise: boolean;
}

/** The float model beside the int8 one that was made of it. */
export interface FloatOrigin {
  imported: ImportedModel;
  /** Of the float model, in TFLM's own float kernels; only where there are labels. */
  accuracy?: number;
  /** Of the int8 model with the float one: the share of equal top classes, or how close values are. */
  agreement: number;
}

/**
 * Quantises a float model for the pruning that follows, and compares both in the interpreter on the evaluation inputs, or on
 * the calibration inputs where there are no others.
 *
 * @throws what loading the inputs throws
 */
export async function quantiseForPruning(
  imported: ImportedModel,
  options: QuantiseOptions,
  context: RunContext,
): Promise<{ int8: ImportedModel; float: FloatOrigin }> {
  const facts = await modelFacts(imported, context);
  const input = facts.inputs[0]!;
  const choice = { limit: options.calibrationSamples, seed: options.seed };
  const calibration = await loadRealInputs(options.calibration, input, options, choice, context);
  const int8 = await quantiseModel({
    ...context,
    imported,
    calibration,
    rule: options.quantiseRange,
    equalise: options.equalise,
  });

  const judgedBy = options.eval ?? options.calibration;
  const judgedChoice = options.eval === undefined ? choice : {};
  const judged = await loadRealInputs(judgedBy, input, options, judgedChoice, context);
  const scoring = await scoringOf(imported.model, facts, judged, options);
  const run = await runModel(imported, judged, context);
  const real = realOutputs(run.outputs, facts.outputs[0]!, judged.samples);
  const int8Facts = await modelFacts(int8, context);
  const int8Inputs = await loadInputs(judgedBy, int8Facts.inputs[0]!, numbersOnly(options), judgedChoice);
  const int8Run = await runModel(int8, int8Inputs, context);
  const int8Outputs = realOutputs(int8Run.outputs, int8Facts.outputs[0]!, judged.samples);
  const { accuracy } = score(scoring, real, real);
  return {
    int8,
    float: {
      imported,
      ...(scoring.labels === undefined ? {} : { accuracy }),
      agreement: score(scoring, real, int8Outputs).agreement,
    },
  };
}
