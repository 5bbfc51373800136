/** Which channels leave when every group of a network loses the same ratio of its own, the lowest scores first. */

import { type ChannelGroup, channelGroups } from "../narrow/groups.js";
import { type Network, readNetwork } from "../narrow/network.js";
import type { ChannelRemoval } from "../narrow/remove.js";
import type { Model } from "../tflite/model.js";

/** Halvings of the ratio: finer than one channel of any layer. */
const bisections = 40;

/** Scores of a group's channels, one each. */
export type ChannelScores = (network: Network, group: ChannelGroup) => ArrayLike<number>;

export interface RankedChannels {
  removals: ChannelRemoval[];
  /** Weights of CONV_2D that are left, and what the model has. */
  keptWeights: number;
  totalWeights: number;
}

/** The groups that can lose channels, that a CONV_2D takes part in, and whose layers can all be pruned. */
function prunableGroups(
  model: Model,
  network: Network,
  operators: ReadonlySet<number> | undefined,
): ChannelGroup[] {
  return channelGroups(model).filter(
    ({ fixed, producers, consumers }) =>
      fixed === undefined &&
      producers.some(({ operator }) => network.layers.get(operator)!.kind === "conv") &&
      [...producers, ...consumers].every(({ operator }) => operators?.has(operator) ?? true),
  );
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
 * The channels of the lowest scores, so that at most `share` (0 to 1) of the weights of the model's CONV_2D are left: the same
 * ratio in every group that a CONV_2D takes part in and that is not fixed. Where that share is out of reach, all that can
 * leave; `keptWeights` tells.
 *
 * @param operators the layers that can be pruned; all where absent
 */
export function rankChannels(
  model: Model,
  share: number,
  scores: ChannelScores,
  operators?: ReadonlySet<number>,
): RankedChannels {
  const network = readNetwork(model);
  const groups = prunableGroups(model, network, operators);
  const totalWeights = weightsLeft(network, [], 0);
  const ratio = ratioFor(network, groups, share * totalWeights);
  const removals = groups.map((group) => {
    const worth = scores(network, group);
    const channels = Array.from({ length: group.channels }, (_, channel) => channel);
    const ranked = channels.sort((a, b) => worth[a]! - worth[b]! || a - b);
    return { group, channels: ranked.slice(0, loses(group, ratio)).sort((a, b) => a - b) };
  });
  return { removals, keptWeights: weightsLeft(network, groups, ratio), totalWeights };
}
