/** One try of the search: a schedule carried out and packed, and the choice of the try that becomes the result. */

import type { DenseBaseline, Evaluation } from "./evaluation.js";
import type { Importance } from "./importance.js";
import type { TensorFacts } from "./native/addon-types.js";
import type { DietStep } from "./pack/diet-steps.js";
import { type PackedModel, pack } from "./pack/index.js";
import { maskOnly, type PrunedModel, prune } from "./prune.js";
import { type RunContext, runModel, type WrittenModel } from "./runs.js";
import { buildFrontier, type Frontier, type Schedule, schedule } from "./schedule.js";
import { realOutputs, score } from "./scoring.js";
import { largestShare, smallestShare } from "./search.js";
import type { Stopwatch } from "./stopwatch.js";
import { accuracyDrop, type Limits } from "./validate.js";

export interface Candidate {
  schedule: Schedule;
  pruned: PrunedModel;
  packed: PackedModel;
}

/** How the result is chosen: a share or a file size given by the user, or the accuracy that must hold. */
export interface Goal extends Limits {
  keep?: number | undefined;
}

export interface CandidateRequest {
  dense: WrittenModel;
  importance: Importance;
  diet: readonly DietStep[];
  goal: Goal;
  output: TensorFacts;
  evaluation: Evaluation;
  baseline: DenseBaseline;
  stopwatch: Stopwatch;
}

/** Carries out one schedule: re-fitted, packed, not yet judged. */
async function carryOut(request: CandidateRequest, frontier: Frontier, share: number, context: RunContext) {
  const { stopwatch, importance, dense } = request;
  const chosen = await stopwatch.time("schedule", () => schedule(frontier, share));
  const pruned = await stopwatch.time("prune", () =>
    prune(dense.model, importance, chosen, context.pool, context.signal),
  );
  const packed = await stopwatch.time("pack", () => pack(pruned, request.diet));
  return { schedule: chosen, pruned, packed };
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

/** The largest share whose file fits; masks alone decide the size, so nothing is re-fitted on the way. */
function shareForFlash(request: CandidateRequest, frontier: Frontier, flash: number): number {
  const { dense, importance, diet } = request;
  return largestShare((share) => {
    const masked = maskOnly(dense.model, importance, schedule(frontier, share));
    return pack(masked, diet).bytes.length <= flash;
  });
}

/**
 * Chooses how much to keep and carries it out: the share that the user gave; the largest that fits the flash size; else
 * the smallest whose measured accuracy holds.
 */
export async function chooseCandidate(request: CandidateRequest, context: RunContext): Promise<Candidate> {
  const { goal, stopwatch } = request;
  const frontier = await stopwatch.time("schedule", () => buildFrontier(request.importance));
  if (goal.keep !== undefined) return carryOut(request, frontier, goal.keep, context);
  if (goal.flash !== undefined) {
    const flash = goal.flash;
    const share = await stopwatch.time("schedule", () => shareForFlash(request, frontier, flash));
    return carryOut(request, frontier, share, context);
  }
  const limit = goal.maxAccuracyDrop ?? 0;
  const tried = new Map<number, Candidate>();
  const passes = async (share: number) => {
    const candidate = await carryOut(request, frontier, share, context);
    tried.set(share, candidate);
    return (await measuredDrop(request, candidate.packed, context)) <= limit;
  };
  const share = await smallestShare(passes, (done) => context.progress.update(done, "searching"));
  return tried.get(share) ?? carryOut(request, frontier, share, context);
}
