/** Patterns and single weights: packed without loss, refused where they do not fit, and read back from any bytes. */

import { describe, expect, test } from "vitest";
import type { DtmmError } from "../../lib/errors/index.js";
import { type DenseConvLayer, packConvLayer } from "../../lib/pack/conv-layer.js";
import { csrConv, patternConv } from "../../lib/pack/format.js";
import { unpackLayer } from "../../lib/pack/unpack.js";
import { corruptParts } from "../kernels/support/corrupt.js";
import { randomLayer } from "../kernels/support/layers.js";
import { Random } from "../kernels/support/random.js";
import {
  packSparse,
  randomSparseLayer,
  type SparseOperator,
  sparseFormats,
} from "../kernels/support/sparse-layers.js";

const operators: readonly SparseOperator[] = [0, 1, 2];

describe.each(operators.map((op) => [sparseFormats[op].op, op] as const))("%s", (_, op) => {
  test("gives back weights and bias of 100 random layers", () => {
    for (let seed = 0; seed < 100; seed++) {
      const layer = randomSparseLayer(op, new Random(seed));
      const unpacked = unpackLayer(sparseFormats[op], packSparse(op, layer));
      expect(unpacked.weights).toEqual(layer.weights);
      expect(unpacked.bias).toEqual(layer.bias);
    }
  });

  test("a layer without weights is packed all the same", () => {
    const layer = randomSparseLayer(op, new Random(1), { pruned: 1 });
    const parts = packSparse(op, layer);
    expect(parts.weights.length).toBeGreaterThan(0);
    expect(unpackLayer(sparseFormats[op], parts).weights.every((weight) => weight === 0)).toBe(true);
  });

  test("corrupted parts are read or refused with their code", () => {
    const random = new Random(3);
    let refused = 0;
    for (let seed = 0; seed < 500; seed++) {
      const parts = structuredClone(packSparse(op, randomSparseLayer(op, new Random(seed % 20))));
      corruptParts(parts, random, () => [0]);
      try {
        unpackLayer(sparseFormats[op], parts);
      } catch (error) {
        expect((error as DtmmError).code).toBe("PACKED_LAYER_INVALID");
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});

/** A 3x3 layer of one filter per entry, with weights at its taps. */
function layerOf(taps: readonly (readonly number[])[], change: Partial<DenseConvLayer> = {}): DenseConvLayer {
  const { inputChannels = 1 } = change;
  const weights = new Int8Array(taps.length * 9 * inputChannels);
  taps.forEach((own, filter) => {
    for (const tap of own) weights[(filter * 9 + tap) * inputChannels] = 1 + tap;
  });
  return randomLayer(new Random(1), {
    outputChannels: taps.length,
    inputChannels,
    blockChannels: 1,
    weights,
    activation: 0,
    ...change,
  });
}

test("distances beyond a byte are bridged by weights of zero", () => {
  const layer = layerOf([[0, 8]], { inputChannels: 100 });
  const result = packConvLayer(layer, csrConv);
  if (!result.ok) throw new Error(result.detail);
  // 800 places on: three entries of 255, and one of 35.
  expect([...result.parts.weights]).toEqual([1, 0, 0, 0, 9]);
  expect([...result.parts.index]).toEqual([5, 0, 0, 255, 255, 255, 35]);
  expect(unpackLayer(csrConv, result.parts).weights).toEqual(layer.weights);
});

test("the arrays of patterns: filters by their kernels, kernels by pattern", () => {
  const layer = layerOf([[1, 3, 4, 5], [], [0, 1, 3, 4], [1, 4]]);
  const result = packConvLayer(layer, patternConv);
  if (!result.ok) throw new Error(result.detail);
  const patterns = [1, 3, 4, 5, 0, 1, 3, 4];
  const order = [1, 0, 0, 0, 2, 0, 3, 0];
  const strides = [0, 0, 1, 0, 0, 1, 1, 0];
  expect([...result.parts.index]).toEqual([2, ...patterns, ...order, ...strides, 0, 0, 0]);
  expect([...result.parts.weights]).toEqual([2, 4, 5, 6, 1, 2, 4, 5, 2, 0, 5, 0]);
});

test.each<[string, DenseConvLayer, string]>([
  ["a kernel of five weights", layerOf([[0, 1, 2, 3, 4]]), "a kernel of 5 weights"],
  [
    "nine patterns",
    layerOf([2, 3, 5, 6, 7, 8].map((tap) => [0, 1, 4, tap]).concat([3, 5, 6].map((tap) => [0, 2, 4, tap]))),
    "9 patterns, more than 8",
  ],
  ["more channels than a byte counts", layerOf([[4]], { inputChannels: 256 }), "256 input channels"],
  [
    "another kernel than 3x3",
    randomLayer(new Random(2), { kernelHeight: 1, blockChannels: 1, activation: 0 }),
    "kernels of 3 weights",
  ],
])("patterns refuse %s", (_, layer, detail) => {
  const result = packConvLayer(layer, patternConv);
  expect(result).toMatchObject({ ok: false, reason: "INDEX_UNFIT" });
  expect(result.ok ? "" : result.detail).toContain(detail);
});
