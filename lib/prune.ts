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
import { buildFrontier, keptWeights, schedule } from "./schedule.js";
import type { Samples, Statistics } from "./statistics.js";
import type { Model } from "./tflite/model.js";
import { maskOfWeights, type PruningUnit } from "./unit.js";

/** The network at some share of its prunable weights. */
export interface PathPoint {
  /** Share of the prunable weights that is left, 0..1. */
  share: number;
  states: LayerState[];
  /** Layers with new constants, rounded; empty at the dense end. */
  rounded: RoundedLayer[];
}

/** A step keeps at least this share of what the one before left. */
const longestStep = 0.75;

/** Shares at which steps between two shares end, the last one included; evenly spaced in their logarithm. */
export function stepsBetween(from: number, to: number): number[] {
  const count = Math.max(1, Math.ceil(Math.log(to / from) / Math.log(longestStep)));
  return Array.from({ length: count }, (_, i) =>
    i === count - 1 ? to : from * (to / from) ** ((i + 1) / count),
  );
}

export interface PathRequest {
  model: Model;
  network: NetworkPlan;
  statistics: Statistics;
  /** One per layer of the statistics. */
  units: PruningUnit[];
  calibration: Samples;
  pool: WorkerPool;
  signal: AbortSignal;
  /** Where points are taken up and kept; nowhere when absent. */
  resumption?: Resumption | undefined;
}

/** The way from the dense network to ever smaller ones; points once reached are kept. */
export class PrunePath {
  private constructor(
    private readonly request: PathRequest,
    private readonly run: RefitRun,
    private readonly memory: PathMemory,
    private readonly points: PathPoint[],
    private readonly weights: number,
  ) {}

  /** Opens the path; `close` it when done. */
  static async open(request: PathRequest): Promise<PrunePath> {
    const { pool: _, signal: __, resumption = Resumption.none, ...rest } = request;
    const { statistics, units, network, calibration } = request;
    const states = statistics.layers.map((layer, i) => denseState(layer, units[i]!));
    const weights = states.reduce((sum, state) => sum + keptWeights(state), 0);
    const run = await openRefit(network, calibration, request);
    const dense = { share: 1, states, rounded: [] };
    const inputs = { ...rest, calibration: contentsOf(calibration) };
    return new PrunePath(request, run, new PathMemory(resumption, dense, inputs), [dense], weights);
  }

  close(): Promise<void> {
    return this.run.close();
  }

  /** Loss curves at a point. */
  private curves({ states }: PathPoint): Promise<LayerCurves[]> {
    const { pool, signal } = this.request;
    return Promise.all(states.map((state) => importance(state, pool, signal)));
  }

  /** What any share would take out if it were one step from the dense network. */
  async forecast(): Promise<{ states: LayerState[]; masksAt: (share: number) => Uint8Array[] }> {
    const dense = this.points[0]!;
    const frontier = buildFrontier(await this.curves(dense));
    return { states: dense.states, masksAt: (share) => schedule(frontier, share * this.weights).keep };
  }

  /**
   * The point that keeps at least `share` of the weights, reached in steps from the nearest one before it.
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
      at = await this.memory.point(from, [next, last], () => this.step(from, next, last, stepDone));
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
    const chosen = schedule(buildFrontier(await this.curves(from)), share * this.weights);
    const masked = from.states.map((state, i) => ({ ...state, keep: chosen.keep[i]! }));
    const fitted = await refit(this.run, masked, { round: last }, progress);
    return { share, states: fitted.states, rounded: fitted.rounded };
  }
}

/** The model at a point of the path, in stock operators. */
export function prunedModel(model: Model, { states, rounded }: PathPoint): PrunedModel {
  const constants = new Map(rounded.map((layer) => [layer.layer.operator, layer]));
  const layers = states.flatMap(({ layer, unit, keep }) => {
    const own = constants.get(layer.operator);
    return own !== undefined && keep.includes(0) ? [{ ...own, operator: layer.operator, unit, keep }] : [];
  });
  return { model: withConstants(model, rounded), layers };
}

/** What masks alone make of the dense model: what it will weigh, at the cost of one schedule. */
export function maskedModel(model: Model, states: LayerState[], masks: Uint8Array[]): PrunedModel {
  const masked = states.map((state, i) => ({ ...state, keep: masks[i]! }));
  const rounded = masked.map(({ layer, unit, keep }) => {
    const mask = maskOfWeights(unit, layer, keep);
    const weights = layer.weights.map((weight, i) => weight * mask[i]!);
    return { layer, weights, bias: layer.bias, filterScales: layer.filterScales };
  });
  return prunedModel(model, { share: 1, states: masked, rounded });
}
