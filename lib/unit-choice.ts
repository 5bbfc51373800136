/**
 * The unit that each layer is pruned in, chosen by what the target's kernels do well and by bytes.
 *
 * Finer blocks lose less at an equal number of weights and pay one bit of index each, so the units that a kernel handles
 * well are held against each other at equal bytes, on the loss curves of some of the layer's filters.
 */

import { denseState, importance } from "./importance.js";
import { positions, type WeightLayer } from "./layers.js";
import type { WorkerPool } from "./native/pool.js";
import type { Target } from "./options/types.js";
import { buildFrontier, lossAt } from "./schedule.js";
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

/** Layers get more and less than the share of the whole model: shares at which units are held against each other. */
function sharesAround(share: number): number[] {
  return [0.75 * share, share, Math.min(0.95, 1.25 * share)];
}

export interface UnitChoiceRequest {
  layers: LayerStatistics[];
  target: Target;
  /** Share of the weights, 0..1, around which the units are compared. */
  share: number;
  pool: WorkerPool;
  signal: AbortSignal;
}

async function chooseUnit(statistics: LayerStatistics, request: UnitChoiceRequest): Promise<PruningUnit> {
  const units = candidateUnits(statistics.layer, request.target);
  if (units.length === 1) return units[0]!;
  const filters = sampledFilters(statistics.layer.geometry.outputChannels, units.length);
  const sample = withFilters(statistics, filters);
  const losses = await Promise.all(
    units.map(async (unit) => {
      const curves = await importance(denseState(sample, unit), request.pool, request.signal);
      const frontier = buildFrontier([curves]);
      const index = indexBytes(unit, sample.layer);
      return sharesAround(request.share).reduce((sum, share) => {
        const bytes = share * sample.layer.weights.length;
        return sum + lossAt(frontier, Math.max(0, bytes - index));
      }, 0);
    }),
  );
  return units[losses.indexOf(Math.min(...losses))]!;
}

/** One unit per layer; of equals the coarsest. */
export function chooseUnits(request: UnitChoiceRequest): Promise<PruningUnit[]> {
  return Promise.all(request.layers.map((layer) => chooseUnit(layer, request)));
}
