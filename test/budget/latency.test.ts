import { describe, expect, test } from "vitest";
import { cyclesPerWeight, denseCycles, latencyModel, packedCycles } from "../../lib/latency.js";
import { type WeightLayer, weightLayers } from "../../lib/layers.js";
import type { Target } from "../../lib/options/types.js";
import { convModelValue } from "../support/models.js";

function convLayer(size: number, channels: number, kernel: number): WeightLayer {
  const spec = {
    seed: 1,
    input: [1, size, size, channels] as [number, number, number, number],
    layers: [{ kind: "conv" as const, filters: channels, kernel }],
  };
  return weightLayers(convModelValue(spec))[0]!;
}

function ratio(target: Target, layer: WeightLayer, channels: number, pruned: number): number {
  const unit = { filters: 1, channels };
  const kept = (1 - pruned) * layer.weights.length;
  return packedCycles(target, layer, unit, kept) / denseCycles(target, layer);
}

describe("a layer's predicted time against CMSIS-NN", () => {
  // Measured ratios at 0, 50 and 90 % pruned.
  const measured: [Target, string, number, number, number, number, [number, number, number]][] = [
    ["cortex-m4", "3x3 of 16", 32, 16, 3, 16, [0.55, 0.3, 0.09]],
    ["cortex-m4", "3x3 of 32", 16, 32, 3, 32, [0.67, 0.35, 0.09]],
    ["cortex-m4", "3x3 of 64", 8, 64, 3, 64, [0.7, 0.36, 0.09]],
    ["cortex-m4", "3x3 of 128", 8, 128, 3, 128, [0.72, 0.36, 0.08]],
    ["cortex-m4", "1x1 in blocks of 16", 8, 64, 1, 16, [0.7, 0.4, 0.17]],
    ["cortex-m4", "1x1 in blocks of 4", 8, 64, 1, 4, [0.85, 0.48, 0.18]],
    ["cortex-m55", "3x3 of 16", 32, 16, 3, 16, [0.6, 0.37, 0.19]],
    ["cortex-m55", "3x3 of 64", 8, 64, 3, 64, [0.85, 0.46, 0.15]],
    ["cortex-m55", "3x3 of 128", 8, 128, 3, 128, [0.96, 0.5, 0.13]],
    ["cortex-m55", "1x1 in blocks of 16", 8, 64, 1, 16, [0.74, 0.51, 0.33]],
    ["cortex-m3", "3x3 of 64", 8, 64, 3, 64, [1.05, 0.56, 0.15]],
  ];
  test.each(measured)("%s, %s", (target, _, size, channels, kernel, block, expected) => {
    const layer = convLayer(size, channels, kernel);
    const predicted = [0, 0.5, 0.9].map((pruned) => ratio(target, layer, block, pruned));
    predicted.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(0.045);
    });
  });

  test("generic: as long as dense with everything kept, so that the gain is that of sparsity alone", () => {
    const layer = convLayer(8, 32, 3);
    expect(ratio("generic", layer, 32, 0)).toBeCloseTo(1, 9);
    expect(ratio("generic", layer, 32, 0.5)).toBeLessThan(0.55);
  });

  test("narrow blocks cost more per weight, most of all where vectors are wide", () => {
    const layer = convLayer(8, 32, 3);
    const cost = (target: Target, channels: number) =>
      cyclesPerWeight(target, layer, { filters: 1, channels }) /
      cyclesPerWeight(target, layer, { filters: 1, channels: 32 });
    expect(cost("cortex-m4", 16)).toBe(1);
    expect(cost("cortex-m4", 4)).toBeCloseTo(1.26, 2);
    expect(cost("cortex-m55", 4)).toBeCloseTo(4, 9);
  });
});

describe("a model's predicted time", () => {
  const model = convModelValue({
    seed: 2,
    input: [1, 8, 8, 16],
    layers: [
      { kind: "conv", filters: 16, kernel: 3 },
      { kind: "depthwise", kernel: 3 },
      { kind: "maxPool" },
      { kind: "reshape" },
      { kind: "fullyConnected", outputs: 8 },
      { kind: "softmax" },
    ],
  });
  const [conv] = weightLayers(model) as [WeightLayer];
  const unit = { filters: 1, channels: 16 };

  test("is the dense one's while nothing is packed", () => {
    expect(latencyModel(model, "cortex-m4").ratio([])).toBe(1);
  });

  test("falls by what the packed layer saves of all operators' cycles", () => {
    const { dense, ratio: predict } = latencyModel(model, "cortex-m4");
    const keptWeights = conv.weights.length / 2;
    const saved = denseCycles("cortex-m4", conv) - packedCycles("cortex-m4", conv, unit, keptWeights);
    expect(saved).toBeGreaterThan(0);
    expect(predict([{ layer: conv, unit, keptWeights }])).toBeCloseTo(1 - saved / dense, 12);
  });

  test("counts what is not pruned: nothing but the conv at zero still leaves the others", () => {
    const { dense, ratio: predict } = latencyModel(model, "cortex-m4");
    const others = dense - denseCycles("cortex-m4", conv);
    const depthwiseMacs = 8 * 8 * 16 * 9;
    expect(others).toBeGreaterThan(depthwiseMacs);
    expect(predict([{ layer: conv, unit, keptWeights: 0 }])).toBeGreaterThan(others / dense);
  });
});
