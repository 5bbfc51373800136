/** One try of the search: a point of the path packed, and the choice of the try that becomes the result. */

import type { DenseBaseline, Evaluation } from "./evaluation.js";
import type { TensorFacts } from "./native/addon-types.js";
import type { DietStep } from "./pack/diet-steps.js";
import { type PackedModel, pack } from "./pack/index.js";
import { maskedModel, type PathPoint, type PrunePath, prunedModel } from "./prune.js";
import type { PrunedModel } from "./pruned-model.js";
import { type RunContext, runModel, type WrittenModel } from "./runs.js";
import { realOutputs, score } from "./scoring.js";
import { largestShare, smallestShare } from "./search.js";
import type { Stopwatch } from "./stopwatch.js";
import { accuracyDrop, type Limits } from "./validate.js";

export interface Candidate {
  point: PathPoint;
  pruned: PrunedModel;
  packed: PackedModel;
}

/** How the result is chosen: a share or a file size given by the user, or the accuracy that must hold. */
export interface Goal extends Limits {
  keep?: number | undefined;
}

export interface CandidateRequest {
  dense: WrittenModel;
  path: PrunePath;
  diet: readonly DietStep[];
  goal: Goal;
  output: TensorFacts;
  evaluation: Evaluation;
  baseline: DenseBaseline;
  stopwatch: Stopwatch;
}

/** Packs a point of the path; not yet judged. */
async function carryOut(request: CandidateRequest, share: number, context: RunContext): Promise<Candidate> {
  const { stopwatch, dense, path, diet } = request;
  const point = await stopwatch.time("prune", () =>
    path.to(share, (done) => context.progress.update(done, `keeping ${(100 * share).toFixed(1)} %`)),
  );
  const pruned = prunedModel(dense.model, point);
  const packed = await stopwatch.time("pack", () => pack(pruned, diet));
  return { point, pruned, packed };
}

/** Points of accuracy that the packed model loses on the evaluation inputs, as the interpreter measures it. */
async function measuredDrop(
  request: CandidateRequest,
  packed: PackedModel,
  context: RunContext,
): Promise<number> {
  const { evaluation, baseline } = request;
  const quiet = { ...context, progress: { update: () => undefined, done: () => undefined } };
  const run = await request.stopwatch.time("validate", () => runModel(packed, evaluation.samples, quiet));
  const outputs = realOutputs(run.outputs, request.output, evaluation.samples.samples);
  const { accuracy } = score(evaluation.scoring, baseline.outputs, outputs);
  return accuracyDrop(baseline.accuracy, accuracy);
}

/**
 * Chooses how much to keep and carries it out: the share that the user gave; the largest that fits the flash size; else
 * the smallest whose measured accuracy holds.
 */
export async function chooseCandidate(request: CandidateRequest, context: RunContext): Promise<Candidate> {
  const { goal, stopwatch, path, dense, diet } = request;
  if (goal.keep !== undefined) return carryOut(request, goal.keep, context);
  if (goal.flash !== undefined) {
    const flash = goal.flash;
    const share = await stopwatch.time("schedule", async () => {
      const { states, masksAt } = await path.forecast();
      const fits = (kept: number) =>
        pack(maskedModel(dense.model, states, masksAt(kept)), diet).bytes.length <= flash;
      return largestShare(fits);
    });
    return carryOut(request, share, context);
  }
  const limit = goal.maxAccuracyDrop ?? 0;
  const tried = new Map<number, Candidate>();
  const passes = async (share: number) => {
    const candidate = await carryOut(request, share, context);
    tried.set(share, candidate);
    return (await measuredDrop(request, candidate.packed, context)) <= limit;
  };
  const share = await smallestShare(passes, (done) => context.progress.update(done, "searching"));
  return tried.get(share) ?? carryOut(request, share, context);
}
