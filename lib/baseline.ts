/**
 * Methods that prune the dense model to a share in one go, to be held against the product's own: `taylor` and filter
 * pruning by L1 norm. They go through the same packing, teaching and proof.
 */

import { figuresOf, referenceOf } from "./budget/figures.js";
import type { Candidate, CandidateRequest, Choice } from "./candidate.js";
import { compact } from "./compact.js";
import { scoreModel } from "./evaluation.js";
import { filterL1 } from "./narrow/filter-l1.js";
import type { PrunedModel } from "./pruned-model.js";
import type { RunContext } from "./runs.js";
import { largestShare, smallestShare } from "./search.js";
import { openTaylor, type TaylorRequest } from "./taylor/prune.js";
import { accuracyDrop } from "./validate.js";

export type BaselineMethod = "taylor" | "filter-l1";

/** Prunes the dense model to about a share of its weights. */
export type Baseline = (share: number) => PrunedModel;

/** Learns what the method has to know of the dense model. */
export async function openBaseline(method: BaselineMethod, request: TaylorRequest): Promise<Baseline> {
  if (method === "taylor") return openTaylor(request);
  return (share) => ({ model: filterL1(request.model, share).model, layers: [] });
}

type BaselineRequest = Omit<CandidateRequest, "path">;

/**
 * Chooses how much to keep: the share that the user gave, the largest that fits the flash size, or the smallest whose
 * measured accuracy holds.
 */
export async function chooseBaseline(
  request: BaselineRequest,
  baseline: Baseline,
  context: RunContext,
): Promise<Choice> {
  const { goal, diet, stopwatch, reference } = request;
  const packedAt = (share: number) => compact(baseline(share), diet);
  const carryOut = (share: number): Candidate => {
    const small = packedAt(share);
    return { ...small, figures: figuresOf(reference, { ...small, predictedLoss: 0 }) };
  };
  const fits = (share: number) => packedAt(share).packed.bytes.length <= goal.flash!;
  const holds = async (share: number) => {
    const { accuracy } = await scoreModel(packedAt(share).packed, request, context);
    return accuracyDrop(request.baseline.accuracy, accuracy) <= (goal.maxAccuracyDrop ?? 0);
  };
  const candidate = await stopwatch.time("prune", async () => {
    if (goal.keep !== undefined) {
      const own = referenceOf(request.dense.model, reference.operators, reference.target);
      return carryOut(Math.min(1, (goal.keep * reference.weights) / own.weights));
    }
    if (goal.flash !== undefined) return carryOut(largestShare(fits));
    return carryOut(await smallestShare(holds, (done) => context.progress.update(done, "searching")));
  });
  return { candidate, front: [], leftDense: new Map() };
}
