import { execFileSync } from "node:child_process";
import { type DenseConvLayer, packFilterletLayer } from "../../../lib/pack/filterlet-layer.js";
import type { PackedParts } from "../../../lib/pack/packed-parts.js";
import type { Random } from "./random.js";
import { type Nhwc, outputShape } from "./reference.js";

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
  // Typical accumulators are near 5000 * sqrt(weights per filter); a few filters get left shifts.
  const typical = 5000 * Math.sqrt(layer.weights.length / layer.outputChannels);
  layer.outputScale = given.outputScale ?? 0.5 + random.next();
  layer.filterScales =
    given.filterScales ??
    Float32Array.from({ length: layer.outputChannels }, () => {
      const effective =
        random.next() < 0.1 ? 2 ** random.int(-20, 8) : ((0.3 + random.next()) * 80) / typical;
      return (effective * layer.outputScale) / layer.inputScale;
    });
  return layer;
}

/** One layer as the runner gets it. */
export interface Request {
  packed: PackedParts;
  input: Int8Array;
  inputShape: Nhwc;
  outputShape: Nhwc;
}

export interface Answer {
  /** DtmmStatus; 0 is OK. */
  status: number;
  scratchBytes: number;
  output: Int8Array;
}

/** Packs `layer`, which must be packable, for an input. */
export function packRequest(layer: DenseConvLayer, input: Int8Array, inputShape: Nhwc): Request {
  const result = packFilterletLayer(layer);
  if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`);
  return { packed: result.parts, input, inputShape, outputShape: outputShape(layer, inputShape) };
}

/** Runs all requests through the compiled runner, in order. */
export function runLayers(program: string, requests: Request[]): Answer[] {
  const input = Buffer.concat(requests.flatMap(serialize));
  const answer = execFileSync(program, { input, maxBuffer: 2 ** 30, stdio: ["pipe", "pipe", "pipe"] });
  const answers: Answer[] = [];
  for (let at = 0; at < answer.length; ) {
    const bytes = answer.readInt32LE(at + 8);
    const output = new Int8Array(answer.subarray(at + 12, at + 12 + bytes));
    answers.push({ status: answer.readInt32LE(at), scratchBytes: answer.readInt32LE(at + 4), output });
    at += 12 + bytes;
  }
  return answers;
}

function serialize({ packed, input, inputShape, outputShape }: Request): Uint8Array[] {
  const blobs = [packed.options, packed.weights, packed.index, packed.records, input];
  const head = Int32Array.from([...blobs.map((blob) => blob.length), ...inputShape, ...outputShape]);
  return [head, ...blobs].map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
}
