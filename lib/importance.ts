/**
 * The importance stage: what every group of weights is worth.
 *
 * Removing groups greedily by group optimal brain surgeon on H, the second moments of a layer's inputs, costs so much
 * squared output error; times half the squared gradient that is loss, one currency for all layers.
 */

import type { WeightLayer } from "./layers.js";
import type { CutFilters, LayerInputs, LayerMoments, LayerProblem } from "./native/addon-types.js";
import type { WorkerPool } from "./native/pool.js";
import type { LayerStatistics } from "./statistics.js";
import { bundles, groupOffsets, type PruningUnit } from "./unit.js";

/** A layer on its way from dense to pruned. */
export interface LayerState {
  layer: WeightLayer;
  unit: PruningUnit;
  /** [bundles][groups], 1 = still there. */
  keep: Uint8Array;
  /** [filters][order]: weights and, last, the bias, in units of the dense layer's integers; fractions once re-fitted. */
  weights: Float64Array;
  /** Of the inputs that the layer reads in the network as pruned so far. */
  moments: LayerMoments;
  /** See `LayerStatistics`. */
  prices: Float64Array;
}

/** The loss curves of one layer's bundles. */
export interface LayerCurves {
  state: LayerState;
  /** [bundles][groups]: what goes first, second, ...; -1 once all are gone. */
  order: Int32Array;
  /** [bundles][groups + 1]: predicted loss after so many removals, in nats per sample. */
  loss: Float64Array;
}

/** A range of filters; `firstBundle` and `lastBundle` are the bundles that they make up. */
export interface RowRange {
  first: number;
  last: number;
  firstBundle: number;
  lastBundle: number;
}

/** Splits a layer's filters into jobs of about the same size, at most `most` filters, that cut no bundle. */
export function rowRanges(filters: number, bundle: number, most: number): RowRange[] {
  const even = filters / Math.ceil(filters / most);
  const step = Math.ceil(even / bundle) * bundle;
  return Array.from({ length: Math.ceil(filters / step) }, (_, i) => {
    const first = i * step;
    const last = Math.min(filters, first + step);
    return { first, last, firstBundle: first / bundle, lastBundle: Math.ceil(last / bundle) };
  });
}

/** Weights and, last, the bias of every filter of the dense layer. */
function denseWeights({ weights, bias, geometry }: WeightLayer): Float64Array {
  const patch = weights.length / geometry.outputChannels;
  const all = new Float64Array(geometry.outputChannels * (patch + 1));
  for (let filter = 0; filter < geometry.outputChannels; filter++) {
    all.set(weights.subarray(filter * patch, (filter + 1) * patch), filter * (patch + 1));
    all[filter * (patch + 1) + patch] = bias[filter]!;
  }
  return all;
}

/** The dense layer, cut into groups. */
export function denseState({ layer, moments, prices }: LayerStatistics, unit: PruningUnit): LayerState {
  const groups = groupOffsets(unit, layer).length - 1;
  const keep = new Uint8Array(bundles(unit, layer) * groups).fill(1);
  return { layer, unit, keep, weights: denseWeights(layer), moments, prices };
}

function inputsOf({ layer, weights, moments }: LayerState): LayerInputs {
  const order = weights.length / layer.geometry.outputChannels;
  return { order, moments: moments.sums, count: moments.count };
}

function cutOf({ layer, unit, keep, weights }: LayerState, range: RowRange): CutFilters {
  const order = weights.length / layer.geometry.outputChannels;
  const offsets = groupOffsets(unit, layer);
  const groups = offsets.length - 1;
  return {
    weights: weights.slice(range.first * order, range.last * order),
    rows: range.last - range.first,
    offsets,
    bundle: unit.filters,
    keep: keep.slice(range.firstBundle * groups, range.lastBundle * groups),
  };
}

/** The layer's least-squares problem for a range of filters. */
export function layerProblem(state: LayerState, range: RowRange): LayerProblem {
  return { ...inputsOf(state), ...cutOf(state, range) };
}

/** Filters per job at most: enough that inverting what the layer reads, once per job, takes little of it. */
const rowsPerJob = 48;

/** Loss curves of one layer. */
export async function importance(
  state: LayerState,
  pool: WorkerPool,
  signal: AbortSignal,
): Promise<LayerCurves> {
  const { layer, unit } = state;
  const groups = groupOffsets(unit, layer).length - 1;
  const rows = bundles(unit, layer);
  const order = new Int32Array(rows * groups);
  const loss = new Float64Array(rows * (groups + 1));
  await Promise.all(
    rowRanges(layer.geometry.outputChannels, unit.filters, rowsPerJob).map(async (range) => {
      const prices = state.prices.slice(range.first, range.last);
      const request = { ...inputsOf(state), cuts: [{ ...cutOf(state, range), prices }] };
      const [curves] = (await pool.call("removeGroups", request, { signal })).curves;
      order.set(curves!.order, range.firstBundle * groups);
      loss.set(curves!.loss, range.firstBundle * (groups + 1));
    }),
  );
  return { state, order, loss };
}

/** Loss curves of a few filters in several units, in one job: what they read is inverted once for all. */
export async function importanceInUnits(
  statistics: LayerStatistics,
  units: PruningUnit[],
  pool: WorkerPool,
  signal: AbortSignal,
): Promise<LayerCurves[]> {
  const states = units.map((unit) => denseState(statistics, unit));
  const last = statistics.layer.geometry.outputChannels;
  const cuts = states.map((state) => {
    const range = { first: 0, last, firstBundle: 0, lastBundle: bundles(state.unit, state.layer) };
    return { ...cutOf(state, range), prices: state.prices };
  });
  const { curves } = await pool.call("removeGroups", { ...inputsOf(states[0]!), cuts }, { signal });
  return states.map((state, i) => ({ state, ...curves[i]! }));
}
