import { type DenseConvLayer, packConvLayer } from "../../../lib/pack/conv-layer.js";
import type { Random } from "./random.js";
import { type Nhwc, outputShape } from "./reference.js";
import { type Answer, type RunnerRequest, runRequests } from "./requests.js";
import { randomFilterScales } from "./scales.js";

/** What `randomLayer` may be told; the rest is drawn. */
export interface LayerWish extends Partial<DenseConvLayer> {
  /** Share of blocks that are zero. */
  pruned?: number;
}

/** A seeded conv layer whose outputs use the whole int8 range. */
export function randomLayer(random: Random, wish: LayerWish = {}): DenseConvLayer {
  const { pruned = 0.5, ...given } = wish;
  const inputChannels = given.inputChannels ?? random.int(1, 20);
  const layer: DenseConvLayer = {
    outputChannels: random.int(1, 12),
    inputChannels,
    blockChannels: inputChannels,
    kernelHeight: 3,
    kernelWidth: 3,
    weights: new Int8Array(),
    strideHeight: 1,
    strideWidth: 1,
    dilationHeight: 1,
    dilationWidth: 1,
    padding: random.int(0, 1),
    activation: random.int(0, 3),
    inputScale: 0.02 + random.next(),
    inputZeroPoint: random.pick([-128, 127, 0, random.int(-128, 127)]),
    filterScales: [],
    outputScale: 1,
    outputZeroPoint: random.int(-128, 127),
    ...given,
  };
  const filterlets = layer.outputChannels * layer.kernelHeight * layer.kernelWidth;
  layer.weights = given.weights ?? random.int8(filterlets * inputChannels);
  for (let filterlet = 0; filterlet < filterlets && given.weights === undefined; filterlet++) {
    for (let channel = 0; channel < inputChannels; channel += layer.blockChannels) {
      const start = filterlet * inputChannels + channel;
      const end = start + Math.min(layer.blockChannels, inputChannels - channel);
      if (random.next() < pruned) layer.weights.fill(0, start, end);
    }
  }
  layer.bias =
    given.bias ?? Int32Array.from({ length: layer.outputChannels }, () => random.int(-20000, 20000));
  layer.outputScale = given.outputScale ?? 0.5 + random.next();
  const weightsPerFilter = layer.weights.length / layer.outputChannels;
  layer.filterScales =
    given.filterScales ?? randomFilterScales(random, layer.outputChannels, weightsPerFilter, layer);
  return layer;
}

/** One layer for its runner. */
export interface Request extends Omit<RunnerRequest, "extents"> {
  inputShape: Nhwc;
  outputShape: Nhwc;
}

/** Packs `layer`, which must be packable, for an input. */
export function packRequest(layer: DenseConvLayer, input: Int8Array, inputShape: Nhwc): Request {
  const result = packConvLayer(layer);
  if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`);
  return { packed: result.parts, input, inputShape, outputShape: outputShape(layer, inputShape) };
}

/** The request as the runner of convolutions reads it. */
export function runnerRequest({ inputShape, outputShape, ...rest }: Request): RunnerRequest {
  return { ...rest, extents: [...inputShape, ...outputShape] };
}

/** Runs all requests through the compiled runner of convolutions, in order. */
export function runLayers(program: string, requests: Request[]): Answer[] {
  return runRequests(program, requests.map(runnerRequest));
}
