/** The schedule stage of the `taylor` method: which filterlets go, as DTMM's authors choose them (docs/taylor.md). */

import { Random } from "../data/random.js";
import { dtmmError } from "../errors/index.js";
import { type AnnealingPlan, anneal, authorsPlan } from "./anneal.js";
import { cutsOf, denseWeights, keptMacs, keptWeights, layerFlashBytes, total } from "./cost.js";
import type { TaylorScores } from "./importance.js";
import { checkReachable, sharesWithin, tightestImportance } from "./limits.js";
import type { LayerCut, TaylorLayer, TaylorProblem } from "./problem.js";

/** Which filterlets of one layer stay. */
export interface TaylorLayerSchedule {
  operator: number;
  /** [filters][positions], 1 = stays. */
  keep: Uint8Array;
  /** Weights that stay, without the input channels that removed filters of the layer's source no longer write. */
  keptWeights: number;
  weights: number;
  /** The two shares, as they were found. */
  alpha: number;
  beta: number;
}

export interface TaylorSchedule {
  layers: TaylorLayerSchedule[];
  /** Share of the layers' weights that stay, 0..1. */
  keptShare: number;
  flashBytes: number;
  /** Predicted, relative to the dense model. */
  latency: number;
  /** The importance limit that was kept. */
  importance: number;
}

/** Indices of the scores, lowest first; ties fall to the earlier one. */
function ascending(scores: Float64Array): number[] {
  return Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]! || a - b);
}

/** The lowest filters whole, then the lowest filterlets of the other filters. */
function maskOf(layer: TaylorLayer, scores: TaylorScores, cut: LayerCut): Uint8Array {
  const { positions } = layer;
  const keep = new Uint8Array(layer.filters * positions).fill(1);
  for (const filter of ascending(scores.filters).slice(0, cut.filters)) {
    keep.fill(0, filter * positions, (filter + 1) * positions);
  }
  const single = cut.filterlets - cut.filters * positions;
  const candidates = ascending(scores.filterlets).filter((filterlet) => keep[filterlet] === 1);
  for (const filterlet of candidates.slice(0, single)) keep[filterlet] = 0;
  return keep;
}

function checkShapes({ layers, scores }: TaylorProblem): void {
  layers.forEach((layer, l) => {
    const { filters, positions, channels, source, operator } = layer;
    const from = source === undefined ? undefined : layers[source];
    const linked = source === undefined || (from?.removal !== undefined && from.filters === channels);
    const fitting =
      scores[l]?.filters.length === filters && scores[l].filterlets.length === filters * positions;
    if (!linked || !fitting) {
      throw dtmmError("INTERNAL", { what: `scores or source of operator ${operator} do not fit its shape` });
    }
  });
}

/**
 * Finds the two shares of every layer by simulated annealing and turns them into masks. One seed gives one result.
 *
 * @throws LIMIT_OUT_OF_REACH where the limits cannot be met, within the importance limit if one is given
 */
export function taylorSchedule(
  problem: TaylorProblem,
  seed: number,
  plan: AnnealingPlan = authorsPlan,
): TaylorSchedule {
  const { layers, scores, limits } = problem;
  checkShapes(problem);
  if (limits.importance !== undefined) checkReachable(problem, limits.importance);
  const importance = limits.importance ?? tightestImportance(problem);
  const shares = anneal(problem, sharesWithin(problem, importance), plan, new Random(seed));
  const cuts = cutsOf(layers, shares);
  const weights = layers.reduce((sum, layer) => sum + denseWeights(layer), 0);
  return {
    layers: layers.map((layer, l) => ({
      operator: layer.operator,
      keep: maskOf(layer, scores[l]!, cuts[l]!),
      keptWeights: keptWeights(layers, cuts, l),
      weights: denseWeights(layer),
      alpha: shares.alpha[l]!,
      beta: shares.beta[l]!,
    })),
    keptShare: total(keptWeights, layers, cuts) / weights,
    flashBytes: total(layerFlashBytes, layers, cuts),
    latency: (problem.latency ?? keptMacs)(layers, cuts),
    importance,
  };
}
