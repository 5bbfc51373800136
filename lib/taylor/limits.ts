/** The limits of a `taylor` schedule: how far each layer may be pruned, and whether the budget can be met at all. */

import { dtmmError } from "../errors/index.js";
import { cutsOf, denseWeights, keptWeights, layerFlashBytes, total } from "./cost.js";
import { peakActivations } from "./memory.js";
import type { LayerCut, Shares, TaylorLimits, TaylorProblem } from "./problem.js";

/** Share of the scores that are at most `limit`; one unit of a layer always stays. */
function shareWithin(scores: Float64Array, limit: number): number {
  let count = 0;
  for (const score of scores) if (score <= limit) count++;
  return Math.min(count, scores.length - 1) / scores.length;
}

/**
 * The most that every layer may lose under an importance limit. `alpha` here bounds alpha + beta; a layer whose filters
 * cannot leave has 0 in `beta`.
 */
export function sharesWithin({ layers, scores }: TaylorProblem, limit: number): Shares {
  return {
    alpha: Float64Array.from(scores, ({ filterlets }) => shareWithin(filterlets, limit)),
    beta: Float64Array.from(scores, ({ filters }, l) =>
      layers[l]!.removal === undefined ? 0 : shareWithin(filters, limit),
    ),
  };
}

/** Shares brought into the bounds, filters first. */
export function clip({ alpha, beta }: Shares, bounds: Shares): Shares {
  const clipped = { alpha: new Float64Array(alpha.length), beta: new Float64Array(beta.length) };
  for (let l = 0; l < alpha.length; l++) {
    clipped.beta[l] = Math.min(Math.max(beta[l]!, 0), bounds.beta[l]!);
    clipped.alpha[l] = Math.min(Math.max(alpha[l]!, 0), bounds.alpha[l]! - clipped.beta[l]!);
  }
  return clipped;
}

/** Whether the activations fit once the cuts are made. */
export function memoryFits({ memory }: TaylorLimits, cuts: readonly LayerCut[]): boolean {
  return memory === undefined || peakActivations(memory.steps, cuts).bytes <= memory.bytes;
}

/** The budget as a figure of the layers and its limit. */
function budgetOf({ layers, limits: { budget } }: TaylorProblem) {
  if ("flashBytes" in budget) {
    return { name: "the flash budget", figure: layerFlashBytes, limit: budget.flashBytes, unit: "bytes" };
  }
  const weights = layers.reduce((sum, layer) => sum + denseWeights(layer), 0);
  const limit = Math.floor(budget.keepShare * weights + 1e-6);
  return { name: "the budget", figure: keptWeights, limit, unit: "weights" };
}

/** Whether the cuts meet the budget and the memory limit. */
export function fits(problem: TaylorProblem, cuts: readonly LayerCut[]): boolean {
  const { figure, limit } = budgetOf(problem);
  return total(figure, problem.layers, cuts) <= limit && memoryFits(problem.limits, cuts);
}

/**
 * The lowest importance limit under which budget and memory limit can be met, found by bisection over all scores.
 *
 * @throws LIMIT_OUT_OF_REACH where pruning everything but one unit of each layer does not do
 */
export function tightestImportance(problem: TaylorProblem): number {
  const scores = problem.scores.flatMap(({ filterlets, filters }) => [...filterlets, ...filters]);
  const candidates = Float64Array.from(new Set([0, ...scores])).sort();
  checkReachable(problem, candidates.at(-1)!);
  let low = -1;
  let high = candidates.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const cuts = cutsOf(problem.layers, clipAll(sharesWithin(problem, candidates[middle]!)));
    if (fits(problem, cuts)) high = middle;
    else low = middle;
  }
  return candidates[high]!;
}

/** Everything the bounds allow: all removable filters, and filterlets up to the bound. */
function clipAll(bounds: Shares): Shares {
  const everything = { alpha: bounds.alpha.map(() => 1), beta: bounds.beta.map(() => 1) };
  return clip(everything, bounds);
}

/**
 * Checks that the limits can be met with all pruned that an importance limit allows.
 *
 * @throws LIMIT_OUT_OF_REACH with what is left then, and the operator that holds most of it
 */
export function checkReachable(problem: TaylorProblem, importance: number): void {
  const { layers, limits } = problem;
  const cuts = cutsOf(layers, clipAll(sharesWithin(problem, importance)));
  const { name, figure, limit, unit } = budgetOf(problem);
  const left = total(figure, layers, cuts);
  if (left > limit) {
    const parts = layers.map((_, l) => figure(layers, cuts, l));
    const largest = layers[parts.indexOf(Math.max(...parts))]!;
    throw outOfReach(name, limit, left, unit, largest.operator);
  }
  if (limits.memory === undefined) return;
  const peak = peakActivations(limits.memory.steps, cuts);
  if (peak.bytes > limits.memory.bytes) {
    const left = Math.ceil(peak.bytes);
    throw outOfReach("the limit for activations", limits.memory.bytes, left, "bytes", peak.operator);
  }
}

function outOfReach(limit: string, value: number, left: number, unit: string, operator: number) {
  const binds = `most of them at operator ${operator}`;
  return dtmmError("LIMIT_OUT_OF_REACH", { limit, value, left, excess: left - value, unit, binds });
}
