/**
 * From a pruned model to the smallest file of it: filters without weights are constants, and leave for good with all
 * that depends on them where that does not change a byte of the output.
 *
 * Without a channel, the blocks of its readers begin elsewhere: kept and removed ones may come to share a block, so that
 * the narrower model can be the larger file. Both are packed, and the smaller one is kept.
 */

import { type WeightLayer, weightLayers } from "./layers.js";
import { narrow } from "./narrow/narrow.js";
import type { DietStep } from "./pack/diet-steps.js";
import { type PackedModel, pack } from "./pack/index.js";
import type { PrunedLayer, PrunedModel } from "./pruned-model.js";
import { maskOfBlocks, type PruningUnit } from "./unit.js";

/** A pruned model with its file. */
export interface Compact {
  /** All channels there: what the outputs have to equal. */
  masked: PrunedModel;
  /** What is packed: `masked` itself, or the narrower model. */
  pruned: PrunedModel;
  packed: PackedModel;
}

/** A pruned layer without some of its filters and inputs; groups without a weight count as removed. */
function narrowLayer(pruned: PrunedLayer, layer: WeightLayer): PrunedLayer {
  const { inputChannels, outputChannels } = layer.geometry;
  const unit: PruningUnit = {
    filters: Math.min(pruned.unit.filters, outputChannels),
    channels: Math.min(pruned.unit.channels, inputChannels),
  };
  const { weights, bias, filterScales } = layer;
  return { ...pruned, layer, unit, keep: maskOfBlocks(unit, layer), weights, bias, filterScales };
}

/**
 * The pruned model without the channels that can leave exactly; operators keep their numbers.
 *
 * @returns undefined where there are none
 */
export function narrowPruned({ model, layers }: PrunedModel): PrunedModel | undefined {
  const narrower = narrow(model, { exactOnly: true });
  if (narrower.removed.length === 0) return undefined;
  const left = new Map(weightLayers(narrower.model).map((layer) => [layer.operator, layer]));
  return {
    model: narrower.model,
    layers: layers.map((pruned) => narrowLayer(pruned, left.get(pruned.operator)!)),
  };
}

/** Packs a pruned model, narrower where that makes the smaller file. */
export function compact(masked: PrunedModel, steps: readonly DietStep[]): Compact {
  const packed = pack(masked, steps);
  const narrower = narrowPruned(masked);
  if (narrower === undefined) return { masked, pruned: masked, packed };
  const small = pack(narrower, steps);
  return small.bytes.length < packed.bytes.length
    ? { masked, pruned: narrower, packed: small }
    : { masked, pruned: masked, packed };
}
