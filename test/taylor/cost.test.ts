import { describe, expect, test } from "vitest";
import { weightLayers } from "../../lib/layers.js";
import { packConvLayer } from "../../lib/pack/conv-layer.js";
import { filterletConv } from "../../lib/pack/format.js";
import { partBytes } from "../../lib/pack/packed-parts.js";
import { cutsOf, keptMacs, keptWeights, layerFlashBytes } from "../../lib/taylor/cost.js";
import { activationSteps, peakActivations } from "../../lib/taylor/memory.js";
import { taylorLayer } from "../../lib/taylor/problem.js";
import { convModelValue } from "../support/models.js";
import { layerOf } from "./fixtures.js";

const optionBytes = filterletConv.options.bytes;
const removal = { bytesPerFilter: 7 };
const chain = [layerOf(0, 4, 8, 10, { removal }), layerOf(1, 8, 10, 10, { source: 0 })];
const shares = (alpha: number[], beta: number[]) => ({
  alpha: Float64Array.from(alpha),
  beta: Float64Array.from(beta),
});

describe("cuts", () => {
  test("count filters and filterlets, and no filters where these cannot leave", () => {
    expect(cutsOf(chain, shares([0.25, 0.25], [0.25, 0.25]))).toEqual([
      { filters: 2, filterlets: 36 },
      { filters: 0, filterlets: 45 },
    ]);
  });

  test("return the count that a share was made from", () => {
    for (let count = 0; count <= 90; count++) {
      expect(cutsOf(chain, shares([0, count / 90], [0, 0]))[1]!.filterlets).toBe(count);
    }
  });
});

describe("costs", () => {
  const cuts = [
    { filters: 2, filterlets: 36 },
    { filters: 0, filterlets: 45 },
  ];

  test("removed filters narrow the layer that reads them", () => {
    expect([0, 1].map((l) => keptWeights(chain, cuts, l))).toEqual([36 * 4, 45 * 6]);
    expect(keptMacs(chain, cuts)).toBeCloseTo((36 * 4 + 45 * 6) / (72 * 4 + 90 * 8), 12);
  });

  test("flash counts the packed parts and what leaves elsewhere", () => {
    expect(layerFlashBytes(chain, cuts, 0)).toBe(
      36 * 4 + Math.ceil((6 * 9) / 8) + 6 * 9 + optionBytes - 2 * 7,
    );
    expect(layerFlashBytes(chain, cuts, 1)).toBe(45 * 6 + Math.ceil(90 / 8) + 10 * 9 + optionBytes);
  });

  test("a layer that would grow by packing counts as dense", () => {
    const wide = { ...layerOf(0, 1, 8, 1), positions: 200 };
    const dense = 8 * (200 + 4 + 2 * 12);
    expect(layerFlashBytes([wide], [{ filters: 0, filterlets: 0 }], 0)).toBe(dense);
    const packed = 1500 + 200 + 8 * 9 + optionBytes;
    expect(layerFlashBytes([wide], [{ filters: 0, filterlets: 100 }], 0)).toBe(packed);
  });

  test("flash equals what the packer makes", () => {
    const model = convModelValue({
      input: [1, 6, 6, 5],
      layers: [{ kind: "conv", filters: 7, kernel: [3, 3], activation: "RELU" }],
    });
    const [conv] = weightLayers(model);
    const layer = taylorLayer(conv!);
    expect(layer).toEqual({ operator: 0, filters: 7, positions: 9, channels: 5, macs: 7 * 9 * 5 * 36 });
    const weights = conv!.weights
      .slice()
      .fill(0, 0, 20 * 5)
      .fill(1, 20 * 5);
    const { inputChannels, outputChannels, ...geometry } = conv!.geometry;
    const packed = packConvLayer({
      ...conv!,
      ...geometry,
      inputChannels,
      outputChannels,
      blockChannels: inputChannels,
      weights,
    });
    if (!packed.ok) throw new Error(packed.detail);
    const bytes = Object.values(partBytes(packed.parts)).reduce((sum, part) => sum + part, 0);
    expect(layerFlashBytes([layer], [{ filters: 0, filterlets: 20 }], 0)).toBe(bytes);
  });
});

describe("activations", () => {
  const model = convModelValue({
    input: [1, 8, 8, 2],
    layers: [
      { kind: "conv", filters: 4, kernel: [3, 3] },
      { kind: "conv", filters: 4, kernel: [3, 3] },
      { kind: "add", from: 0 },
      { kind: "maxPool" },
    ],
  });
  const outputs = model.subgraphs[0]!.operators!.map((operator) => operator.outputs![0]!);

  test("live from the operator that writes them to the last that reads them", () => {
    const steps = activationSteps(model, new Map());
    // The input (2 channels), the skipped tensor over both convs, the sum, the pooled quarter.
    expect(steps.map(({ fixedBytes }) => fixedBytes / 64)).toEqual([2 + 4, 4 + 4, 4 + 4 + 4, 4 + 1]);
    expect(peakActivations(steps, [])).toEqual({ bytes: 12 * 64, operator: 2, layers: [] });
  });

  test("shrink with the filters that write them", () => {
    const steps = activationSteps(model, new Map([[outputs[1]!, 0]]));
    const peak = peakActivations(steps, [{ filters: 3, filterlets: 27 }]);
    expect(peak).toEqual({ bytes: (4 + 1 + 4) * 64, operator: 2, layers: [0] });
  });
});
