/** Every unit of pruning, packed and run in the real interpreter next to the stock operators. */

import { describe, expect, test } from "vitest";
import type { WeightLayer } from "../../lib/layers.js";
import { blockFullyConnected, filterletConv } from "../../lib/pack/format.js";
import { pack, usedPackedOps } from "../../lib/pack/index.js";
import type { PrunedModel } from "../../lib/pruned-model.js";
import { compareModels } from "../../lib/runs.js";
import { arenaFor, mainGraph } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { TensorType } from "../../lib/tflite/schema.js";
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

/** Rows of sizes that no block divides, a single row and several. */
const denseLayers: ModelSpec = {
  seed: 4,
  input: [1, 6, 5, 7],
  layers: [
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 115, activation: "RELU" },
    { kind: "reshape", shape: [5, 23] },
    { kind: "fullyConnected", outputs: 39, activation: "RELU6" },
    { kind: "fullyConnected", outputs: 10 },
  ],
};

describe("fully connected layers in blocks", () => {
  const op = blockFullyConnected.op;
  const tiles =
    (filters: number, channels: number) =>
    ({ kind }: WeightLayer): PruningUnit | undefined =>
      kind === "fullyConnected" ? { filters, channels } : undefined;

  test.each([
    [4, 4],
    [4, 16],
    [1, 8],
    [3, 1000],
  ])("of %i outputs by %i inputs: the same bytes as stock at every operator", async (filters, channels) => {
    const pruned = randomlyPruned(convModelValue(denseLayers), 0.4, tiles(filters, channels));
    const result = await differing(denseLayers, pruned);
    expect(result.packed.layers.map((layer) => layer.op)).toEqual([op, op, op]);
    expect(result.differing).toEqual(none(denseLayers));
  });

  test("without a bias, whose folded one gets a tensor of its own", async () => {
    const model = convModelValue(denseLayers);
    for (const operator of mainGraph(model).operators) {
      if (operator.builtinOptions?.type === "FullyConnectedOptions")
        operator.inputs = operator.inputs.slice(0, 2);
    }
    const pruned = randomlyPruned(model, 0.4, tiles(4, 4));
    const result = await differing(denseLayers, pruned);
    expect(result.packed.layers.map((layer) => layer.op)).toEqual([op, op, op]);
    expect(result.differing).toEqual(none(denseLayers));
  });

  test("next to packed convolutions: both operators are used, each named once", async () => {
    const unitOf = (layer: WeightLayer) => ({ filters: layer.kind === "conv" ? 1 : 4, channels: 4 });
    const pruned = randomlyPruned(convModelValue(oddChannels), 0.3, unitOf);
    const result = await differing(oddChannels, pruned);
    expect(usedPackedOps(result.packed)).toEqual([filterletConv.op, op]);
    expect(result.differing).toEqual(none(oddChannels));
  });
});

describe("Prepare refuses a damaged block fully connected layer, with a message", () => {
  function run(change: (model: Model) => void) {
    const pruned = randomlyPruned(convModelValue(denseLayers), 0.4, () => ({ filters: 4, channels: 4 }));
    const model = structuredClone(pack(pruned, []).model);
    change(model);
    const inputs = bytesOf(randomInputs(denseLayers, 1));
    const bytes = writeModel(model);
    return native.pool.call("runModel", { model: bytes, arenaBytes: arenaFor(model), inputs, samples: 1 });
  }
  const last = (model: Model) => mainGraph(model).operators.at(-1)!;
  const { op, options } = blockFullyConnected;

  test.each<[string, (model: Model) => void, RegExp]>([
    ["another version", (model) => (last(model).customOptions![0] = 9), /do not know the format version/],
    [
      "another block",
      (model) => (last(model).customOptions![options.offset("blockInputs")] = 3),
      /index (has the wrong size|does not match)/,
    ],
    [
      "an output of another shape",
      (model) => (mainGraph(model).tensors[last(model).outputs[0]!]!.shape = [4, 10]),
      /output shape/,
    ],
    ["a missing input", (model) => last(model).inputs.pop(), /needs 4 inputs/],
    [
      "unsigned weights",
      (model) => (mainGraph(model).tensors[last(model).inputs[1]!]!.type = TensorType.UINT8),
      /needs int8 weights/,
    ],
  ])("%s", async (_, change, says) => {
    await expect(run(change)).rejects.toMatchObject({
      code: "NATIVE_REJECTED",
      message: expect.stringMatching(new RegExp(`${op}.*${says.source}`)),
    });
  });

  test("and runs the undamaged one", async () => {
    expect((await run(() => undefined)).outputs).toHaveLength(50);
  });
});
