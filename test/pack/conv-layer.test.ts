import { describe, expect, test } from "vitest";
import { type DenseConvLayer, packConvLayer } from "../../lib/pack/conv-layer.js";
import { filterletConv } from "../../lib/pack/format.js";
import { type PackedParts, partBytes } from "../../lib/pack/packed-parts.js";
import { unpackLayer } from "../../lib/pack/unpack.js";
import { randomLayer } from "../kernels/support/layers.js";
import { Random } from "../kernels/support/random.js";
import { hexBytes, shownBytes } from "./support/worked-example.js";

/** The layer of the worked example in docs/packed-format.md. */
const example: DenseConvLayer = {
  outputChannels: 2,
  kernelHeight: 1,
  kernelWidth: 2,
  inputChannels: 3,
  blockChannels: 2,
  weights: Int8Array.from([1, -2, 0, 0, 0, 4, 0, 0, 0, -5, 0, 0]),
  bias: Int32Array.from([100, -7]),
  strideHeight: 1,
  strideWidth: 1,
  dilationHeight: 1,
  dilationWidth: 1,
  padding: 0,
  activation: 1,
  inputScale: 0.5,
  inputZeroPoint: -3,
  filterScales: [0.25, 0.125],
  outputScale: 0.25,
  outputZeroPoint: -128,
};

function packed(layer: DenseConvLayer): PackedParts {
  const result = packConvLayer(layer);
  if (!result.ok) throw new Error(result.detail);
  return result.parts;
}

function refusal(change: Partial<DenseConvLayer>): string {
  const result = packConvLayer({ ...example, ...change });
  return result.ok ? "packed" : result.reason;
}

describe("packConvLayer", () => {
  test("gives the bytes of the worked example", () => {
    const layer = packed(example);
    expect([...layer.options]).toEqual([2, 0, 3, 0, 2, 0, 2, 0, 1, 2, 1, 1, 1, 1, 0, 0xfd, 0x80, 0x80, 0x7f]);
    expect([...layer.weights]).toEqual([1, -2, 4, -5, 0]);
    expect([...layer.index]).toEqual([0b1001001]);
    expect([...layer.records]).toEqual([109, 0, 0, 0, 234, 255, 255, 255, 0, 0, 0, 64, 0, 0, 0, 64, 0, 255]);
    expect(partBytes(layer)).toEqual({ weightBytes: 5, indexBytes: 1, recordBytes: 18, optionBytes: 19 });
  });

  test("the worked example in the documentation shows these bytes", () => {
    expect(shownBytes("## A worked example: convolution")).toEqual(hexBytes(packed(example)));
  });

  test("a block as wide as the channels is a whole filterlet", () => {
    const layer = packed({ ...example, blockChannels: 3 });
    expect([...layer.index]).toEqual([0b1011]);
    expect([...layer.weights]).toEqual([1, -2, 0, 0, 0, 4, -5, 0, 0]);
  });

  test("keeps one block of a layer that is all zeros", () => {
    const layer = packed({ ...example, weights: new Int8Array(12) });
    expect([...layer.index]).toEqual([1]);
    expect([...layer.weights]).toEqual([0, 0]);
  });

  test("takes an absent bias as zeros and one scale for all filters", () => {
    const { bias, ...rest } = example;
    const layer = packed({ ...rest, filterScales: [0.25] });
    expect(bias).toBeDefined();
    expect([...unpackLayer(filterletConv, layer).bias]).toEqual([0, 0]);
    expect([...layer.records.subarray(16)]).toEqual([0, 0]);
  });

  test.each([
    ["a kernel of 12 columns", { kernelWidth: 12, weights: new Int8Array(72) }, "OPTION_OUT_OF_RANGE"],
    ["blocks without channels", { blockChannels: 0 }, "OPTION_OUT_OF_RANGE"],
    ["a fused TANH", { activation: 4 }, "ACTIVATION_UNSUPPORTED"],
    ["a zero scale", { outputScale: 0 }, "SCALE_INVALID"],
    ["an infinite filter scale", { filterScales: [0.25, Number.POSITIVE_INFINITY] }, "SCALE_INVALID"],
    ["a stride of 256", { strideWidth: 256 }, "OPTION_OUT_OF_RANGE"],
    ["a dilation of 0", { dilationHeight: 0 }, "OPTION_OUT_OF_RANGE"],
    ["a zero point beyond int8", { inputZeroPoint: 128 }, "OPTION_OUT_OF_RANGE"],
    ["an unknown padding", { padding: 2 }, "OPTION_OUT_OF_RANGE"],
    ["a multiplier of 2^31", { filterScales: [2 ** 30, 1] }, "SHIFT_OUT_OF_RANGE"],
    ["a bias at the end of int32", { bias: Int32Array.from([2 ** 31 - 1, 0]) }, "ACCUMULATOR_OVERFLOW"],
  ])("refuses %s", (_, change, reason) => {
    expect(refusal(change)).toBe(reason);
  });

  test("packs up to the last accumulator that fits", () => {
    const room = 2 ** 31 - 1 - 128 * 7 - 3 * 3;
    expect(refusal({ bias: Int32Array.from([room, 0]) })).toBe("packed");
    expect(refusal({ bias: Int32Array.from([room + 1, 0]) })).toBe("ACCUMULATOR_OVERFLOW");
  });

  test.each<[string, Partial<DenseConvLayer>]>([
    ["weights", { weights: new Int8Array(5) }],
    ["blocks", { blockChannels: 4 }],
  ])("%s that do not fit the shape are our bug", (_, change) => {
    expect(() => packConvLayer({ ...example, ...change })).toThrow(
      expect.objectContaining({ code: "INTERNAL" }),
    );
  });
});

test("unpackLayer gives back weights and bias of 200 random layers", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = new Random(seed);
    const inputChannels = random.int(1, 40);
    const size = { kernelHeight: random.int(1, 11), kernelWidth: random.int(1, 5), inputChannels };
    const blockChannels = random.int(1, inputChannels);
    const layer = randomLayer(random, { ...size, blockChannels, pruned: random.next() });
    const result = packed(layer);
    const { kernelHeight, kernelWidth } = layer;
    const shape = [layer.outputChannels, kernelHeight, kernelWidth, inputChannels];
    expect(unpackLayer(filterletConv, result)).toEqual({ weights: layer.weights, shape, bias: layer.bias });
  }
});

describe("unpackLayer refuses parts that do not fit each other:", () => {
  const parts = packed(example);
  const { options } = filterletConv;
  const withOption = (change: Partial<ReturnType<typeof options.decode>>) => ({
    ...parts,
    options: options.encode({ ...options.decode(parts.options), ...change }),
  });

  test.each([
    ["no options", { ...parts, options: new Uint8Array() }],
    ["options cut off", { ...parts, options: parts.options.slice(0, -1) }],
    ["a later version", withOption({ version: 3 })],
    ["another layout", withOption({ layout: 7 })],
    ["a kernel without rows", withOption({ kernelHeight: 0 })],
    ["a layer of 70 GB", withOption({ outputChannels: 65535, inputChannels: 65535, kernelHeight: 11 })],
    ["blocks beyond the channels", withOption({ blockChannels: 4 })],
    ["a short index", { ...parts, index: new Uint8Array() }],
    ["short records", { ...parts, records: parts.records.slice(1) }],
    ["an index that keeps more", { ...parts, index: Uint8Array.from([0b1001011]) }],
    ["an index that keeps less", { ...parts, index: Uint8Array.from([0b1001000]) }],
  ])("%s", (_, damaged) => {
    expect(() => unpackLayer(filterletConv, damaged)).toThrow(
      expect.objectContaining({ code: "PACKED_LAYER_INVALID" }),
    );
  });

  test("version 1, which had no blocks, by name", () => {
    const before = {
      ...parts,
      options: Uint8Array.from([1, 0, 2, 0, 2, 0, 1, 3, 1, 1, 1, 1, 0, 0, 0, 128, 127]),
    };
    expect(() => unpackLayer(filterletConv, before)).toThrow(
      /format version 1, and this dtmm reads version 2/,
    );
  });
});
