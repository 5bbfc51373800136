/**
 * Layers of which nothing is removed, packed all the same: on cores with DSP or vector instructions the packed kernel takes less
 * time with all weights there than CMSIS-NN's takes for the dense layer (docs/kernels.md).
 */

import type { Reference } from "./budget/figures.js";
import { denseCost, wholeCost } from "./latency/index.js";
import { type WeightLayer, weightLayers } from "./layers.js";
import type { PrunedLayer, PrunedModel } from "./pruned-model.js";
import { bundles, filterlet, groupOffsets } from "./unit.js";

function wholeLayer(layer: WeightLayer): PrunedLayer {
  const unit = filterlet(layer);
  const keep = new Uint8Array(bundles(unit, layer) * (groupOffsets(unit, layer).length - 1)).fill(1);
  const { operator, weights, bias, filterScales } = layer;
  return { operator, layer, unit, keep, weights, bias, filterScales };
}

/**
 * The pruned model with the whole layers that the target's packed kernel is predicted to be faster for.
 *
 * @param stock operators that stay stock ones whatever their time
 */
export function withWholeLayers(
  { model, layers }: PrunedModel,
  { target, operators }: Pick<Reference, "target" | "operators">,
  stock: ReadonlySet<number>,
): PrunedModel {
  const pruned = new Set(layers.map(({ operator }) => operator));
  const faster = weightLayers(model).filter(
    (layer) =>
      operators.has(layer.operator) &&
      !pruned.has(layer.operator) &&
      !stock.has(layer.operator) &&
      wholeCost(target, layer) < denseCost(target, layer),
  );
  const all = [...layers, ...faster.map(wholeLayer)].sort((a, b) => a.operator - b.operator);
  return { model, layers: all };
}
