/** What an error at the output of a layer costs, from squared gradients along random directions (`native/fisher.h`). */

import type { WeightLayer } from "./layers.js";

/** Random directions in all, about: few samples get more each. */
const directions = 2048;
const mostDraws = 8;

/** Random directions per sample. */
export function drawsFor(samples: number): number {
  return Math.min(mostDraws, Math.ceil(directions / samples));
}

/**
 * Per filter, what a squared error of the filter's accumulator costs: in divergence of the softened classes, or half the
 * squared error of outputs that are values.
 *
 * @param squaredGradients by the filters' real outputs, summed over all directions
 * @param count how many directions
 */
export function pricesOf(layer: WeightLayer, squaredGradients: Float64Array, count: number): Float64Array {
  return squaredGradients.map((squared, filter) => {
    const unit = layer.inputScale * layer.filterScales[filter]!;
    return 0.5 * (squared / count) * unit * unit;
  });
}
