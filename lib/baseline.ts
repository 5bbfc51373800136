/**
 * Methods that prune the dense model to a share in one go, to be held against the product's own: `taylor` and filter
 * pruning by L1 norm. They go through the same packing, teaching and proof.
 */

import { figuresOf, referenceOf } from "./budget/figures.js";
import type { Candidate, CandidateRequest, Choice } from "./candidate.js";
import { compact } from "./compact.js";
import { DtmmError, dtmmError } from "./errors/index.js";
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

/** More than the search for a share leaves open. */
const nextShare = 1 / 512;

function isOutOfReach(error: unknown): boolean {
  return error instanceof DtmmError && error.code === "LIMIT_OUT_OF_REACH";
}

function flashOutOfReach(value: number, left: number) {
  const limit = "the flash limit";
  const binds = "they are what the method leaves alone";
  return dtmmError("LIMIT_OUT_OF_REACH", { limit, value, left, excess: left - value, unit: "bytes", binds });
}

type BaselineRequest = Omit<CandidateRequest, "path">;

/**
 * Chooses how much to keep: the share that the user gave, the largest that fits the flash size, or the smallest whose
 * measured accuracy holds.
 *
 * @throws LIMIT_OUT_OF_REACH where no share fits the flash size
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
  const bytesAt = (share: number) => packedAt(share).packed.bytes.length;
  const fitting = (flash: number): Candidate => {
    const share = largestShare((tried) => {
      try {
        return bytesAt(tried) <= flash;
      } catch (error) {
        // Fewer weights than the method can come to: what fits, if anything, is above.
        if (isOutOfReach(error)) return true;
        throw error;
      }
    });
    try {
      return carryOut(share);
    } catch (error) {
      throw isOutOfReach(error) ? flashOutOfReach(flash, bytesAt(share + nextShare)) : error;
    }
  };
  const holds = async (share: number) => {
    const { accuracy } = await scoreModel(packedAt(share).packed, request, context);
    return accuracyDrop(request.baseline.accuracy, accuracy) <= (goal.maxAccuracyDrop ?? 0);
  };
  const candidate = await stopwatch.time("prune", async () => {
    if (goal.keep !== undefined) {
      const own = referenceOf(request.dense.model, reference.operators, reference.target);
      return carryOut(Math.min(1, (goal.keep * reference.weights) / own.weights));
    }
    if (goal.flash !== undefined) return fitting(goal.flash);
    return carryOut(await smallestShare(holds, (done) => context.progress.update(done, "searching")));
  });
  return { candidate, front: [], leftDense: new Map() };
}
