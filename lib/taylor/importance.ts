/** The importance of filterlets and filters as DTMM's authors score it, from labelled samples (docs/taylor.md). */

import { dtmmError } from "../errors/index.js";
import type { TaylorLayer } from "./problem.js";

/** What the units of one layer are worth, in nats of the mean loss. */
export interface TaylorScores {
  /** [filters][positions]. */
  filterlets: Float64Array;
  /** [filters]; a filter is worth the sum of its filterlets. */
  filters: Float64Array;
}

/**
 * Scores every filterlet: the sum over its weights of |w * mean of dL/dw|, the first-order Taylor estimate of what each
 * weight's removal does to the loss. Nothing is normalised, so scores compare across layers.
 *
 * The mean over the samples is taken before the absolute value: gradients of opposite sign cancel across samples, as they
 * do in the authors' code. L is the cross-entropy of one sample's softmax output against its label. The product does
 * not depend on the weight's unit: an int8 weight times the gradient by that int8 is the real weight times its gradient.
 *
 * @param products per layer [filters][positions][channels] (the order of OHWI weights): the sum over all samples of
 *   w * dL/dw, with its sign
 * @param samples how many samples were summed
 */
export function taylorImportance(
  layers: readonly TaylorLayer[],
  products: readonly Float64Array[],
  samples: number,
): TaylorScores[] {
  if (layers.length !== products.length || samples < 1) {
    throw dtmmError("INTERNAL", {
      what: `${products.length} sums of ${samples} samples for ${layers.length} layers`,
    });
  }
  return layers.map((layer, index) => layerScores(layer, products[index]!, samples));
}

function layerScores(layer: TaylorLayer, products: Float64Array, samples: number): TaylorScores {
  const { filters, positions, channels, operator } = layer;
  if (products.length !== filters * positions * channels || !products.every(Number.isFinite)) {
    throw dtmmError("INTERNAL", {
      what: `the gradient sums of operator ${operator} do not fit its weights or are not finite`,
    });
  }
  const scores = { filterlets: new Float64Array(filters * positions), filters: new Float64Array(filters) };
  for (let filterlet = 0; filterlet < filters * positions; filterlet++) {
    let score = 0;
    for (let c = 0; c < channels; c++) score += Math.abs(products[filterlet * channels + c]!);
    scores.filterlets[filterlet] = score / samples;
    scores.filters[Math.floor(filterlet / positions)]! += score / samples;
  }
  return scores;
}
