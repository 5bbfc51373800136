import { describe, expect, test } from "vitest";
import { l1Norms } from "../../lib/baselines/filter-l1.js";
import { rankChannels } from "../../lib/baselines/rank-channels.js";
import { weightLayers } from "../../lib/layers.js";
import { removeChannels } from "../../lib/narrow/remove.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { outputShapes, outputsOf, silence } from "../narrow/support.js";
import { usePool } from "../support/interpreter.js";
import { convModelValue, everyLayer } from "../support/models.js";

const native = usePool();

function convWeights(model: Model): number {
  const convs = weightLayers(model).filter(({ kind }) => kind === "conv");
  return convs.reduce((sum, { weights }) => sum + weights.length, 0);
}

/** The ranking, and the model without those channels. */
function filterL1(model: Model, share: number) {
  const ranked = rankChannels(model, share, l1Norms);
  return { ...ranked, ...removeChannels(model, ranked.removals) };
}

describe("channels by L1 norm", () => {
  test.each([0.8, 0.5, 0.2])(
    "keeps at most a share of %f of the conv weights, and not much less",
    async (share) => {
      const model = convModelValue(everyLayer);
      const { model: narrower, keptWeights, totalWeights } = filterL1(model, share);
      expect(totalWeights).toBe(convWeights(model));
      expect(keptWeights).toBe(convWeights(narrower));
      expect(keptWeights).toBeLessThanOrEqual(share * totalWeights);
      expect(keptWeights).toBeGreaterThan((share - 0.2) * totalWeights);
      await outputsOf(narrower, native.context);
    },
  );

  test("the same ratio in every group, the smallest norms first, tied ones by their sum", () => {
    // Filter 5 is empty in one of two tied layers only, filter 2 in both.
    let model = silence(convModelValue(everyLayer), 0, [2, 5]);
    model = silence(silence(model, 1, [2]), 5, [9, 11]);
    const { removals, layers } = filterL1(model, 0.75);
    const ratios = removals.map(({ group, channels }) => channels.length / group.channels);
    expect(Math.max(...ratios) - Math.min(...ratios)).toBeLessThan(1 / 8);
    expect(removals[0]!.channels[0]).toBe(2);
    expect(removals[1]!.channels).toEqual(expect.arrayContaining([9, 11]));
    expect(layers[0]!.keptFilters).not.toContain(2);
  });

  test("norms are of the real weights, on each filter's own scale", () => {
    const model = convModelValue(everyLayer);
    const [, weakest] = filterL1(model, 0.8).removals.map(({ channels }) => channels[0]!);
    const graph = mainGraph(model);
    const filter = graph.operators[5]!.inputs[1]!;
    const { quantization } = graph.tensors[filter]!;
    const scale = quantization!.scale!.map((s, i) => (i === weakest ? 100 * s : s));
    const tensors = graph.tensors.map((t, i) =>
      i === filter ? { ...t, quantization: { ...quantization!, scale } } : t,
    );
    const louder = { ...model, subgraphs: [{ ...graph, tensors }] };
    expect(filterL1(louder, 0.5).removals[1]!.channels).not.toContain(weakest);
    expect(filterL1(model, 0.5).removals[1]!.channels).toContain(weakest);
  });

  test("the whole model stays at a share of 1, one channel of each group at 0", () => {
    const model = convModelValue(everyLayer);
    expect(filterL1(model, 1).model).toEqual(model);
    const { model: least, keptWeights } = filterL1(model, 0);
    expect(
      outputShapes(least)
        .slice(0, 9)
        .map((shape) => shape.at(-1)),
    ).toEqual(new Array(9).fill(1));
    expect(keptWeights).toBe(convWeights(least));
  });
});
