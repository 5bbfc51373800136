/** Models pruned at random, in any unit: what packing has to cope with, without the stages before it. */

import { type WeightLayer, weightLayers } from "../../../lib/layers.js";
import { type PrunedLayer, type PrunedModel, withConstants } from "../../../lib/pruned-model.js";
import type { Model } from "../../../lib/tflite/model.js";
import { bundles, groupOffsets, type PruningUnit } from "../../../lib/unit.js";
import { type Random, seededRandom } from "../../support/random.js";

/** The layer with about `keep` of its groups left and every other weight at zero. */
function pruneLayer(layer: WeightLayer, unit: PruningUnit, keep: number, random: Random): PrunedLayer {
  const offsets = groupOffsets(unit, layer);
  const groups = offsets.length - 1;
  const mask = Uint8Array.from({ length: bundles(unit, layer) * groups }, () =>
    random.next() < keep ? 1 : 0,
  );
  const weights = new Int8Array(layer.weights.length);
  const patch = offsets[groups]!;
  for (let filter = 0; filter < layer.geometry.outputChannels; filter++) {
    for (let group = 0; group < groups; group++) {
      if (mask[Math.floor(filter / unit.filters) * groups + group] === 0) continue;
      const from = filter * patch + offsets[group]!;
      weights.set(layer.weights.subarray(from, filter * patch + offsets[group + 1]!), from);
    }
  }
  const { operator, filterScales } = layer;
  return { operator, layer, weights, bias: Int32Array.from(layer.bias), filterScales, unit, keep: mask };
}

/**
 * The model with a random part of its weights at zero.
 *
 * @param unitOf the unit of a layer; undefined leaves it alone
 * @param change what else becomes new in a layer
 */
export function randomlyPruned(
  model: Model,
  keep: number,
  unitOf: (layer: WeightLayer) => PruningUnit | undefined,
  change: (layer: PrunedLayer) => PrunedLayer = (layer) => layer,
): PrunedModel {
  const random = seededRandom(5);
  const layers = weightLayers(model).flatMap((layer) => {
    const unit = unitOf(layer);
    return unit === undefined ? [] : [change(pruneLayer(layer, unit, keep, random))];
  });
  return { model: withConstants(model, layers), layers };
}
