/**
 * Filter pruning by L1 norm, the usual structured baseline: Li et al., "Pruning Filters for Efficient ConvNets", ICLR 2017,
 * with the same ratio in every layer. Filters that residual adds tie together are ranked by the sum of their norms.
 */

import type { Model } from "../tflite/model.js";
import { type ChannelGroup, channelGroups } from "./groups.js";
import { type Network, readNetwork } from "./network.js";
import { type ChannelRemoval, type NarrowModel, removeChannels } from "./remove.js";

export interface FilterL1Result extends NarrowModel {
  removals: ChannelRemoval[];
  /** Weights of CONV_2D that are left, and what the model had. */
  keptWeights: number;
  totalWeights: number;
}

/** Halvings of the ratio: finer than one channel of any layer. */
const bisections = 40;

/** Sum over the producers of the L1 norms of a channel's dequantised filters, per channel. */
function scores(network: Network, group: ChannelGroup): Float64Array {
  const sums = new Float64Array(group.channels);
  for (const { operator, offsets } of group.producers) {
    const { weights, filterScales, geometry, reach } = network.layers.get(operator)!;
    const perFilter = reach.length * geometry.inputChannels;
    for (let channel = 0; channel < group.channels; channel++) {
      for (const filter of offsets.map((offset) => offset + channel)) {
        const own = weights.subarray(filter * perFilter, (filter + 1) * perFilter);
        sums[channel]! += filterScales[filter]! * own.reduce((sum, weight) => sum + Math.abs(weight), 0);
      }
    }
  }
  return sums;
}

/** Channels that a group loses at a ratio; one always stays. */
function loses({ channels }: ChannelGroup, ratio: number): number {
  return Math.min(channels - 1, Math.floor(ratio * channels));
}

/** Weights of CONV_2D that stay when every group loses `ratio` of its channels. */
function weightsLeft(network: Network, groups: readonly ChannelGroup[], ratio: number): number {
  const lost = new Map<number, number>();
  for (const group of groups) {
    for (const { tensor, offsets } of group.tensors) {
      lost.set(tensor, (lost.get(tensor) ?? 0) + loses(group, ratio) * offsets.length);
    }
  }
  let left = 0;
  for (const { kind, geometry, reach, inputTensor, outputTensor } of network.layers.values()) {
    if (kind !== "conv") continue;
    const inputs = geometry.inputChannels - (lost.get(inputTensor) ?? 0);
    left += reach.length * inputs * (geometry.outputChannels - (lost.get(outputTensor) ?? 0));
  }
  return left;
}

/** The smallest ratio that leaves at most `limit` weights; 1 where none does. */
function ratioFor(network: Network, groups: readonly ChannelGroup[], limit: number): number {
  let [low, high] = [0, 1];
  if (weightsLeft(network, groups, low) <= limit) return low;
  for (let i = 0; i < bisections; i++) {
    const middle = (low + high) / 2;
    if (weightsLeft(network, groups, middle) <= limit) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * The model with the channels of the smallest norms removed, so that at most `share` (0 to 1) of the weights of its CONV_2D
 * are left: the same ratio in every group that a CONV_2D takes part in and that is not fixed. Where that share is out of
 * reach, the narrowest model comes back; `keptWeights` tells. Removed channels count as real zero.
 */
export function filterL1(model: Model, share: number): FilterL1Result {
  const network = readNetwork(model);
  const groups = channelGroups(model).filter(
    ({ fixed, producers }) =>
      fixed === undefined && producers.some(({ operator }) => network.layers.get(operator)!.kind === "conv"),
  );
  const totalWeights = weightsLeft(network, [], 0);
  const ratio = ratioFor(network, groups, share * totalWeights);
  const removals = groups.map((group) => {
    const norms = scores(network, group);
    const ranked = [...norms.keys()].sort((a, b) => norms[a]! - norms[b]! || a - b);
    return { group, channels: ranked.slice(0, loses(group, ratio)).sort((a, b) => a - b) };
  });
  const keptWeights = weightsLeft(network, groups, ratio);
  return { ...removeChannels(model, removals), removals, keptWeights, totalWeights };
}
