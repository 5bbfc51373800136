/** Every unit of pruning, packed and run in the real interpreter next to the stock operators. */

import { describe, expect, test } from "vitest";
import type { WeightLayer } from "../../lib/layers.js";
import { filterletConv } from "../../lib/pack/format.js";
import { pack, usedPackedOps } from "../../lib/pack/index.js";
import type { PrunedModel } from "../../lib/prune.js";
import { compareModels } from "../../lib/runs.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import { writeModel } from "../../lib/tflite/writer.js";
import type { PruningUnit } from "../../lib/unit.js";
import { bytesOf, usePool } from "../support/interpreter.js";
import { convModelValue, type ModelSpec, randomInputs } from "../support/models.js";
import { randomlyPruned } from "./support/randomly-pruned.js";

const native = usePool();

/** Channel counts that no block size divides, kernels of 3x3 and 1x1, strides, and a 1x1 conv in the middle. */
const oddChannels: ModelSpec = {
  seed: 3,
  input: [1, 9, 7, 3],
  layers: [
    { kind: "conv", filters: 39, kernel: [3, 3], activation: "RELU" },
    { kind: "conv", filters: 37, kernel: [1, 1], activation: "RELU6" },
    { kind: "conv", filters: 41, kernel: [3, 3], stride: 2, padding: "VALID" },
    { kind: "conv", filters: 23, kernel: [1, 1], stride: 2 },
    { kind: "averagePool" },
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 10 },
  ],
};

/** Operators whose output differs between the masked model, all stock, and the packed one. */
async function differing(spec: ModelSpec, pruned: PrunedModel) {
  const packed = pack(pruned, []);
  const samples = { samples: 6, bytes: bytesOf(randomInputs(spec, 6)) };
  const stock = { model: pruned.model, bytes: writeModel(pruned.model) };
  const { differingBytes } = await compareModels(stock, packed, samples, native.context);
  return { packed, differing: Array.from(differingBytes) };
}

const none = (spec: ModelSpec) => spec.layers.map(() => 0);

describe("convolutions in channel blocks", () => {
  const blocksOf =
    (channels: number) =>
    ({ kind }: WeightLayer): PruningUnit | undefined =>
      kind === "conv" ? { filters: 1, channels } : undefined;

  test.each([1, 4, 8, 16, 64])("of %i: the same bytes as stock at every operator", async (channels) => {
    const pruned = randomlyPruned(convModelValue(oddChannels), 0.5, blocksOf(channels));
    const result = await differing(oddChannels, pruned);
    expect(result.packed.layers.map(({ op }) => op)).toEqual(Array(4).fill(filterletConv.op));
    expect(result.differing).toEqual(none(oddChannels));
    const { operators } = mainGraph(result.packed.model);
    const blocks = result.packed.layers.map(
      ({ operator }) => filterletConv.options.decode(operators[operator]!.customOptions!).blockChannels,
    );
    expect(blocks).toEqual([3, 39, 37, 41].map((inputs) => Math.min(inputs, channels)));
  });

  test("with new weight scales, which stock finds in the quantisation of filter and bias", async () => {
    const pruned = randomlyPruned(convModelValue(oddChannels), 0.5, blocksOf(16), (layer) => ({
      ...layer,
      filterScales: layer.filterScales.map((scale, filter) => scale * (0.5 + (filter % 7) / 8)),
    }));
    const { quantization } = mainGraph(pruned.model).tensors[pruned.layers[0]!.layer.biasTensor]!;
    const { layer, filterScales } = pruned.layers[0]!;
    expect(quantization?.scale).toEqual(
      Array.from(filterScales, (scale) => Math.fround(scale * layer.inputScale)),
    );
    const result = await differing(oddChannels, pruned);
    expect(usedPackedOps(result.packed)).toEqual([filterletConv.op]);
    expect(result.differing).toEqual(none(oddChannels));
  });
});
