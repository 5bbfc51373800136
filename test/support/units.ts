/** Units for layers in tests that do not choose any. */

import type { WeightLayer } from "../../lib/layers.js";
import { maskOfWeights, type PruningUnit } from "../../lib/unit.js";

/** Blocks of four channels; tiles of four by four in fully connected layers. */
export function unitFor(layer: WeightLayer): PruningUnit {
  const filters = layer.kind === "fullyConnected" ? 4 : 1;
  return { filters, channels: Math.min(4, layer.geometry.inputChannels) };
}

/** The layer's weights with the groups that `keep` leaves out at zero. */
export function maskWeights(unit: PruningUnit, layer: WeightLayer, keep: Uint8Array): Int8Array {
  const mask = maskOfWeights(unit, layer, keep);
  return layer.weights.map((weight, i) => weight * mask[i]!);
}
