/** Loss curves without statistics: of a made model's own layers, with losses that the test chooses. */

import { type Basis, referenceOf } from "../../lib/budget/figures.js";
import type { LayerCurves, LayerState } from "../../lib/importance.js";
import { type WeightLayer, weightLayers } from "../../lib/layers.js";
import type { Target } from "../../lib/options/types.js";
import { bundles, groupOffsets, type PruningUnit } from "../../lib/unit.js";
import { convModelValue, type ModelSpec } from "../support/models.js";

/** A state without moments: schedules need none. */
export function stateOf(layer: WeightLayer, unit: PruningUnit): LayerState {
  const groups = groupOffsets(unit, layer).length - 1;
  const keep = new Uint8Array(bundles(unit, layer) * groups).fill(1);
  const moments = { sums: new Float64Array(), count: 0 };
  return { layer, unit, keep, weights: new Float64Array(), moments, prices: new Float64Array() };
}

/** Curves in which group g is the g-th to go, and the g-th removal costs `price` times g + 1. */
export function curvesOf(layer: WeightLayer, unit: PruningUnit, price: number): LayerCurves {
  const state = stateOf(layer, unit);
  const groups = groupOffsets(unit, layer).length - 1;
  const order = Int32Array.from({ length: state.keep.length }, (_, i) => i % groups);
  const curve = Array.from({ length: groups + 1 }, (_, gone) => (price * gone * (gone + 1)) / 2);
  const loss = Float64Array.from(Array.from({ length: bundles(unit, layer) }, () => curve).flat());
  return { state, order, loss };
}

/** A basis for planning on a made model; conv layers in blocks of four channels. */
export function basisOf(spec: ModelSpec, target: Target, priceOf = (_layer: number) => 1): Basis {
  const model = convModelValue(spec);
  const curves = weightLayers(model).map((layer, i) => {
    const channels = Math.min(4, layer.geometry.inputChannels);
    return curvesOf(layer, { filters: layer.kind === "conv" ? 1 : 4, channels }, priceOf(i));
  });
  const operators = new Set(curves.map(({ state }) => state.layer.operator));
  return { model, curves, diet: [], reference: referenceOf(model, operators, target) };
}

/** Two 3x3 convs with the same number of weights; the second has a sixteenth of the first one's positions. */
export const wideThenNarrow: ModelSpec = {
  seed: 5,
  input: [1, 16, 16, 16],
  layers: [
    { kind: "conv", filters: 16, kernel: 3, activation: "RELU" },
    { kind: "maxPool" },
    { kind: "maxPool" },
    { kind: "conv", filters: 16, kernel: 3, activation: "RELU" },
    { kind: "averagePool" },
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 8 },
    { kind: "softmax" },
  ],
};
