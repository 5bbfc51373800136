import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type DenseConvLayer, packFilterletLayer } from "../../lib/pack/filterlet-layer.js";
import { decodeOptions, encodeOptions, type PackedOptions } from "../../lib/pack/format.js";
import { unpackFilterletLayer } from "../../lib/pack/unpack-filterlet-layer.js";
import { randomLayer } from "../kernels/support/layers.js";
import { Random } from "../kernels/support/random.js";

/** The layer of the worked example in docs/packed-format.md. */
const example: DenseConvLayer = {
  outputChannels: 2,
  kernelHeight: 1,
  kernelWidth: 3,
  inputChannels: 2,
  weights: Int8Array.from([1, -2, 0, 0, 3, 4, 0, 0, 0, 0, -5, 0]),
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

function packed(layer: DenseConvLayer) {
  const result = packFilterletLayer(layer);
  if (!result.ok) throw new Error(result.detail);
  return result.layer;
}

function refusal(change: Partial<DenseConvLayer>): string {
  const result = packFilterletLayer({ ...example, ...change });
  return result.ok ? "packed" : result.reason;
}

describe("packFilterletLayer", () => {
  test("gives the bytes of the worked example", () => {
    const layer = packed(example);
    expect([...layer.options]).toEqual([1, 0, 2, 0, 2, 0, 1, 3, 1, 1, 1, 1, 0, 0xfd, 0x80, 0x80, 0x7f]);
    expect([...layer.weights]).toEqual([1, -2, 3, 4, -5, 0]);
    expect([...layer.index]).toEqual([0b100101]);
    expect([...layer.records]).toEqual([118, 0, 0, 0, 234, 255, 255, 255, 0, 0, 0, 64, 0, 0, 0, 64, 0, 255]);
    expect(layer.bytes).toEqual({ weightBytes: 6, indexBytes: 1, recordBytes: 18, optionBytes: 17 });
    expect([layer.keptFilterlets, layer.totalFilterlets]).toEqual([3, 6]);
  });

  test("the worked example in the documentation shows these bytes", () => {
    const text = readFileSync(new URL("../../docs/packed-format.md", import.meta.url), "utf8");
    const shown = [...text.matchAll(/^ {4}.{9}((?: *[0-9A-F]{2}\b)+)/gm)].flatMap((m) =>
      m[1]!.trim().split(/ +/),
    );
    const { weights, index, records, options } = packed(example);
    const bytes = [weights, index, records, options].flatMap((part) =>
      Array.from(part, (byte) => byte & 0xff),
    );
    expect(shown).toEqual(bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")));
  });

  test("keeps a zero filterlet that the mask keeps, and a non-zero one that the mask drops", () => {
    const layer = packed({ ...example, mask: Uint8Array.from([0, 1, 0, 0, 0, 0]) });
    expect([...layer.index]).toEqual([0b100111]);
    expect([...layer.weights]).toEqual([1, -2, 0, 0, 3, 4, -5, 0]);
  });

  test("keeps one filterlet of a layer that is all zeros", () => {
    const layer = packed({ ...example, weights: new Int8Array(12) });
    expect([...layer.index]).toEqual([1]);
    expect([...layer.weights]).toEqual([0, 0]);
  });

  test("takes an absent bias as zeros and one scale for all filters", () => {
    const { bias, ...rest } = example;
    const layer = packed({ ...rest, filterScales: [0.25] });
    expect(bias).toBeDefined();
    expect([...unpackFilterletLayer(layer).bias]).toEqual([0, 0]);
    expect([...layer.records.subarray(16)]).toEqual([0, 0]);
  });

  test.each([
    ["a kernel of 12 columns", { kernelWidth: 12, weights: new Int8Array(48) }, "KERNEL_TOO_LARGE"],
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
    const room = 2 ** 31 - 1 - 128 * 10 - 3 * 6;
    expect(refusal({ bias: Int32Array.from([room, 0]) })).toBe("packed");
    expect(refusal({ bias: Int32Array.from([room + 1, 0]) })).toBe("ACCUMULATOR_OVERFLOW");
  });

  test("lengths that do not fit the shape are our bug", () => {
    expect(() => packFilterletLayer({ ...example, weights: new Int8Array(5) })).toThrow(
      expect.objectContaining({ code: "INTERNAL" }),
    );
  });
});

test("unpackFilterletLayer gives back weights and bias of 200 random layers", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = new Random(seed);
    const size = { kernelHeight: random.int(1, 11), kernelWidth: random.int(1, 5) };
    const layer = randomLayer(random, { ...size, pruned: random.next() });
    const result = packed(layer);
    expect(unpackFilterletLayer(result)).toEqual({ weights: layer.weights, bias: layer.bias });
    expect(result.weights).toHaveLength(result.keptFilterlets * layer.inputChannels);
    expect(decodeOptions(result.options).outputChannels).toBe(layer.outputChannels);
  }
});

describe("unpackFilterletLayer refuses parts that do not fit each other:", () => {
  const parts = packed(example);
  const withOption = (change: Partial<PackedOptions>) => ({
    ...parts,
    options: encodeOptions({ ...decodeOptions(parts.options), ...change }),
  });

  test.each([
    ["no options", { ...parts, options: new Uint8Array() }],
    ["options cut off", { ...parts, options: parts.options.slice(0, 16) }],
    ["a later version", withOption({ version: 2 })],
    ["another layout", withOption({ layout: 7 })],
    ["a kernel without rows", withOption({ kernelHeight: 0 })],
    ["a layer of 70 GB", withOption({ outputChannels: 65535, inputChannels: 65535, kernelHeight: 11 })],
    ["a short index", { ...parts, index: new Uint8Array() }],
    ["short records", { ...parts, records: parts.records.slice(1) }],
    ["an index that keeps more", { ...parts, index: Uint8Array.from([0b100111]) }],
  ])("%s", (_, damaged) => {
    expect(() => unpackFilterletLayer(damaged)).toThrow(
      expect.objectContaining({ code: "PACKED_LAYER_INVALID" }),
    );
  });
});
