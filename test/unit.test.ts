import { describe, expect, test } from "vitest";
import { type WeightLayer, weightLayers } from "../lib/layers.js";
import { bundles, filterlet, groupOffsets, groupsPerPosition } from "../lib/unit.js";
import { convModelValue } from "./support/models.js";
import { maskWeights, unitFor } from "./support/units.js";

/** A 2x3 conv of 6 channels and 7 filters, and a fully connected layer of 10 outputs. */
const [conv, connected] = weightLayers(
  convModelValue({
    input: [1, 5, 5, 6],
    layers: [
      { kind: "conv", filters: 7, kernel: [2, 3] },
      { kind: "reshape" },
      { kind: "fullyConnected", outputs: 10 },
    ],
  }),
) as [WeightLayer, WeightLayer];

describe("groups", () => {
  test("of a filterlet are the kernel positions", () => {
    expect(Array.from(groupOffsets(filterlet(conv), conv))).toEqual([0, 6, 12, 18, 24, 30, 36]);
    expect([groupsPerPosition(filterlet(conv), conv), bundles(filterlet(conv), conv)]).toEqual([1, 7]);
  });

  test("of a block end with each position, the last one smaller", () => {
    const unit = { filters: 1, channels: 4 };
    expect(groupsPerPosition(unit, conv)).toBe(2);
    expect(Array.from(groupOffsets(unit, conv))).toEqual([0, 4, 6, 10, 12, 16, 18, 22, 24, 28, 30, 34, 36]);
  });

  test("of a tile span neighbouring outputs, the last bundle smaller", () => {
    const unit = unitFor(connected);
    expect(unit).toEqual({ filters: 4, channels: 4 });
    expect(bundles(unit, connected)).toBe(3);
    const offsets = groupOffsets(unit, connected);
    expect(offsets.at(-1)).toBe(connected.geometry.inputChannels);
  });
});

test("the unit of a layer with few channels is no wider than these", () => {
  const narrow = { ...conv, geometry: { ...conv.geometry, inputChannels: 3 } };
  expect(unitFor(narrow)).toEqual({ filters: 1, channels: 3 });
  const single = { ...connected, geometry: { ...connected.geometry, inputChannels: 1 } };
  expect(unitFor(single)).toEqual({ filters: 4, channels: 1 });
});

describe("a mask", () => {
  test("zeroes the groups of single filters, and nothing else", () => {
    const unit = { filters: 1, channels: 4 };
    const keep = new Uint8Array(7 * 12).fill(1);
    // Filter 2 loses the two channels that are left over at position 1; filter 6 its very last group but one.
    keep[2 * 12 + 3] = 0;
    keep[6 * 12 + 10] = 0;
    const masked = maskWeights(unit, conv, keep);
    const gone = new Set([2 * 36 + 10, 2 * 36 + 11, ...[30, 31, 32, 33].map((i) => 6 * 36 + i)]);
    masked.forEach((weight, i) => {
      expect(weight).toBe(gone.has(i) ? 0 : conv.weights[i]);
    });
  });

  test("of a bundle goes for all of its filters", () => {
    const unit = unitFor(connected);
    const inputs = connected.geometry.inputChannels;
    const groups = groupOffsets(unit, connected).length - 1;
    const keep = new Uint8Array(3 * groups).fill(1);
    keep[2 * groups + 1] = 0;
    const masked = maskWeights(unit, connected, keep);
    masked.forEach((weight, i) => {
      const [output, input] = [Math.floor(i / inputs), i % inputs];
      const isGone = output >= 8 && input >= 4 && input < 8;
      expect(weight).toBe(isGone ? 0 : connected.weights[i]);
    });
  });
});
