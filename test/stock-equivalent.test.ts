import { describe, expect, test } from "vitest";
import { difference } from "../lib/comparable.js";
import type { ImportedModel } from "../lib/import.js";
import { dietSteps } from "../lib/pack/diet-steps.js";
import { pack } from "../lib/pack/index.js";
import { withConstants } from "../lib/pruned-model.js";
import { compareModels } from "../lib/runs.js";
import { stockEquivalent } from "../lib/stock-equivalent.js";
import { mainGraph } from "../lib/tflite/graph.js";
import type { Model, Operator, Tensor } from "../lib/tflite/model.js";
import { readModel } from "../lib/tflite/reader.js";
import { TensorType } from "../lib/tflite/schema.js";
import { writeModel } from "../lib/tflite/writer.js";
import { randomlyPruned } from "./pack/support/randomly-pruned.js";
import { bytesOf, usePool } from "./support/interpreter.js";
import { convModelValue, everyLayer, randomInputs } from "./support/models.js";
import { unitFor } from "./support/units.js";

const native = usePool();
const dense = convModelValue(everyLayer);

function imported(model: Model): ImportedModel {
  const bytes = writeModel(model);
  return { path: "model.tflite", bytes, sha256: "", model: readModel(bytes) };
}

/** The first half of the prunable layers packed, the others re-fitted in stock operators; convs with new scales. */
function halfPacked() {
  const pruned = randomlyPruned(dense, 0.5, unitFor, (layer) => ({
    ...layer,
    filterScales: layer.filterScales.map((scale, filter) =>
      layer.layer.kind === "conv" ? Math.fround(scale * (0.6 + (filter % 5) / 7)) : scale,
    ),
  }));
  const packed = pack({ ...pruned, layers: pruned.layers.filter((_, i) => i % 2 === 0) }, dietSteps);
  return { pruned, packed };
}

const filterScales = (model: Model) =>
  mainGraph(model).operators.flatMap(
    ({ inputs }) => mainGraph(model).tensors[inputs[1] ?? -1]?.quantization?.scale ?? [],
  );

describe("a packed model with new scales, some of its layers stock", () => {
  const { pruned, packed } = halfPacked();
  const stock = stockEquivalent(imported(dense), imported(packed.model));

  test("is its own weights and scales in stock operators", () => {
    expect(packed.layers.map(({ operator }) => operator)).toEqual([0, 5, 9]);
    const found = filterScales(stock);
    filterScales(pruned.model).forEach((scale, i) => {
      expect(found[i]! / scale).toBeCloseTo(1, 6);
    });
    expect(found).toHaveLength(filterScales(pruned.model).length);
    expect(filterScales(pruned.model)).not.toEqual(filterScales(dense));
  });

  test("gives the same bytes at every operator", async () => {
    const samples = { samples: 8, bytes: bytesOf(randomInputs(everyLayer, 8)) };
    const written = { model: stock, bytes: writeModel(stock) };
    const { differingBytes } = await compareModels(written, packed, samples, native.context);
    expect(Array.from(differingBytes)).toEqual(everyLayer.layers.map(() => 0));
  });
});

describe("what is no pruned version of the dense model", () => {
  /** The packed model after a change of a tensor or an operator. */
  function changed(change: (graph: ReturnType<typeof mainGraph>, model: Model) => void): Model {
    const model = structuredClone(halfPacked().packed.model);
    change(mainGraph(model), model);
    return model;
  }
  const output = (graph: ReturnType<typeof mainGraph>, operator: number): Tensor =>
    graph.tensors[graph.operators[operator]!.outputs[0]!]!;
  const options = (operator: Operator | undefined) =>
    operator!.builtinOptions!.value as Record<string, unknown>;

  test("the packed model itself is one, with other weights too", () => {
    expect(
      difference(
        dense,
        changed(() => undefined),
      ),
    ).toBeUndefined();
    expect(difference(dense, dense)).toBeUndefined();
    const other = convModelValue({ ...everyLayer, seed: 70 });
    expect(difference(dense, withConstants(other, []))).toBeUndefined();
  });

  test.each<[string, Model, string]>([
    ["an operator less", changed((graph) => graph.operators.pop()), "operators"],
    [
      "another operator",
      changed((graph) => {
        graph.operators[7]!.opcodeIndex = graph.operators[3]!.opcodeIndex;
      }),
      "operator 7 is MAX_POOL_2D",
    ],
    [
      "a convolution packed as another kind",
      changed((graph) => {
        graph.operators[0]!.opcodeIndex = graph.operators[9]!.opcodeIndex;
      }),
      "operator 0 is DTMM_BLOCK_FULLY_CONNECTED",
    ],
    [
      "another activation scale",
      changed((graph) => {
        output(graph, 2).quantization!.scale![0]! *= 2;
      }),
      "output of operator 2",
    ],
    [
      "another zero point",
      changed((graph) => {
        output(graph, 0).quantization!.zeroPoint![0] = 5n;
      }),
      "output of operator 0",
    ],
    [
      "another type of the input",
      changed((graph) => {
        graph.tensors[graph.inputs[0]!]!.type = TensorType.UINT8;
      }),
      "input",
    ],
    [
      "other wiring",
      changed((graph) => {
        graph.operators[2]!.inputs = [...graph.operators[2]!.inputs].reverse();
      }),
      "operator 2 reads other tensors",
    ],
    [
      "another stride",
      changed((graph) => {
        options(graph.operators[6]).strideH = 3;
      }),
      "operator 6 has other options",
    ],
    [
      "another shape to come to",
      changed((graph, model) => {
        const { buffer } = graph.tensors[graph.operators[8]!.inputs[1]!]!;
        model.buffers[buffer]!.data = new Uint8Array(model.buffers[buffer]!.data!.length);
      }),
      "operator 8 has other constants",
    ],
    [
      "fewer weights of a stock layer",
      changed((graph) => {
        graph.tensors[graph.operators[1]!.inputs[1]!]!.shape = [8, 3, 3, 4];
      }),
      "operator 1 has other constants",
    ],
    [
      "another output",
      changed((graph) => {
        graph.outputs = [graph.operators[9]!.outputs[0]!];
      }),
      "output",
    ],
  ])("%s", (_, model, reason) => {
    expect(difference(dense, model)).toContain(reason);
    expect(() => stockEquivalent(imported(dense), { ...imported(dense), model })).toThrow(
      expect.objectContaining({ code: "MODELS_NOT_COMPARABLE" }),
    );
  });
});
