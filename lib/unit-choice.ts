/**
 * The unit that each layer is pruned in, chosen by what the target's kernels do well and by bytes.
 *
 * Finer blocks lose less at an equal number of weights, and pay for it: one bit of index each, and instructions where the
 * kernel reads shorter runs. The units that a kernel handles well are held against each other on the loss curves of some of the
 * layer's filters, at a price of a byte, or of an instruction, that is the same for all layers: that of the schedule which keeps
 * the share that is asked for. Layers are pruned so unevenly that equal shares of each would compare units where a layer never
 * comes to be.
 */

import type { Aim } from "./aims.js";
import { importanceInUnits } from "./importance.js";
import { costPerWeight, packedCost, unprunedCost } from "./latency/index.js";
import { positions, type WeightLayer } from "./layers.js";
import type { WorkerPool } from "./native/pool.js";
import type { Target } from "./options/types.js";
import { buildFrontier, type Frontier } from "./schedule.js";
import type { LayerStatistics } from "./statistics.js";
import { bundles, filterlet, groupOffsets, type PruningUnit } from "./unit.js";

/** Sizes of blocks, in channels, beside the whole filterlet, and the channels of a fully connected tile. */
interface TargetUnits {
  blocks: readonly number[];
  /** A whole filterlet of a 1x1 conv is its filter. */
  pointwise: readonly number[];
  tile: number;
}

/** Kernels that gather int16 pairs or single bytes: any multiple of four channels. */
const scalarUnits: TargetUnits = { blocks: [16, 8, 4], pointwise: [16, 8, 4], tile: 4 };

/** MVE loads 16 bytes at a time; a narrower block would leave lanes idle. */
const mveUnits: TargetUnits = { blocks: [16], pointwise: [16], tile: 16 };

const unitsOf: Record<Target, TargetUnits> = {
  generic: scalarUnits,
  "cortex-m3": scalarUnits,
  "cortex-m4": scalarUnits,
  "cortex-m7": scalarUnits,
  "cortex-m33": scalarUnits,
  "cortex-m55": mveUnits,
};

/** Outputs of a fully connected tile: a loaded input serves as many. */
const tileFilters = 4;

/**
 * The units that the target's kernels run well for a layer, coarsest first; one that is wider than the layer's input is
 * the whole filterlet.
 */
export function candidateUnits(layer: WeightLayer, target: Target): PruningUnit[] {
  const { inputChannels } = layer.geometry;
  const { blocks, pointwise, tile } = unitsOf[target];
  if (layer.kind === "fullyConnected") {
    return [{ filters: tileFilters, channels: Math.min(tile, inputChannels) }];
  }
  const narrower = (sizes: readonly number[]) =>
    sizes.filter((channels) => channels < inputChannels).map((channels) => ({ filters: 1, channels }));
  const found = positions(layer) === 1 ? narrower(pointwise) : [filterlet(layer), ...narrower(blocks)];
  return found.length === 0 ? [filterlet(layer)] : found;
}

/** Filters whose curves are taken per unit, at most. */
const mostFilters = 12;

/**
 * The filters to look at, evenly spaced: so few that the curves of all units together take no more than about half as
 * long as one unit's curves of the whole layer.
 */
function sampledFilters(filters: number, units: number): number[] {
  const count = Math.max(1, Math.min(mostFilters, Math.floor(filters / (2 * units))));
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * filters) / count));
}

/** The layer as if it had these filters alone. */
function withFilters({ layer, moments, prices }: LayerStatistics, filters: number[]): LayerStatistics {
  const patch = layer.weights.length / layer.geometry.outputChannels;
  const weights = new Int8Array(filters.length * patch);
  filters.forEach((filter, i) => {
    weights.set(layer.weights.subarray(filter * patch, (filter + 1) * patch), i * patch);
  });
  const sliced: WeightLayer = {
    ...layer,
    geometry: { ...layer.geometry, outputChannels: filters.length },
    weights,
    bias: Int32Array.from(filters, (filter) => layer.bias[filter]!),
    filterScales: Float32Array.from(filters, (filter) => layer.filterScales[filter]!),
  };
  return { layer: sliced, moments, prices: Float64Array.from(filters, (filter) => prices[filter]!) };
}

/** Bytes of index of a layer that is cut into this unit. */
function indexBytes(unit: PruningUnit, layer: WeightLayer): number {
  return (bundles(unit, layer) * (groupOffsets(unit, layer).length - 1)) / 8;
}

/** Prices of a byte or an instruction are those of schedules for less, for just, and for more than the share, which is an estimate. */
const sharesAround = [0.7, 1, 1.3];
/** Above it hardly anything goes, and every unit costs its index. */
const largestShare = 0.95;

export interface UnitChoiceRequest {
  layers: LayerStatistics[];
  target: Target;
  aim: Aim;
  /** Share of the weights, 0..1, that is about to be kept. */
  share: number;
  pool: WorkerPool;
  signal: AbortSignal;
}

/** A unit with the loss curves of the layer's sampled filters in it. */
interface Trial {
  unit: PruningUnit;
  frontier: Frontier;
  /** What a kept weight costs in the currency of the aim. */
  perWeight: number;
  /** What the sample costs without a weight. */
  fixed: number;
}

/** A layer's units, coarsest first. */
interface LayerTrials {
  /** Weights of the layer by those of the sample. */
  scale: number;
  trials: Trial[];
}

/** What a byte of the file and a unit of time on the target count for. */
interface Rates {
  byte: number;
  time: number;
}

/** With both aims all weights together count as much as the time of all layers with nothing pruned. */
function ratesFor({ aim, target, layers }: UnitChoiceRequest): Rates {
  if (aim === "bytes") return { byte: 1, time: 0 };
  if (aim === "latency") return { byte: 0, time: 1 };
  const sum = (of: (layer: WeightLayer) => number) =>
    layers.reduce((total, { layer }) => total + of(layer), 0);
  return {
    byte: 1 / sum(({ weights }) => weights.length),
    time: 1 / sum((layer) => unprunedCost(target, layer)),
  };
}

async function tryUnits(
  statistics: LayerStatistics,
  request: UnitChoiceRequest,
  rates: Rates,
): Promise<LayerTrials> {
  const { layer } = statistics;
  const units = candidateUnits(layer, request.target);
  const sample = withFilters(statistics, sampledFilters(layer.geometry.outputChannels, units.length));
  const all = await importanceInUnits(sample, units, request.pool, request.signal);
  const scale = layer.weights.length / sample.layer.weights.length;
  const { target } = request;
  const trials = all.map((curves) => {
    const { unit } = curves.state;
    const empty = packedCost(target, layer, unit, 0) / scale;
    return {
      unit,
      frontier: buildFrontier([curves]),
      perWeight: rates.byte + rates.time * costPerWeight(target, layer, unit),
      fixed: rates.byte * indexBytes(unit, sample.layer) + rates.time * empty,
    };
  });
  return { scale, trials };
}

/** Loss per byte or instruction of the last weights that go when all layers together keep a share, each in its finest unit. */
function pricesOf(layers: LayerTrials[], shares: readonly number[]): number[] {
  const finest = layers.map(({ scale, trials }) => ({ scale, ...trials.at(-1)! }));
  const all = finest.reduce(
    (sum, { scale, frontier, perWeight }) => sum + scale * frontier.keptWeights * perWeight,
    0,
  );
  const segments = finest
    .flatMap(({ scale, frontier, perWeight }) =>
      frontier.segments.map(({ slope, weights }) => ({
        slope: slope / perWeight,
        cost: scale * weights * perWeight,
      })),
    )
    .sort((a, b) => a.slope - b.slope);
  return shares.map((share) => {
    let kept = all;
    for (const { slope, cost } of segments) {
      kept -= cost;
      // Where the first weights go for nothing, any price tells the units apart by their bytes.
      if (kept <= share * all) return Math.max(slope, Number.EPSILON);
    }
    return Math.max(segments.at(-1)?.slope ?? 0, Number.EPSILON);
  });
}

/** What a unit costs at a price, in bytes or time: the weights that stay, and the loss of those that go. */
function costOf({ frontier, perWeight, fixed }: Trial, price: number): number {
  return frontier.segments
    .filter(({ slope }) => slope / perWeight <= price)
    .reduce(
      (sum, { slope, weights }) => sum + weights * (slope / price - perWeight),
      frontier.keptWeights * perWeight + fixed,
    );
}

/**
 * The cheapest unit of a layer; a coarser one than the finest has to be cheaper at every price. The curves are those of the
 * dense network: where it is pruned in steps, finer units have more to choose from than the curves foretell.
 */
function cheapest(trials: Trial[], prices: readonly number[]): PruningUnit {
  const costs = trials.map((trial) => prices.map((price) => costOf(trial, price)));
  const finest = trials.length - 1;
  const sum = (unit: number) => costs[unit]!.reduce((total, cost) => total + cost, 0);
  const eligible = trials
    .map((_, unit) => unit)
    .filter((unit) => unit === finest || costs[unit]!.every((cost, i) => cost < costs[finest]![i]!));
  return trials[eligible.reduce((a, b) => (sum(b) < sum(a) ? b : a))]!.unit;
}

/** One unit per layer. */
export async function chooseUnits(request: UnitChoiceRequest): Promise<PruningUnit[]> {
  const rates = ratesFor(request);
  const layers = await Promise.all(request.layers.map((layer) => tryUnits(layer, request, rates)));
  const shares = sharesAround.map((factor) => Math.min(largestShare, factor * request.share));
  const prices = pricesOf(layers, shares);
  return layers.map(({ trials }) => cheapest(trials, prices));
}
