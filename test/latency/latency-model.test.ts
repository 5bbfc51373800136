import { describe, expect, test } from "vitest";
import { boardCores } from "../../lib/board/boards.js";
import { costPerWeight, denseCost, latencyModel, packedCost } from "../../lib/latency/index.js";
import { predictOperators } from "../../lib/latency/prediction.js";
import { type WeightLayer, weightLayers } from "../../lib/layers.js";
import type { Target } from "../../lib/options/types.js";
import { pack } from "../../lib/pack/index.js";
import { candidateUnits } from "../../lib/unit-choice.js";
import { randomlyPruned } from "../pack/support/randomly-pruned.js";
import { convModelValue, everyLayer } from "../support/models.js";

function convLayer(size: number, channels: number, kernel: number, stride = 1): WeightLayer {
  const layers = [{ kind: "conv" as const, filters: channels, kernel, stride }];
  return weightLayers(convModelValue({ seed: 1, input: [1, size, size, channels], layers }))[0]!;
}

function fullyConnectedLayer(inputs: number, outputs: number): WeightLayer {
  const layers = [{ kind: "reshape" as const }, { kind: "fullyConnected" as const, outputs }];
  return weightLayers(convModelValue({ seed: 1, input: [1, 1, 1, inputs], layers }))[0]!;
}

function ratio(target: Target, layer: WeightLayer, channels: number, pruned: number): number {
  const kept = (1 - pruned) * layer.weights.length;
  return packedCost(target, layer, { filters: 1, channels }, kept) / denseCost(target, layer);
}

const targets: Target[] = ["generic", ...boardCores];

/** Shapes with whole and ragged quads, vectors and groups of positions. */
const layers: [string, WeightLayer][] = [
  ["3x3 of 3", convLayer(12, 3, 3)],
  ["3x3 of 16", convLayer(9, 16, 3)],
  ["3x3 of 39 with stride 2", convLayer(9, 39, 3, 2)],
  ["3x3 of 64", convLayer(3, 64, 3)],
  ["1x1 of 64", convLayer(5, 64, 1)],
  ["1x1 of 58 with stride 2", convLayer(6, 58, 1, 2)],
  ["fully connected 60 to 10", fullyConnectedLayer(60, 10)],
];

describe("a packed layer's predicted cost", () => {
  describe.each(targets)("%s", (target) => {
    test.each(layers)("%s: never falls as weights are added, whatever the unit", (_, layer) => {
      const { inputChannels } = layer.geometry;
      const blocks = [4, 8, 16, inputChannels].map((channels) => Math.min(channels, inputChannels));
      const filters = layer.kind === "fullyConnected" ? 4 : 1;
      for (const channels of blocks) {
        const costs = Array.from({ length: 33 }, (_, i) =>
          packedCost(target, layer, { filters, channels }, (i / 32) * layer.weights.length),
        );
        expect(costs[0]).toBeGreaterThan(0);
        expect(costs).toEqual([...costs].sort((a, b) => a - b));
        expect(costs.at(-1)).toBeGreaterThan(costs[0]!);
      }
    });
  });

  test.each(targets)("%s: finer blocks never cost less per weight", (target) => {
    const layer = convLayer(8, 64, 3);
    const costs = [64, 16, 8, 4].map((channels) => costPerWeight(target, layer, { filters: 1, channels }));
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    expect(costs.at(-1)).toBeGreaterThan(costs[0]!);
  });

  // Counted by bench/kernels.mjs against CMSIS-NN, at 0, 50 and 90 % pruned; loose enough for kernels that get better.
  test.each<[Target, string, WeightLayer, number, [number, number, number]]>([
    ["cortex-m4", "3x3 of 64", convLayer(8, 64, 3), 64, [0.6, 0.31, 0.09]],
    ["cortex-m4", "1x1 in blocks of 4", convLayer(8, 64, 1), 4, [0.72, 0.5, 0.24]],
    ["cortex-m55", "3x3 of 64", convLayer(8, 64, 3), 64, [0.76, 0.42, 0.13]],
    ["cortex-m55", "1x1 in blocks of 16", convLayer(8, 64, 1), 16, [0.69, 0.46, 0.22]],
    ["cortex-m3", "3x3 of 64", convLayer(8, 64, 3), 64, [1.05, 0.56, 0.15]],
  ])("%s, %s: near what was counted", (target, _, layer, block, expected) => {
    const predicted = [0, 0.5, 0.9].map((pruned) => ratio(target, layer, block, pruned));
    predicted.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(0.12);
    });
  });

  test("generic: as long as dense with everything kept, so that the gain is that of sparsity alone", () => {
    const layer = convLayer(8, 32, 3);
    expect(ratio("generic", layer, 32, 0)).toBeCloseTo(1, 9);
    expect(ratio("generic", layer, 32, 0.5)).toBeLessThan(0.55);
    expect(costPerWeight("generic", layer, { filters: 1, channels: 16 })).toBe(8 * 8);
    expect(costPerWeight("generic", layer, { filters: 1, channels: 4 })).toBeCloseTo(8 * 8 * 1.2625, 9);
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

  test.each(targets)("%s: is the dense one's while nothing is packed", (target) => {
    expect(latencyModel(model, target).ratio([])).toBe(1);
  });

  test.each(targets)("%s: falls by what the packed layer saves of all operators' costs", (target) => {
    const { dense, ratio: predict } = latencyModel(model, target);
    const keptWeights = conv.weights.length / 4;
    const saved = denseCost(target, conv) - packedCost(target, conv, unit, keptWeights);
    expect(saved).toBeGreaterThan(0);
    expect(predict([{ layer: conv, unit, keptWeights }])).toBeCloseTo(1 - saved / dense, 12);
  });

  test.each(targets)("%s: counts what is not pruned", (target) => {
    const { dense, ratio: predict } = latencyModel(model, target);
    const others = dense - denseCost(target, conv);
    const depthwiseMacs = 8 * 8 * 16 * 9;
    expect(others).toBeGreaterThan(depthwiseMacs);
    expect(predict([{ layer: conv, unit, keptWeights: 0 }])).toBeGreaterThan(others / dense);
  });
});

describe("predictOperators", () => {
  const model = convModelValue(everyLayer);

  test.each(boardCores)("%s: prices every operator, stock or packed", (core) => {
    const dense = predictOperators(model, core);
    expect(Math.min(...dense.map(({ instructions }) => instructions))).toBeGreaterThan(0);
    const packed = pack(
      randomlyPruned(model, 0.5, (layer) => candidateUnits(layer, core)[0]),
      [],
    );
    const predicted = predictOperators(packed.model, core);
    for (const { operator, op } of packed.layers) {
      if (op === undefined) continue;
      expect(predicted[operator]!.instructions).toBeLessThan(dense[operator]!.instructions);
      expect(predicted[operator]!.cmsisNn).toBeUndefined();
      expect(dense[operator]!.cmsisNn).toBeLessThan(dense[operator]!.instructions);
    }
  });

  test("a packed layer costs what the schedule foretold for its share", () => {
    const core = "cortex-m4";
    const packed = pack(
      randomlyPruned(model, 0.5, (layer) => candidateUnits(layer, core)[0]),
      [],
    );
    const predicted = predictOperators(packed.model, core);
    const shapes = new Map(weightLayers(model).map((layer) => [layer.operator, layer]));
    for (const { operator, packed: bytes } of packed.layers) {
      if (bytes === undefined) continue;
      const layer = shapes.get(operator)!;
      const foretold = packedCost(core, layer, candidateUnits(layer, core)[0]!, bytes.weightBytes);
      expect(predicted[operator]!.instructions).toBeCloseTo(foretold, 3);
    }
  });
});
