/**
 * The prune stage: from the dense network to one that keeps a share of its weights, in steps. Each step reads the loss
 * curves of the network as pruned so far, takes the next groups out, and fits what is left to the dense network's
 * outputs: one step to a small share would leave the region in which its own quadratic model of the loss holds.
 */

import { denseState, importance, type LayerCurves, type LayerState } from "./importance.js";
import type { NetworkPlan } from "./native/addon-types.js";
import type { WorkerPool } from "./native/pool.js";
import { type PrunedModel, type RoundedLayer, withConstants } from "./pruned-model.js";
import { openRefit, type RefitRun, refit } from "./refit.js";
import { contentsOf } from "./resume/contents.js";
import { PathMemory } from "./resume/path-memory.js";
import { Resumption } from "./resume/resumption.js";
import { buildFrontier, type Currency, keptCost, plainCurrency, schedule } from "./schedule.js";
import type { Samples, Statistics } from "./statistics.js";
import type { Model } from "./tflite/model.js";
import { type Masked, maskOfWeights, type PruningUnit } from "./unit.js";

/** The network at some share of its prunable weights. */
export interface PathPoint {
  /** Share that is left of what the prunable weights cost in the path's currency, 0..1. */
  share: number;
  /** Sum of the predicted losses of the steps so far, in the unit of the loss curves. */
  predictedLoss: number;
  states: LayerState[];
  /** Layers with new constants, rounded; empty at the dense end. */
  rounded: RoundedLayer[];
}

/** A step keeps at least this share of what the one before left. */
const longestStep = 0.86;

/** Below this share a last step takes all that is left to take: next to nothing, in as many steps as one likes. */
const smallestStep = 1 / 64;

/**
 * Shares at which steps between two shares end, the last one included; evenly spaced in their logarithm.
 *
 * @param from above `to`, which may be 0
 */
export function stepsBetween(from: number, to: number): number[] {
  const way = Math.min(from, Math.max(to, smallestStep)) / from;
  const count = Math.max(1, Math.ceil(Math.log(way) / Math.log(longestStep)));
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? to : from * way ** ((i + 1) / count)));
}

export interface PathRequest {
  model: Model;
  network: NetworkPlan;
  statistics: Statistics;
  /** One per layer of the statistics. */
  units: PruningUnit[];
  calibration: Samples;
  seed: number;
  pool: WorkerPool;
  signal: AbortSignal;
  /** Where points are taken up and kept; nowhere when absent. */
  resumption?: Resumption | undefined;
}

/** The way from the dense network to ever smaller ones; points once reached are kept. */
export class PrunePath {
  private readonly points: PathPoint[];
  private currency: Currency;
  private denseCurves: Promise<LayerCurves[]> | undefined;

  private constructor(
    private readonly request: PathRequest,
    private readonly run: RefitRun,
    private readonly memory: PathMemory,
    dense: PathPoint,
  ) {
    this.points = [dense];
    this.currency = plainCurrency(dense.states);
  }

  /** Opens the path; `close` it when done. */
  static async open(request: PathRequest): Promise<PrunePath> {
    const { pool: _, signal: __, resumption = Resumption.none, ...rest } = request;
    const { statistics, units, network, calibration } = request;
    const states = statistics.layers.map((layer, i) => denseState(layer, units[i]!));
    const run = await openRefit(network, calibration, request);
    const dense = { share: 1, predictedLoss: 0, states, rounded: [] };
    const inputs = { ...rest, calibration: contentsOf(calibration) };
    return new PrunePath(request, run, new PathMemory(resumption, dense, inputs), dense);
  }

  close(): Promise<void> {
    return this.run.close();
  }

  /** Loss curves of the dense network: what any share would take out if it were one step from there. */
  forecast(): Promise<LayerCurves[]> {
    this.denseCurves ??= this.curvesOf(this.points[0]!);
    return this.denseCurves;
  }

  /** Goes on in this currency, from the dense network: points of another one are not on the same way. */
  use(currency: Currency): void {
    this.currency = currency;
    this.points.length = 1;
  }

  private curvesOf({ states }: PathPoint): Promise<LayerCurves[]> {
    const { pool, signal } = this.request;
    return Promise.all(states.map((state) => importance(state, pool, signal)));
  }

  /**
   * The point that keeps at least `share` of the currency, reached in steps from the nearest one before it.
   *
   * @param share 0..1
   */
  async to(share: number, progress: (done: number) => void): Promise<PathPoint> {
    let at = this.points
      .filter((point) => point.share >= share)
      .reduce((a, b) => (b.share < a.share ? b : a));
    if (at.share === share || share >= 1) return at;
    const steps = stepsBetween(at.share, share);
    for (const [index, next] of steps.entries()) {
      const from = at;
      const last = index === steps.length - 1;
      const stepDone = (done: number) => progress((index + done) / steps.length);
      at = await this.memory.point(from, [next, last, this.currency], () =>
        this.step(from, next, last, stepDone),
      );
      this.points.push(at);
    }
    return at;
  }

  private async step(
    from: PathPoint,
    share: number,
    last: boolean,
    progress: (done: number) => void,
  ): Promise<PathPoint> {
    const dense = this.points[0]!;
    const { seed } = this.request;
    const curves = await (from === dense ? this.forecast() : this.curvesOf(from));
    const atLeast = share * keptCost(dense.states, this.currency);
    const chosen = schedule(buildFrontier(curves, this.currency), atLeast);
    const masked = from.states.map((state, i) => ({ ...state, keep: chosen.keep[i]! }));
    const fitted = await refit(this.run, masked, { round: last, seed }, progress);
    const predictedLoss = from.predictedLoss + chosen.predictedLoss;
    return { share, predictedLoss, states: fitted.states, rounded: fitted.rounded };
  }
}

/** The model at a point of the path, in stock operators. */
export function prunedModel(
  model: Model,
  { states, rounded }: { states: Masked[]; rounded: RoundedLayer[] },
): PrunedModel {
  const constants = new Map(rounded.map((layer) => [layer.layer.operator, layer]));
  const layers = states.flatMap(({ layer, unit, keep }) => {
    const own = constants.get(layer.operator);
    return own !== undefined && keep.includes(0) ? [{ ...own, operator: layer.operator, unit, keep }] : [];
  });
  return { model: withConstants(model, rounded), layers };
}

/** What masks alone make of the dense model: what it will weigh, at the cost of one schedule. */
export function maskedModel(model: Model, states: Masked[]): PrunedModel {
  const rounded = states.map(({ layer, unit, keep }) => {
    const mask = maskOfWeights(unit, layer, keep);
    const weights = layer.weights.map((weight, i) => weight * mask[i]!);
    return { layer, weights, bias: layer.bias, filterScales: layer.filterScales };
  });
  return prunedModel(model, { states, rounded });
}
