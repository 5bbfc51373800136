/** How much a baseline keeps: it goes from the dense model to a share in one go, and through the same packing, teaching and proof. */

import { figuresOf, referenceOf } from "../budget/figures.js";
import type { ByPath, Candidate, CandidateRequest, Choice } from "../candidate.js";
import { type Compact, compact } from "../compact.js";
import { DtmmError, dtmmError } from "../errors/index.js";
import { scoreModel } from "../evaluation.js";
import { maskedModel } from "../prune.js";
import type { PrunedModel, Storage } from "../pruned-model.js";
import type { RunContext } from "../runs.js";
import { largestShare, smallestShare } from "../search.js";
import type { Masked } from "../unit.js";
import { accuracyDrop } from "../validate.js";
import type { Baseline } from "./open.js";

/** More than the search for a share leaves open. */
const nextShare = 1 / 512;

/** Most times that a share is corrected because fitted weights take a few bytes more. */
const mostCorrections = 8;

function isOutOfReach(error: unknown): boolean {
  return error instanceof DtmmError && error.code === "LIMIT_OUT_OF_REACH";
}

function flashOutOfReach(value: number, left: number) {
  const limit = "the flash limit";
  const binds = "they are what the method leaves alone";
  return dtmmError("LIMIT_OUT_OF_REACH", { limit, value, left, excess: left - value, unit: "bytes", binds });
}

export interface BaselineChoice extends Omit<CandidateRequest, keyof ByPath> {
  masksAt: Baseline;
  storage: Storage | "dense";
  /** Fits what masks leave; absent where the weights are to stay as they were. */
  fitted?: ((masks: readonly Masked[]) => Promise<PrunedModel>) | undefined;
}

/** Shares carried out, each once. */
class Shares {
  private readonly made = new Map<number, Promise<Compact>>();

  constructor(private readonly request: BaselineChoice) {}

  private stored(pruned: PrunedModel): PrunedModel {
    const { storage } = this.request;
    if (storage === "dense") return { ...pruned, layers: [] };
    return { ...pruned, layers: pruned.layers.map((layer) => ({ ...layer, storage })) };
  }

  private masked(share: number): Compact {
    const { masksAt, dense, diet } = this.request;
    return compact(this.stored(maskedModel(dense.model, masksAt(share))), diet);
  }

  /** Bytes of the file before any fitting. */
  bytesAt(share: number): number {
    return this.masked(share).packed.bytes.length;
  }

  at(share: number): Promise<Compact> {
    const { masksAt, fitted, diet } = this.request;
    const known = this.made.get(share);
    if (known !== undefined) return known;
    const made =
      fitted === undefined
        ? Promise.resolve(this.masked(share))
        : fitted(masksAt(share)).then((pruned) => compact(this.stored(pruned), diet));
    this.made.set(share, made);
    return made;
  }
}

/** The largest share whose file fits. */
async function fitting(shares: Shares, flash: number): Promise<number> {
  let share = largestShare((tried) => {
    try {
      return shares.bytesAt(tried) <= flash;
    } catch (error) {
      // Fewer weights than the method can come to: what fits, if anything, is above.
      if (isOutOfReach(error)) return true;
      throw error;
    }
  });
  for (let i = 0; i < mostCorrections; i++) {
    try {
      if ((await shares.at(share)).packed.bytes.length <= flash) break;
    } catch (error) {
      throw isOutOfReach(error) ? flashOutOfReach(flash, shares.bytesAt(share + nextShare)) : error;
    }
    share -= nextShare;
  }
  return share;
}

/**
 * Chooses how much to keep: the share that the user gave, the largest that fits the flash size, or the smallest whose
 * measured accuracy holds.
 *
 * @throws LIMIT_OUT_OF_REACH where no share fits the flash size
 */
export async function chooseBaseline(request: BaselineChoice, context: RunContext): Promise<Choice> {
  const { goal, stopwatch, reference, dense } = request;
  const shares = new Shares(request);
  const holds = async (share: number) => {
    const { accuracy } = await scoreModel((await shares.at(share)).packed, request, context);
    return accuracyDrop(request.baseline.accuracy, accuracy) <= (goal.maxAccuracyDrop ?? 0);
  };
  const wanted = async (): Promise<number> => {
    if (goal.keep !== undefined) {
      const own = referenceOf(dense.model, reference.operators, reference.target);
      return Math.min(1, (goal.keep * reference.weights) / own.weights);
    }
    if (goal.flash !== undefined) return fitting(shares, goal.flash);
    return smallestShare(holds, (done) => context.progress.update(done, "searching"));
  };
  const candidate = await stopwatch.time("prune", async (): Promise<Candidate> => {
    const small = await shares.at(await wanted());
    return { ...small, figures: figuresOf(reference, { ...small, predictedLoss: 0 }) };
  });
  return { candidate, front: [], leftDense: new Map() };
}
