/** What the schedule of the `taylor` method decides on: layers, limits, and the two shares per layer. */

import { positions, type WeightLayer } from "../layers.js";
import type { TaylorScores } from "./importance.js";
import type { ActivationStep } from "./memory.js";

/** One CONV_2D with a kernel larger than 1x1. */
export interface TaylorLayer {
  /** Index of the operator in the main subgraph. */
  operator: number;
  filters: number;
  /** Kernel positions: filterlets per filter. */
  positions: number;
  /** Input channels: weights per filterlet. */
  channels: number;
  /** Multiply-accumulates of one inference. */
  macs: number;
  /**
   * Given where whole filters can leave the model together with their output channels: the bytes that go with each of
   * them in constants outside of the scheduled layers (depthwise weights, 1x1 and fully connected readers).
   */
  removal?: { bytesPerFilter: number };
  /**
   * Position, in the list of layers, of the layer whose filters are this one's input channels. Given only where that
   * layer has `removal`; its removed filters then narrow this layer's filterlets.
   */
  source?: number;
}

/** What has to be reached, and within what. */
export interface TaylorLimits {
  /**
   * How small the layers must get: at most this share of their weights stays (0..1), or they take at most so many bytes
   * of flash (see `flashBytes` in cost.ts).
   */
  budget: { keepShare: number } | { flashBytes: number };
  /** Most bytes of activations that may be alive at once, and what is alive at each operator. */
  memory?: { bytes: number; steps: readonly ActivationStep[] };
  /**
   * No filterlet or filter with a higher score is removed. By default the lowest value under which the budget can be
   * met, which leaves the least to choose between layers; a higher one gives speed more weight.
   */
  importance?: number;
}

/** A schedule to be found. */
export interface TaylorProblem {
  layers: readonly TaylorLayer[];
  /** One entry per layer. */
  scores: readonly TaylorScores[];
  limits: TaylorLimits;
  /** Predicted latency relative to the dense model's (1); by default the share of multiply-accumulates that stay. */
  latency?: (layers: readonly TaylorLayer[], cuts: readonly LayerCut[]) => number;
}

/** The authors' two parameters, one value per layer each. */
export interface Shares {
  /** Share of the layer's filterlets that go beyond those of removed filters. */
  alpha: Float64Array;
  /** Share of the layer's filters that go whole. */
  beta: Float64Array;
}

/** What leaves a layer, as counts. */
export interface LayerCut {
  filters: number;
  /** Those of the removed filters included. */
  filterlets: number;
}

/** The plain shape of a conv layer; whether its filters can leave the model is for the caller to add. */
export function taylorLayer(layer: WeightLayer): TaylorLayer {
  const { outputChannels, inputChannels, outputHeight, outputWidth } = layer.geometry;
  const weights = outputChannels * positions(layer) * inputChannels;
  return {
    operator: layer.operator,
    filters: outputChannels,
    positions: positions(layer),
    channels: inputChannels,
    macs: weights * outputHeight * outputWidth,
  };
}
