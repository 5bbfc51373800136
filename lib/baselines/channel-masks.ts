/** Masks of single weights that removing whole channels comes to: their filters, and every weight that reads them. */

import type { WeightLayer } from "../layers.js";
import type { WeightPlace } from "../narrow/groups.js";
import type { ChannelRemoval } from "../narrow/remove.js";
import type { Masked } from "../unit.js";
import { singleWeight } from "../unit.js";

/** Filters or columns of each operator that the channels of some removals stand for. */
function leaving(
  removals: readonly ChannelRemoval[],
  placesOf: (removal: ChannelRemoval) => readonly WeightPlace[],
): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>();
  for (const removal of removals) {
    for (const { operator, offsets } of placesOf(removal)) {
      const own = found.get(operator) ?? new Set();
      for (const offset of offsets) for (const channel of removal.channels) own.add(offset + channel);
      found.set(operator, own);
    }
  }
  return found;
}

/** The layers with the weights of those channels masked; depthwise filters in between keep theirs, which nobody reads. */
export function channelMasks(layers: readonly WeightLayer[], removals: readonly ChannelRemoval[]): Masked[] {
  const filters = leaving(removals, ({ group }) => group.producers);
  const columns = leaving(removals, ({ group }) => group.consumers);
  return layers.map((layer) => {
    const { inputChannels, outputChannels } = layer.geometry;
    const perFilter = layer.weights.length / outputChannels;
    const gone = { filters: filters.get(layer.operator), columns: columns.get(layer.operator) };
    const keep = Uint8Array.from(layer.weights, (_, i) => {
      const filter = Math.floor(i / perFilter);
      return gone.filters?.has(filter) || gone.columns?.has(i % inputChannels) ? 0 : 1;
    });
    return { layer, unit: singleWeight, keep };
  });
}
