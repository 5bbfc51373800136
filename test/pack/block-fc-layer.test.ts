import { describe, expect, test } from "vitest";
import {
  type DenseFullyConnectedLayer,
  packBlockFullyConnectedLayer,
} from "../../lib/pack/block-fc-layer.js";
import { blockFullyConnected } from "../../lib/pack/format.js";
import { type PackedParts, partBytes } from "../../lib/pack/packed-parts.js";
import { unpackLayer } from "../../lib/pack/unpack.js";
import { randomFcLayer } from "../kernels/support/fc-layers.js";
import { Random } from "../kernels/support/random.js";
import { hexBytes, shownBytes } from "./support/worked-example.js";

/** The layer of the worked example in docs/packed-format.md. */
const example: DenseFullyConnectedLayer = {
  outputs: 3,
  inputs: 5,
  blockOutputs: 2,
  blockInputs: 2,
  weights: Int8Array.from([0, 0, 1, -2, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0, -5]),
  bias: Int32Array.from([100, -7, 20]),
  activation: 0,
  inputScale: 0.5,
  inputZeroPoint: -3,
  filterScales: [0.25],
  outputScale: 0.25,
  outputZeroPoint: -1,
};

function packed(layer: DenseFullyConnectedLayer): PackedParts {
  const result = packBlockFullyConnectedLayer(layer);
  if (!result.ok) throw new Error(result.detail);
  return result.parts;
}

describe("packBlockFullyConnectedLayer", () => {
  test("gives the bytes of the worked example", () => {
    const layer = packed(example);
    expect([...layer.options]).toEqual([1, 0, 5, 0, 3, 0, 2, 0, 2, 0xfd, 0xff, 0x80, 0x7f]);
    expect([...layer.weights]).toEqual([1, -2, 0, 3, 0, 4, -5]);
    expect([...layer.index]).toEqual([0b100110]);
    expect(partBytes(layer)).toEqual({ weightBytes: 7, indexBytes: 1, recordBytes: 27, optionBytes: 13 });
  });

  test("the worked example in the documentation shows these bytes", () => {
    expect(shownBytes("## A worked example: fully connected")).toEqual(hexBytes(packed(example)));
  });

  test("keeps one block of a layer that is all zeros", () => {
    const layer = packed({ ...example, weights: new Int8Array(15) });
    expect([...layer.index]).toEqual([1]);
    expect([...layer.weights]).toEqual([0, 0, 0, 0]);
  });

  test.each<[string, Partial<DenseFullyConnectedLayer>, string]>([
    ["a block of five outputs", { blockOutputs: 5 }, "OPTION_OUT_OF_RANGE"],
    ["a block without inputs", { blockInputs: 0 }, "OPTION_OUT_OF_RANGE"],
    [
      "more inputs than 16 bits count",
      { inputs: 65536, weights: new Int8Array(3 * 65536) },
      "OPTION_OUT_OF_RANGE",
    ],
    ["a fused SIGN_BIT", { activation: 5 }, "ACTIVATION_UNSUPPORTED"],
    ["a bias at the end of int32", { bias: Int32Array.from([0, 0, 2 ** 31 - 1]) }, "ACCUMULATOR_OVERFLOW"],
  ])("refuses %s", (_, change, reason) => {
    expect(packBlockFullyConnectedLayer({ ...example, ...change })).toMatchObject({ ok: false, reason });
  });
});

test("unpackLayer gives back weights and bias of 200 random layers", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = new Random(seed);
    const layer = randomFcLayer(random, { pruned: random.next() });
    expect(unpackLayer(blockFullyConnected, packed(layer))).toEqual({
      weights: layer.weights,
      shape: [layer.outputs, layer.inputs],
      bias: layer.bias,
    });
  }
});

test("unpackLayer refuses a block of more outputs than the layer has", () => {
  const { options } = blockFullyConnected;
  const parts = packed(example);
  const damaged = {
    ...parts,
    options: options.encode({ ...options.decode(parts.options), blockOutputs: 4 }),
  };
  expect(() => unpackLayer(blockFullyConnected, damaged)).toThrow(
    expect.objectContaining({ code: "PACKED_LAYER_INVALID" }),
  );
});
