/** What a pruned model comes to in every currency that a budget may be given in. */

import type { LayerCurves, LayerState } from "../importance.js";
import { cyclesPerWeight, type LatencyModel } from "../latency.js";
import type { Target } from "../options/types.js";
import type { DietStep } from "../pack/diet-steps.js";
import { type PackedModel, pack } from "../pack/index.js";
import { maskedModel } from "../prune.js";
import { buildFrontier, type Currency, keptShare, keptWeights, schedule } from "../schedule.js";
import type { Model } from "../tflite/model.js";

export interface Figures {
  /** Share of the prunable weights, 0..1. */
  keptWeights: number;
  /** Of the file. */
  bytes: number;
  /** Predicted time per inference, as a share of the dense model's. */
  latency: number;
  /** Sum of the loss curves at the chosen points, in nats per sample or, for outputs that are no classes, their squared error. */
  predictedLoss: number;
}

/** Ratios are predictions: four digits of them are more than enough. */
const latencyDigits = 4;

/** The figures of a packed model. */
export function figuresOf(
  latency: LatencyModel,
  { states, packed, predictedLoss }: { states: LayerState[]; packed: PackedModel; predictedLoss: number },
): Figures {
  const packedOperators = new Set(packed.layers.flatMap(({ operator, op }) => (op ? [operator] : [])));
  const shares = states
    .filter(({ layer }) => packedOperators.has(layer.operator))
    .map((state) => ({ layer: state.layer, unit: state.unit, keptWeights: keptWeights(state) }));
  return {
    keptWeights: keptShare(states),
    bytes: packed.bytes.length,
    latency: Number(latency.ratio(shares).toFixed(latencyDigits)),
    predictedLoss,
  };
}

/** What forecasts are made from. */
export interface Basis {
  /** The dense model. */
  model: Model;
  /** Loss curves of the dense network. */
  curves: LayerCurves[];
  diet: readonly DietStep[];
  target: Target;
  latency: LatencyModel;
}

/**
 * A currency in which all prunable weights together cost 1: a mix of their number and of their cycles.
 *
 * @param cycles how much of it are cycles, 0..1
 * @param frozen positions of the layers that stay dense
 */
export function mixedCurrency(
  { curves, target }: Pick<Basis, "curves" | "target">,
  cycles: number,
  frozen: ReadonlySet<number>,
): Currency {
  const states = curves.map(({ state }) => state);
  const perWeight = states.map(({ layer, unit }) => cyclesPerWeight(target, layer, unit));
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
  states: LayerState[];
  packed: PackedModel;
  figures: Figures;
}

/**
 * Previews shares of one currency, at the cost of a schedule and a pack each.
 *
 * @returns by share of the currency, 0..1
 */
export function previewer(basis: Basis, currency: Currency): (share: number) => Preview {
  const { curves, model, diet, latency } = basis;
  const frontier = buildFrontier(curves, currency);
  return (share) => {
    const { keep, predictedLoss } = schedule(frontier, share * frontier.keptCost);
    const states = curves.map(({ state }, i) => ({ ...state, keep: keep[i]! }));
    const packed = pack(maskedModel(model, states), diet);
    return { states, packed, figures: figuresOf(latency, { states, packed, predictedLoss }) };
  };
}
