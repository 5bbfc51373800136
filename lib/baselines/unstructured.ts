/**
 * Single weights by magnitude, with the shares of the layers by LAMP: Lee et al., "Layer-adaptive Sparsity for the
 * Magnitude-based Pruning", ICLR 2021. A weight's score is its square over the sum of the squares of its layer's weights that
 * are no smaller, so that every layer's largest weight is worth 1 and no layer dies.
 */

import type { WeightLayer } from "../layers.js";
import type { Masked } from "../unit.js";
import { singleWeight } from "../unit.js";

/** LAMP scores of a layer's dequantised weights, OHWI. */
export function lampScores({ weights, filterScales, geometry }: WeightLayer): Float64Array {
  const perFilter = weights.length / geometry.outputChannels;
  const squares = Float64Array.from(
    weights,
    (weight, i) => (weight * filterScales[Math.floor(i / perFilter)]!) ** 2,
  );
  const descending = Uint32Array.from(squares.keys()).sort((a, b) => squares[b]! - squares[a]! || a - b);
  const scores = new Float64Array(squares.length);
  let sum = 0;
  for (const i of descending) {
    sum += squares[i]!;
    scores[i] = sum > 0 ? squares[i]! / sum : 0;
  }
  return scores;
}

/** Masks that keep the share of all weights with the highest scores; ties fall to the earlier layer and weight. */
export function unstructuredMasks(
  layers: readonly WeightLayer[],
  scores: readonly Float64Array[],
  share: number,
): Masked[] {
  const total = scores.reduce((sum, own) => sum + own.length, 0);
  const all = new Float64Array(total);
  let at = 0;
  const starts = scores.map((own) => {
    all.set(own, at);
    at += own.length;
    return at - own.length;
  });
  const kept = Uint32Array.from(all.keys())
    .sort((a, b) => all[b]! - all[a]! || a - b)
    .subarray(0, Math.floor(share * total));
  const keep = new Uint8Array(total);
  for (const i of kept) keep[i] = 1;
  return layers.map((layer, l) => ({
    layer,
    unit: singleWeight,
    keep: keep.slice(starts[l]!, starts[l]! + scores[l]!.length),
  }));
}
