/** The unit in which a layer's weights are removed: what one bit of a mask, and of a packed index, stands for. */

import type { WeightLayer } from "./layers.js";

/**
 * A group of weights that stays or goes as a whole: `channels` neighbouring input channels at one kernel position, in
 * `filters` neighbouring filters. A filterlet has all input channels of one filter; a block has 4, 8 or 16 of them; the
 * tile of a fully connected layer spans 4 filters (outputs). The last group of a kernel position or of the filters is
 * smaller where the layer's sizes are no multiples.
 */
export interface PruningUnit {
  filters: number;
  channels: number;
}

/** A layer with its mask. */
export interface Masked {
  layer: WeightLayer;
  unit: PruningUnit;
  /** [bundles][groups], 1 = stays. */
  keep: Uint8Array;
}

/** The unit of a whole filterlet, whatever the layer's kernel. */
export function filterlet(layer: WeightLayer): PruningUnit {
  return { filters: 1, channels: layer.geometry.inputChannels };
}

/** The unit of unstructured pruning. */
export const singleWeight: PruningUnit = { filters: 1, channels: 1 };

/** Groups that one kernel position of one filter is cut into. */
export function groupsPerPosition(unit: PruningUnit, layer: WeightLayer): number {
  return Math.ceil(layer.geometry.inputChannels / unit.channels);
}

/** Bundles of filters that lose their groups together. */
export function bundles(unit: PruningUnit, layer: WeightLayer): number {
  return Math.ceil(layer.geometry.outputChannels / unit.filters);
}

/**
 * Where the groups of a filter begin among its weights, [groups + 1] with the end of the last one. A mask of the layer is
 * [bundles][groups].
 */
export function groupOffsets(unit: PruningUnit, layer: WeightLayer): Int32Array {
  const { inputChannels, kernelHeight, kernelWidth } = layer.geometry;
  const perPosition = groupsPerPosition(unit, layer);
  const groups = kernelHeight * kernelWidth * perPosition;
  const offsets = Int32Array.from(
    { length: groups },
    (_, g) => Math.floor(g / perPosition) * inputChannels + (g % perPosition) * unit.channels,
  );
  return Int32Array.from([...offsets, kernelHeight * kernelWidth * inputChannels]);
}

/** The mask of the groups that have a weight other than zero, [bundles][groups]. */
export function maskOfBlocks(unit: PruningUnit, layer: WeightLayer): Uint8Array {
  const offsets = groupOffsets(unit, layer);
  const groups = offsets.length - 1;
  const patch = offsets[groups]!;
  const keep = new Uint8Array(bundles(unit, layer) * groups);
  for (let filter = 0; filter < layer.geometry.outputChannels; filter++) {
    const first = Math.floor(filter / unit.filters) * groups;
    for (let group = 0; group < groups; group++) {
      const own = layer.weights.subarray(
        filter * patch + offsets[group]!,
        filter * patch + offsets[group + 1]!,
      );
      if (own.some((weight) => weight !== 0)) keep[first + group] = 1;
    }
  }
  return keep;
}

/** The mask of single weights that `keep` ([bundles][groups]) stands for, OHWI, 1 = stays. */
export function maskOfWeights(unit: PruningUnit, layer: WeightLayer, keep: Uint8Array): Uint8Array {
  const offsets = groupOffsets(unit, layer);
  const groups = offsets.length - 1;
  const patch = offsets[groups]!;
  const mask = new Uint8Array(layer.weights.length).fill(1);
  for (let filter = 0; filter < layer.geometry.outputChannels; filter++) {
    const first = Math.floor(filter / unit.filters) * groups;
    for (let group = 0; group < groups; group++) {
      if (keep[first + group]) continue;
      mask.fill(0, filter * patch + offsets[group]!, filter * patch + offsets[group + 1]!);
    }
  }
  return mask;
}
