/**
 * The schedule stage: which groups of weights go, over all filters of all layers at once.
 *
 * Every bundle of filters has a loss curve (see `importance.ts`): the predicted loss after its cheapest 1, 2, ... groups
 * are gone. On the lower convex hull of the curves, taking the steepest savings first is the optimum of the
 * multiple-choice knapsack up to its last item (Sinha and Zoltners, "The multiple-choice knapsack problem", 1979). One
 * sorted list of hull segments therefore holds the best choice for every budget. What a budget counts, weights or a mix of
 * weights and cycles, is the list's currency.
 */

import type { LayerCurves } from "./importance.js";
import { bundles, groupOffsets, type Masked } from "./unit.js";

/** One hull segment: bundle `row` of layer `layer` goes from `from` to `to` further removed groups. */
interface Segment {
  layer: number;
  row: number;
  from: number;
  to: number;
  /** Weights that leave. */
  weights: number;
  /** What they cost in the frontier's currency. */
  cost: number;
  /** Predicted loss per unit of the currency. */
  slope: number;
}

/** What a weight of a layer costs, and whether the layer may lose any. */
export interface LayerPrice {
  perWeight: number;
  /** The layer stays as it is; its weights count all the same. */
  frozen: boolean;
}

/** One price per layer. */
export type Currency = readonly LayerPrice[];

/** The currency of sizes: every weight costs one, none is frozen. */
export function plainCurrency(layers: readonly unknown[]): Currency {
  return layers.map(() => ({ perWeight: 1, frozen: false }));
}

/** Which groups of every layer stay. */
export interface Schedule {
  /** One mask per layer, [bundles][groups], 1 = stays. */
  keep: Uint8Array[];
  keptWeights: number;
  /** Sum of the loss curves at the chosen points. */
  predictedLoss: number;
}

/** All hull segments of all bundles, cheapest loss per unit of the currency first. */
export interface Frontier {
  layers: LayerCurves[];
  segments: Segment[];
  /** Weights that are there before any of the segments is taken. */
  keptWeights: number;
  /** What they cost in the currency. */
  keptCost: number;
}

/** Number of filters in a bundle; the last one may be smaller. */
function filtersIn({ unit, layer }: Masked, row: number): number {
  return Math.min(unit.filters, layer.geometry.outputChannels - row * unit.filters);
}

/** Weights of every group of one bundle. */
function groupWeights(state: Masked, row: number): Int32Array {
  const offsets = groupOffsets(state.unit, state.layer);
  const filters = filtersIn(state, row);
  return offsets.slice(1).map((end, group) => filters * (end - offsets[group]!));
}

/** Weights of a layer's kept groups. */
export function keptWeights(state: Masked): number {
  let kept = 0;
  for (let row = 0; row < bundles(state.unit, state.layer); row++) {
    const sizes = groupWeights(state, row);
    sizes.forEach((size, group) => {
      kept += state.keep[row * sizes.length + group]! * size;
    });
  }
  return kept;
}

/** What the kept weights of all layers cost in a currency. */
export function keptCost(states: readonly Masked[], currency: Currency): number {
  return states.reduce((sum, state, i) => sum + currency[i]!.perWeight * keptWeights(state), 0);
}

/** Segments of the lower convex hull of one bundle's curve, in the order in which they must be taken. */
function hullSegments(
  layer: number,
  row: number,
  removed: number[],
  loss: Float64Array,
  perWeight: number,
): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  while (from < removed.length - 1) {
    let to = from + 1;
    let slope = Number.POSITIVE_INFINITY;
    for (let candidate = from + 1; candidate < removed.length; candidate++) {
      const weights = removed[candidate]! - removed[from]!;
      const candidateSlope = (loss[candidate]! - loss[from]!) / weights;
      if (candidateSlope <= slope) {
        slope = candidateSlope;
        to = candidate;
      }
    }
    const weights = removed[to]! - removed[from]!;
    segments.push({ layer, row, from, to, weights, cost: weights * perWeight, slope: slope / perWeight });
    from = to;
  }
  return segments;
}

/** Sorts the hull segments of every bundle; ties fall to the earlier layer and bundle, so the order is one. */
export function buildFrontier(layers: LayerCurves[], currency = plainCurrency(layers)): Frontier {
  const segments: Segment[] = [];
  layers.forEach(({ state, order, loss }, index) => {
    const { perWeight, frozen } = currency[index]!;
    if (frozen) return;
    const groups = groupOffsets(state.unit, state.layer).length - 1;
    for (let row = 0; row < bundles(state.unit, state.layer); row++) {
      const sizes = groupWeights(state, row);
      const removed = [0];
      for (let step = 0; step < groups; step++) {
        const group = order[row * groups + step]!;
        if (group < 0) break;
        removed.push(removed.at(-1)! + sizes[group]!);
      }
      segments.push(...hullSegments(index, row, removed, loss.subarray(row * (groups + 1)), perWeight));
    }
  });
  segments.sort((a, b) => a.slope - b.slope || a.layer - b.layer || a.row - b.row || a.from - b.from);
  const states = layers.map(({ state }) => state);
  return {
    layers,
    segments,
    keptWeights: states.reduce((sum, state) => sum + keptWeights(state), 0),
    keptCost: keptCost(states, currency),
  };
}

/**
 * The schedule that keeps at least so much at the least predicted loss.
 *
 * @param atLeast what may not be undercut, in the frontier's currency: weights in the plain one
 */
export function schedule(frontier: Frontier, atLeast: number): Schedule {
  const removed = frontier.layers.map(({ state }) => new Int32Array(bundles(state.unit, state.layer)));
  // Sums of fractions: the last bit must not decide whether the last segment fits.
  const tolerance = 1e-9 * frontier.keptCost;
  let kept = frontier.keptWeights;
  let cost = frontier.keptCost;
  let predictedLoss = 0;
  for (const segment of frontier.segments) {
    // A bundle's segments must be taken in order; one that does not fit closes the bundle.
    const inOrder = removed[segment.layer]![segment.row]! === segment.from;
    if (cost - segment.cost < atLeast - tolerance || !inOrder) continue;
    removed[segment.layer]![segment.row] = segment.to;
    kept -= segment.weights;
    cost -= segment.cost;
    predictedLoss += segment.slope * segment.cost;
  }
  const keep = frontier.layers.map(({ state, order }, index) => {
    const mask = Uint8Array.from(state.keep);
    const groups = mask.length / removed[index]!.length;
    removed[index]!.forEach((count, row) => {
      for (let step = 0; step < count; step++) mask[row * groups + order[row * groups + step]!] = 0;
    });
    return mask;
  });
  return { keep, keptWeights: kept, predictedLoss };
}
