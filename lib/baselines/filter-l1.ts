/**
 * Filter pruning by L1 norm, the usual structured baseline: Li et al., "Pruning Filters for Efficient ConvNets", ICLR 2017,
 * with the same ratio in every layer. Filters that residual adds tie together are ranked by the sum of their norms.
 */

import type { ChannelGroup } from "../narrow/groups.js";
import type { Network } from "../narrow/network.js";

/** Sum over the producers of the L1 norms of a channel's dequantised filters, per channel. */
export function l1Norms(network: Network, group: ChannelGroup): Float64Array {
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
