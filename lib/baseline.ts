/**
 * Methods that prune the dense model to a share in one go, to be held against the product's own: `taylor` and filter
 * pruning by L1 norm. They go through the same packing, teaching and proof.
 */

import type { Figures } from "./budget/figures.js";
import type { Candidate, CandidateRequest, Choice } from "./candidate.js";
import { scoreModel } from "./evaluation.js";
import { latencyModel } from "./latency.js";
import { weightLayers } from "./layers.js";
import { filterL1 } from "./narrow/filter-l1.js";
import { type PackedModel, pack } from "./pack/index.js";
import { keptByLayer, type PrunedModel } from "./pruned-model.js";
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

function figuresOf({ dense, target }: BaselineRequest, pruned: PrunedModel, packed: PackedModel): Figures {
  const kept = keptByLayer(pruned);
  const all = weightLayers(dense.model).reduce((sum, { weights }) => sum + weights.length, 0);
  const own = latencyModel(pruned.model, target);
  const shares = pruned.layers
    .filter(({ operator }) => packed.layers.some((layer) => layer.operator === operator && layer.op))
    .map(({ operator, layer, unit }) => ({ layer, unit, keptWeights: kept.get(operator)! }));
  return {
    keptWeights: [...kept.values()].reduce((sum, weights) => sum + weights, 0) / all,
    bytes: packed.bytes.length,
    latency: (own.ratio(shares) * own.dense) / latencyModel(dense.model, target).dense,
    predictedLoss: 0,
  };
}

/**
 * Chooses how much to keep: the share that the user gave, the largest that fits the flash size, or the smallest whose
 * measured accuracy holds.
 */
export async function chooseBaseline(
  request: BaselineRequest,
  baseline: Baseline,
  context: RunContext,
): Promise<Choice> {
  const { goal, diet, stopwatch } = request;
  const carryOut = (share: number): Candidate => {
    const pruned = baseline(share);
    const packed = pack(pruned, diet);
    return { pruned, packed, figures: figuresOf(request, pruned, packed) };
  };
  const fits = (share: number) => pack(baseline(share), diet).bytes.length <= goal.flash!;
  const holds = async (share: number) => {
    const { accuracy } = await scoreModel(pack(baseline(share), diet), request, context);
    return accuracyDrop(request.baseline.accuracy, accuracy) <= (goal.maxAccuracyDrop ?? 0);
  };
  const candidate = await stopwatch.time("prune", async () => {
    if (goal.keep !== undefined) return carryOut(goal.keep);
    if (goal.flash !== undefined) return carryOut(largestShare(fits));
    return carryOut(await smallestShare(holds, (done) => context.progress.update(done, "searching")));
  });
  return { candidate, front: [], leftDense: new Set() };
}
