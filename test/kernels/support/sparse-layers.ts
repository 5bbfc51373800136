/** Layers whose weights are no blocks: in patterns, and single ones. */

import { type DenseConvLayer, packConvLayer } from "../../../lib/pack/conv-layer.js";
import { packCsrFullyConnectedLayer } from "../../../lib/pack/csr-fc-layer.js";
import { csrConv, csrFullyConnected, patternConv } from "../../../lib/pack/format.js";
import type { PackedParts, PackResult } from "../../../lib/pack/packed-parts.js";
import { type LayerWish, randomLayer } from "./layers.js";
import type { Random } from "./random.js";
import { type Nhwc, outputShape } from "./reference.js";
import type { RunnerRequest } from "./requests.js";

/** The operators in the order of `board/sparse_runner.c`. */
export const sparseFormats = [patternConv, csrConv, csrFullyConnected] as const;
export type SparseOperator = 0 | 1 | 2;

/** Eight patterns of four taps, the centre among them. */
const patterns = [
  [0, 1, 3, 4],
  [1, 2, 4, 5],
  [3, 4, 6, 7],
  [4, 5, 7, 8],
  [1, 3, 4, 5],
  [1, 4, 5, 7],
  [3, 4, 5, 7],
  [0, 2, 4, 8],
];

/** Leaves a 3x3 layer only weights of patterns, and drops a share of its kernels. */
function inPatterns(layer: DenseConvLayer, random: Random, pruned: number): void {
  const { inputChannels } = layer;
  for (let filter = 0; filter < layer.outputChannels; filter++) {
    for (let channel = 0; channel < inputChannels; channel++) {
      const kept = random.next() < pruned ? [] : random.pick(patterns);
      for (let tap = 0; tap < 9; tap++) {
        if (!kept.includes(tap)) layer.weights[(filter * 9 + tap) * inputChannels + channel] = 0;
      }
    }
  }
}

/** A seeded layer of one of the operators; a fully connected one is a 1x1 convolution. */
export function randomSparseLayer(op: SparseOperator, random: Random, wish: LayerWish = {}): DenseConvLayer {
  const { pruned = random.next() } = wish;
  if (op === 0) {
    const layer = randomLayer(random, { ...wish, blockChannels: 1, pruned: 0 });
    inPatterns(layer, random, pruned);
    return layer;
  }
  const connected = { kernelHeight: 1, kernelWidth: 1, padding: 1 };
  return randomLayer(random, { ...wish, blockChannels: 1, pruned, ...(op === 2 ? connected : {}) });
}

function pack(op: SparseOperator, layer: DenseConvLayer): PackResult {
  if (op === 0) return packConvLayer(layer, patternConv);
  if (op === 1) return packConvLayer(layer, csrConv);
  return packCsrFullyConnectedLayer({ ...layer, inputs: layer.inputChannels, outputs: layer.outputChannels });
}

/** Packs a layer that must be packable. */
export function packSparse(op: SparseOperator, layer: DenseConvLayer): PackedParts {
  const result = pack(op, layer);
  if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`);
  return result.parts;
}

/** One layer for `board/sparse_runner.c`. */
export function sparseRequest(
  op: SparseOperator,
  layer: DenseConvLayer,
  input: Int8Array,
  shape: Nhwc,
): RunnerRequest {
  return { packed: packSparse(op, layer), input, extents: [op, ...shape, ...outputShape(layer, shape)] };
}
