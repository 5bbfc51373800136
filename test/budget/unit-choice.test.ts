import { describe, expect, test } from "vitest";
import type { Aim } from "../../lib/aims.js";
import { type WeightLayer, weightLayers } from "../../lib/layers.js";
import type { Target } from "../../lib/options/types.js";
import type { LayerStatistics } from "../../lib/statistics.js";
import { candidateUnits, chooseUnits } from "../../lib/unit-choice.js";
import { usePool } from "../support/interpreter.js";
import { convModelValue, type ModelSpec } from "../support/models.js";
import { seededRandom } from "../support/random.js";

const native = usePool(2);

function layersOf(layers: ModelSpec["layers"], channels: number): WeightLayer[] {
  return weightLayers(convModelValue({ seed: 1, input: [1, 6, 6, channels], layers }));
}

const conv = (filters: number, kernel: number) => ({ kind: "conv" as const, filters, kernel });

describe("candidateUnits", () => {
  const channelsOf = (layer: WeightLayer, target: Target) =>
    candidateUnits(layer, target).map(({ filters, channels }) => `${filters}x${channels}`);
  const [wide, pointwise, fullyConnected] = layersOf(
    [conv(64, 3), conv(8, 1), { kind: "reshape" }, { kind: "fullyConnected", outputs: 8 }],
    64,
  ) as [WeightLayer, WeightLayer, WeightLayer];
  const [narrow] = layersOf([conv(8, 3)], 3) as [WeightLayer];

  test.each<[Target, string[], string[], string[]]>([
    ["generic", ["1x64", "1x16", "1x8", "1x4"], ["1x16", "1x8", "1x4"], ["4x4"]],
    ["cortex-m4", ["1x64", "1x16", "1x8", "1x4"], ["1x16", "1x8", "1x4"], ["4x4"]],
    ["cortex-m55", ["1x64", "1x16"], ["1x16"], ["4x16"]],
  ])("%s", (target, window, oneByOne, tiles) => {
    expect(channelsOf(wide, target)).toEqual(window);
    expect(channelsOf(pointwise, target)).toEqual(oneByOne);
    expect(channelsOf(fullyConnected, target)).toEqual(tiles);
    expect(channelsOf(narrow, target)).toEqual(["1x3"]);
  });
});

describe("chooseUnits", () => {
  /** Statistics of a layer in which all weights in a block of so many channels are worth the same. */
  function clustered(block: number): LayerStatistics {
    const [layer] = layersOf([conv(48, 3)], 32) as [WeightLayer];
    const random = seededRandom(7);
    const weights = new Int8Array(layer.weights.length);
    for (let start = 0; start < weights.length; start += block) {
      const size = random.integer(1, 120);
      for (let i = 0; i < block; i++) weights[start + i] = random.next() < 0.5 ? size : -size;
    }
    const order = 9 * 32 + 1;
    const sums = new Float64Array(order * order);
    for (let i = 0; i < order; i++) sums[i * order + i] = 100;
    return {
      layer: { ...layer, weights },
      moments: { sums, count: 100 },
      prices: new Float64Array(48).fill(1),
    };
  }

  const choose = (layers: LayerStatistics[], target: Target = "generic", aim: Aim = "bytes") =>
    chooseUnits({ layers, target, aim, share: 0.5, ...native.context });

  test("cuts a layer as finely as its weights are worth it, and no finer", async () => {
    expect(await choose([clustered(4), clustered(16), clustered(32)])).toEqual([
      { filters: 1, channels: 4 },
      { filters: 1, channels: 16 },
      { filters: 1, channels: 32 },
    ]);
  });

  test.each<[Aim, number]>([
    ["bytes", 4],
    ["both", 4],
    ["latency", 32],
  ])("cuts a layer of single weights for %s into blocks of %d", async (aim, channels) => {
    expect(await choose([clustered(1)], "cortex-m4", aim)).toEqual([{ filters: 1, channels }]);
  });

  test("never leaves what the target's kernels do well", async () => {
    expect(await choose([clustered(4)], "cortex-m55")).toEqual([{ filters: 1, channels: 16 }]);
  });
});
