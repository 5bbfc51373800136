/**
 * The schedule stage: which filterlets go, over all filters of all layers at once.
 *
 * Every filter has a loss curve (see `importance.ts`): the predicted loss after its cheapest 1, 2, ... filterlets are
 * gone. On the lower convex hull of the curves, taking the steepest savings first is the optimum of the multiple-choice
 * knapsack up to its last item (Sinha and Zoltners, "The multiple-choice knapsack problem", 1979). One sorted list of
 * hull segments therefore holds the best choice for every budget.
 */

import type { Importance, LayerImportance } from "./importance.js";

/** One hull segment: filter `row` of layer `layer` goes from `from` to `to` removed filterlets. */
interface Segment {
  layer: number;
  row: number;
  from: number;
  to: number;
  /** Weights that leave. */
  weights: number;
  /** Predicted loss per weight. */
  slope: number;
}

/** Which filterlets of one layer stay. */
export interface LayerSchedule {
  /** Index of the operator in the main subgraph. */
  operator: number;
  /** [filters][groups], 1 = stays. */
  keep: Uint8Array;
  keptWeights: number;
  weights: number;
}

export interface Schedule {
  layers: LayerSchedule[];
  /** Share of the prunable weights that stay, 0..1. */
  keptShare: number;
  /** Sum of the loss curves at the chosen points. */
  predictedLoss: number;
}

/** All hull segments of all filters, cheapest loss per weight first. */
export interface Frontier {
  importance: Importance;
  segments: Segment[];
  weights: number;
}

/** Segments of the lower convex hull of one filter's curve, in the order in which they must be taken. */
function hullSegments(layer: number, row: number, loss: Float64Array, groupSize: number): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  while (from < loss.length - 1) {
    let to = from + 1;
    let slope = Number.POSITIVE_INFINITY;
    for (let candidate = from + 1; candidate < loss.length; candidate++) {
      const candidateSlope = (loss[candidate]! - loss[from]!) / ((candidate - from) * groupSize);
      if (candidateSlope <= slope) {
        slope = candidateSlope;
        to = candidate;
      }
    }
    segments.push({ layer, row, from, to, weights: (to - from) * groupSize, slope });
    from = to;
  }
  return segments;
}

/** Sorts the hull segments of every filter; ties fall to the earlier layer and filter, so the order is one. */
export function buildFrontier(importance: Importance): Frontier {
  const segments: Segment[] = [];
  let weights = 0;
  importance.layers.forEach((layer, index) => {
    const points = layer.groups + 1;
    for (let row = 0; row < layer.filters; row++) {
      const loss = layer.loss.subarray(row * points, (row + 1) * points);
      segments.push(...hullSegments(index, row, loss, layer.groupSize));
    }
    weights += layer.filters * layer.groups * layer.groupSize;
  });
  segments.sort((a, b) => a.slope - b.slope || a.layer - b.layer || a.row - b.row || a.from - b.from);
  return { importance, segments, weights };
}

function layerSchedule(layer: LayerImportance, removed: Int32Array): LayerSchedule {
  const keep = new Uint8Array(layer.filters * layer.groups).fill(1);
  let keptGroups = keep.length;
  for (let row = 0; row < layer.filters; row++) {
    for (let step = 0; step < removed[row]!; step++) {
      keep[row * layer.groups + layer.order[row * layer.groups + step]!] = 0;
      keptGroups--;
    }
  }
  return {
    operator: layer.operator,
    keep,
    keptWeights: keptGroups * layer.groupSize,
    weights: keep.length * layer.groupSize,
  };
}

/**
 * The schedule that removes at most `1 - keepShare` of the prunable weights at the least predicted loss.
 *
 * @param keepShare share of the prunable weights that may not be undercut, 0..1
 */
export function schedule(frontier: Frontier, keepShare: number): Schedule {
  const budget = (1 - keepShare) * frontier.weights + 1e-6;
  const { layers } = frontier.importance;
  const removed = layers.map((layer) => new Int32Array(layer.filters));
  let cut = 0;
  let predictedLoss = 0;
  for (const segment of frontier.segments) {
    // A filter's segments must be taken in order; one that does not fit closes the filter.
    if (cut + segment.weights > budget || removed[segment.layer]![segment.row]! !== segment.from) continue;
    removed[segment.layer]![segment.row] = segment.to;
    cut += segment.weights;
    predictedLoss += segment.slope * segment.weights;
  }
  return {
    layers: layers.map((layer, index) => layerSchedule(layer, removed[index]!)),
    keptShare: frontier.weights === 0 ? 1 : 1 - cut / frontier.weights,
    predictedLoss,
  };
}
