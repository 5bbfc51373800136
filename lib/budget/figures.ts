/** What a pruned model comes to in every currency that a budget may be given in. */

import type { LayerCurves } from "../importance.js";
import { costPerWeight, latencyModel } from "../latency/index.js";
import { weightLayers } from "../layers.js";
import type { Target } from "../options/types.js";
import type { DietStep } from "../pack/diet-steps.js";
import { type PackedModel, pack } from "../pack/index.js";
import { maskedModel } from "../prune.js";
import { keptByLayer, type PrunedModel } from "../pruned-model.js";
import { buildFrontier, type Currency, schedule } from "../schedule.js";
import type { Model } from "../tflite/model.js";
import type { Masked } from "../unit.js";
import { withWholeLayers } from "../whole-layers.js";

export interface Figures {
  /** Share of the imported model's prunable weights, 0..1. */
  keptWeights: number;
  /** Of the file. */
  bytes: number;
  /** Predicted time per inference, as a share of the imported model's. */
  latency: number;
  /** Sum of the loss curves at the chosen points, in nats per sample or, for outputs that are no classes, their squared error. */
  predictedLoss: number;
}

/** Ratios are predictions: four digits of them are more than enough. */
const latencyDigits = 4;

/** The imported model as what figures are shares of: dead channels that left before the pruning count as removed. */
export interface Reference {
  target: Target;
  /** Operators that can be pruned, and the number of their weights. */
  operators: ReadonlySet<number>;
  weights: number;
  /** Predicted time of one inference, see `LatencyModel`. */
  time: number;
}

/** The reference that a model is. */
export function referenceOf(model: Model, operators: ReadonlySet<number>, target: Target): Reference {
  const weights = weightLayers(model)
    .filter(({ operator }) => operators.has(operator))
    .reduce((sum, layer) => sum + layer.weights.length, 0);
  return { target, operators, weights, time: latencyModel(model, target).dense };
}

/** What `figuresOf` gets: a pruned model, the same packed, and its point on the loss curves. */
export interface Measurable {
  pruned: PrunedModel;
  packed: PackedModel;
  predictedLoss: number;
}

/** The figures of a packed model. */
export function figuresOf(reference: Reference, { pruned, packed, predictedLoss }: Measurable): Figures {
  const kept = keptByLayer(pruned);
  const packedOperators = new Set(packed.layers.flatMap(({ operator, op }) => (op ? [operator] : [])));
  // There are no prices for other ways of storing: their layers count as dense.
  const shares = pruned.layers
    .filter(({ operator, storage = "blocks" }) => packedOperators.has(operator) && storage === "blocks")
    .map(({ operator, layer, unit }) => ({ layer, unit, keptWeights: kept.get(operator)! }));
  const left = [...kept].reduce(
    (sum, [operator, weights]) => sum + (reference.operators.has(operator) ? weights : 0),
    0,
  );
  const own = latencyModel(pruned.model, reference.target);
  const latency = reference.time === 0 ? 1 : (own.dense * own.ratio(shares)) / reference.time;
  return {
    keptWeights: left / reference.weights,
    bytes: packed.bytes.length,
    latency: Number(latency.toFixed(latencyDigits)),
    predictedLoss,
  };
}

/** What forecasts are made from. */
export interface Basis {
  /** The model that is pruned, without its dead channels. */
  model: Model;
  /** Loss curves of the dense network. */
  curves: LayerCurves[];
  diet: readonly DietStep[];
  reference: Reference;
  /** Operators that are not packed, whatever else: for the arena's sake. */
  stock?: ReadonlySet<number>;
}

/** What share of the weights that are to be pruned a share of the reference's is, at most 1. */
export function shareOfOwn(
  { curves, reference }: Pick<Basis, "curves" | "reference">,
  share: number,
): number {
  const own = curves.reduce((sum, { state }) => sum + state.layer.weights.length, 0);
  return Math.min(1, (share * reference.weights) / own);
}

/**
 * A currency in which all prunable weights together cost 1: a mix of their number and of their cycles.
 *
 * @param cycles how much of it are cycles, 0..1
 * @param frozen positions of the layers that stay dense
 */
export function mixedCurrency(
  { curves, reference }: Pick<Basis, "curves" | "reference">,
  cycles: number,
  frozen: ReadonlySet<number>,
): Currency {
  const states = curves.map(({ state }) => state);
  const perWeight = states.map(({ layer, unit }) => costPerWeight(reference.target, layer, unit));
  const weights = states.map(({ layer }) => layer.weights.length);
  const allWeights = weights.reduce((sum, count) => sum + count, 0);
  const allCycles = perWeight.reduce((sum, each, i) => sum + each * weights[i]!, 0);
  return perWeight.map((each, i) => ({
    perWeight: (1 - cycles) / allWeights + (cycles * each) / allCycles,
    frozen: frozen.has(i),
  }));
}

/** A model as it would be if a share were one step from the dense network. */
export interface Preview {
  states: Masked[];
  packed: PackedModel;
  figures: Figures;
}

/** The preview of what masks alone make of the model. */
export function previewOf(
  { model, diet, reference, stock = new Set() }: Omit<Basis, "curves">,
  states: Masked[],
  predictedLoss: number,
): Preview {
  const pruned = withWholeLayers(maskedModel(model, states), reference, stock);
  const packed = pack(pruned, diet);
  return { states, packed, figures: figuresOf(reference, { pruned, packed, predictedLoss }) };
}

/**
 * Previews shares of one currency, at the cost of a schedule and a pack each.
 *
 * @returns by share of the currency, 0..1
 */
export function previewer(basis: Basis, currency: Currency): (share: number) => Preview {
  const { curves } = basis;
  const frontier = buildFrontier(curves, currency);
  return (share) => {
    const { keep, predictedLoss } = schedule(frontier, share * frontier.keptCost);
    const states = curves.map(({ state }, i) => ({ ...state, keep: keep[i]! }));
    return previewOf(basis, states, predictedLoss);
  };
}
