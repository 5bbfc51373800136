import { describe, expect, test } from "vitest";
import { compact, narrowPruned } from "../../lib/compact.js";
import { difference } from "../../lib/comparable.js";
import type { ImportedModel } from "../../lib/import.js";
import { narrow } from "../../lib/narrow/narrow.js";
import { dietSteps } from "../../lib/pack/diet-steps.js";
import type { PrunedModel } from "../../lib/pruned-model.js";
import { compareModels, written } from "../../lib/runs.js";
import { stockEquivalent } from "../../lib/stock-equivalent.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { randomlyPruned } from "../pack/support/randomly-pruned.js";
import { usePool } from "../support/interpreter.js";
import { convModelValue, everyLayer, type Layer } from "../support/models.js";
import { maskWeights, unitFor } from "../support/units.js";
import { inputsOf, outputShapes, outputsOf, silence } from "./support.js";

const native = usePool();

/** A residual block with a depthwise convolution behind it; both branches lack the same filters. */
const tied = silence(silence(convModelValue(everyLayer), 0, [0, 1, 2, 3]), 1, [0, 1, 2, 3]);

function halved(model: Model): PrunedModel {
  return randomlyPruned(model, 0.5, unitFor);
}

function imported(model: Model): ImportedModel {
  const bytes = writeModel(model);
  return { path: "model.tflite", bytes, sha256: "", model: readModel(bytes) };
}

/** Bytes that differ at any operator, over a few inputs. */
async function differing(reference: Model, candidate: Model): Promise<number> {
  const samples = { samples: 6, bytes: inputsOf(reference, 6) };
  const result = await compareModels(written(reference), written(candidate), samples, native.context);
  return result.differingBytes.reduce((sum, bytes) => sum + bytes, 0);
}

describe("compact", () => {
  test("takes empty filters out where they are tied by an add and a depthwise convolution", async () => {
    const pruned = halved(tied);
    const { masked, pruned: narrower, packed } = compact(pruned, dietSteps);
    expect(masked).toBe(pruned);
    expect(
      outputShapes(packed.model)
        .slice(0, 5)
        .map((shape) => shape.at(-1)),
    ).toEqual([4, 4, 4, 4, 4]);
    expect(packed.layers.filter(({ op }) => op !== undefined).length).toBeGreaterThan(2);
    expect(await differing(narrower.model, packed.model)).toBe(0);
    expect(await outputsOf(packed.model, native.context)).toEqual(
      await outputsOf(masked.model, native.context),
    );
  });

  test("masks of the narrower model lose no weight, and every block that they keep has one", () => {
    for (const { unit, layer, keep, weights } of narrowPruned(halved(tied))!.layers) {
      expect(maskWeights(unit, layer, keep)).toEqual(weights);
      keep.forEach((bit, block) => {
        if (bit === 0) return;
        const without = Uint8Array.from(keep, (one, i) => (i === block ? 0 : one));
        expect(maskWeights(unit, layer, without)).not.toEqual(weights);
      });
    }
  });

  test("keeps a dead channel whose removal would cost more than it saves", () => {
    // Blocks of 16: without its first channel, the reader's empty blocks and its full ones run into each other.
    const layers: Layer[] = [
      { kind: "conv", filters: 64, kernel: 1, activation: "RELU" },
      { kind: "conv", filters: 64, kernel: 1, activation: "RELU" },
      { kind: "conv", filters: 4, kernel: 1 },
    ];
    const model = silence(convModelValue({ input: [1, 4, 4, 8], layers }), 0, [0]);
    const unit = { filters: 1, channels: 16 };
    const pruned = randomlyPruned(model, 0.5, (layer) => (layer.operator === 1 ? unit : undefined));
    const narrower = narrowPruned(pruned)!;
    expect(outputShapes(narrower.model)[0]!.at(-1)).toBe(63);
    const { pruned: chosen } = compact(pruned, dietSteps);
    expect(chosen).toBe(pruned);
  });

  test("a model in which nothing is dead is packed as it is", () => {
    const pruned = randomlyPruned(convModelValue(everyLayer), 0.9, unitFor);
    expect(narrowPruned(pruned)).toBeUndefined();
    expect(compact(pruned, dietSteps).pruned).toBe(pruned);
  });
});

describe("a narrower model is a pruned version of the dense one", () => {
  const { packed } = compact(halved(tied), dietSteps);

  test("packed: in stock operators it gives the same bytes", async () => {
    const stock = stockEquivalent(imported(tied), imported(packed.model));
    expect(await differing(stock, packed.model)).toBe(0);
  });

  test("stock, with the biases that it came by", () => {
    const bare = withoutBias(convModelValue(chain), 1);
    const dense = silence(bare, 0, [2], 30000);
    const { model } = narrow(dense);
    expect(mainGraph(model).operators[1]!.inputs).toHaveLength(3);
    expect(difference(dense, model)).toBeUndefined();
    // A bias without a missing input has no reason.
    expect(difference(bare, convModelValue(chain))).toContain("operator 1 has other constants");
  });

  test.each<[string, (graph: ReturnType<typeof mainGraph>) => void, string]>([
    [
      "a layer that reads more channels than there are",
      (graph) => {
        graph.tensors[graph.operators[0]!.outputs[0]!]!.shape = [1, 12, 12, 3];
      },
      "operator 0 has weights of shape",
    ],
    [
      "fewer columns of the image",
      (graph) => {
        graph.tensors[graph.operators[0]!.outputs[0]!]!.shape = [1, 12, 11, 4];
      },
      "the output of operator 0 is another",
    ],
    [
      "fewer classes",
      (graph) => {
        graph.tensors[graph.outputs[0]!]!.shape = [1, 9];
      },
      "the output of operator 10 is another",
    ],
  ])("%s is none", (_, change, reason) => {
    const model = structuredClone(packed.model);
    change(mainGraph(model));
    expect(() => stockEquivalent(imported(tied), { ...imported(tied), model })).toThrow(
      expect.objectContaining({
        code: "MODELS_NOT_COMPARABLE",
        message: expect.stringContaining(reason),
      }),
    );
  });
});

const chain = {
  input: [1, 7, 7, 3] as const,
  layers: [
    { kind: "conv", filters: 6, kernel: 3, activation: "RELU" },
    { kind: "conv", filters: 5, kernel: 1 },
    { kind: "conv", filters: 4, kernel: 3 },
  ] satisfies Layer[],
};

function withoutBias(model: Model, operator: number): Model {
  const graph = mainGraph(model);
  const operators = graph.operators.map((o, i) =>
    i === operator ? { ...o, inputs: o.inputs.slice(0, 2) } : o,
  );
  return { ...model, subgraphs: [{ ...graph, operators }] };
}
