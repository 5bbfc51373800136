/** A model with our own kernels in every layer that they can run, pruned or not. */

import { type WeightLayer, weightLayers } from "../layers.js";
import { type PackedModel, pack } from "../pack/index.js";
import type { PrunedLayer, PrunedModel } from "../pruned-model.js";
import { filterlet, maskOfBlocks, type PruningUnit } from "../unit.js";

/** The tile that the kernels for fully connected layers are fastest with. */
const tile: PruningUnit = { filters: 4, channels: 16 };

/** A layer in which everything stays. */
function untouched(layer: WeightLayer): PrunedLayer {
  const { operator, weights, bias, filterScales, geometry } = layer;
  const unit =
    layer.kind === "conv"
      ? filterlet(layer)
      : {
          filters: Math.min(tile.filters, geometry.outputChannels),
          channels: Math.min(tile.channels, geometry.inputChannels),
        };
  const keep = maskOfBlocks(unit, layer).fill(1);
  return { operator, layer, unit, keep, weights, bias, filterScales };
}

/** The pruned model with its remaining stock layers packed as they are, with nothing removed. */
export function packWhole(pruned: PrunedModel): PackedModel {
  const done = new Set(pruned.layers.map(({ operator }) => operator));
  const rest = weightLayers(pruned.model).filter(({ operator }) => !done.has(operator));
  return pack({ ...pruned, layers: [...pruned.layers, ...rest.map(untouched)] }, [], true);
}
