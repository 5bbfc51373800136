import { describe, expect, test } from "vitest";
import { positions, type WeightLayer } from "../../lib/layers.js";
import { diet, dietSavings } from "../../lib/pack/diet.js";
import { dietSteps } from "../../lib/pack/diet-steps.js";
import { filterletConv, inputSlots } from "../../lib/pack/format.js";
import { pack } from "../../lib/pack/index.js";
import type { PrunedModel } from "../../lib/pruned-model.js";
import { compareModels } from "../../lib/runs.js";
import { checkModel } from "../../lib/tflite/check.js";
import { constantData, mainGraph, opName } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { filterlet } from "../../lib/unit.js";
import { bytesOf, usePool } from "../support/interpreter.js";
import { convModelValue, everyLayer, randomInputs } from "../support/models.js";
import { randomlyPruned } from "./support/randomly-pruned.js";

const native = usePool();
const samples = { samples: 12, bytes: bytesOf(randomInputs(everyLayer, 12)) };

/** The model with a random part of its filterlets at zero, in the convs larger than 1x1. */
function randomFilterlets(keep: number): PrunedModel {
  const unitOf = (layer: WeightLayer) => (positions(layer) > 1 ? filterlet(layer) : undefined);
  return randomlyPruned(convModelValue(everyLayer), keep, unitOf);
}

function written(model: Model) {
  return { model, bytes: writeModel(model) };
}

describe("pack", () => {
  test.each([0.9, 0.5, 0.1, 0])(
    "keeping %f of the filterlets: the same bytes at every operator",
    async (keep) => {
      const pruned = randomFilterlets(keep);
      const packed = pack(pruned, dietSteps);
      expect(packed.layers.filter((layer) => layer.packed)).toHaveLength(3);
      const { differingBytes } = await compareModels(written(pruned.model), packed, samples, native.context);
      expect(Array.from(differingBytes)).toEqual(everyLayer.layers.map(() => 0));
    },
  );

  test("what it writes is what it returns, and passes the checks of import", () => {
    const packed = pack(randomFilterlets(0.5), dietSteps);
    const read = readModel(packed.bytes);
    checkModel(read);
    expect(
      mainGraph(read)
        .operators.map((op) => opName(read, op))
        .filter((name) => name === filterletConv.op),
    ).toHaveLength(3);
    expect(writeModel(read, { share: true })).toEqual(packed.bytes);
  });

  test("the bytes it reports for a layer are those of the layer's constants", () => {
    const packed = pack(randomFilterlets(0.5), []);
    const graph = mainGraph(packed.model);
    for (const layer of packed.layers) {
      const { inputs, customOptions } = graph.operators[layer.operator]!;
      const constants = inputs
        .slice(1, inputSlots.workspace)
        .map((t) => constantData(packed.model, graph.tensors[t]!)!.length);
      expect(layer.packedBytes).toBe(constants.reduce((a, b) => a + b) + customOptions!.length);
      expect(layer.packedBytes).toBeLessThan(layer.denseBytes);
    }
  });

  test("leaves no orphaned weights behind, even without a diet", () => {
    const pruned = randomFilterlets(0.3);
    const packed = pack(pruned, []);
    const used = new Set(mainGraph(packed.model).tensors.map(({ buffer }) => buffer));
    packed.model.buffers.forEach((buffer, index) => {
      if (!used.has(index)) expect(buffer.data ?? []).toHaveLength(0);
    });
    expect(packed.bytes.length).toBeLessThan(writeModel(pruned.model).length);
  });

  test("a layer that would grow stays dense, with the reason", () => {
    const pruned = randomFilterlets(1);
    const tensors = mainGraph(pruned.model).tensors.map((tensor) => ({
      ...tensor,
      quantization: tensor.quantization,
    }));
    // One scale for all filters: the dense layer has no metadata to save.
    for (const { layer } of pruned.layers) {
      for (const index of [layer.filterTensor, layer.biasTensor]) {
        const { scale, zeroPoint } = tensors[index]!.quantization!;
        tensors[index] = {
          ...tensors[index]!,
          quantization: {
            quantizedDimension: 0,
            scale: scale!.slice(0, 1),
            zeroPoint: zeroPoint!.slice(0, 1),
          },
        };
      }
    }
    const graph = { ...mainGraph(pruned.model), tensors };
    const packed = pack({ ...pruned, model: { ...pruned.model, subgraphs: [graph] } }, []);
    expect(
      packed.layers.every(({ packed: bytes, reason }) => bytes === undefined && /would take/.test(reason!)),
    ).toBe(true);
  });
});

describe("diet", () => {
  /** A model with everything that a diet can take: names, metadata, min and max, repeated buffers and codes. */
  function fatModel(): Model {
    const { model } = randomFilterlets(1);
    const graph = mainGraph(model);
    const extra = (fill: number) => ({ ...model.buffers[0]!, data: new Uint8Array(64).fill(fill) });
    // The first is read by nobody.
    const buffers = [...model.buffers, extra(1), extra(7)];
    return {
      ...model,
      description: "made for a test",
      buffers,
      metadata: [{ name: "min_runtime_version", buffer: buffers.length - 1 }],
      operatorCodes: [...model.operatorCodes, ...model.operatorCodes],
      subgraphs: [
        {
          ...graph,
          operators: graph.operators.map((op, i) =>
            i % 2 ? { ...op, opcodeIndex: op.opcodeIndex + model.operatorCodes.length } : op,
          ),
          tensors: graph.tensors.map((tensor) => ({
            ...tensor,
            quantization: tensor.quantization && { ...tensor.quantization, min: [-1], max: [1] },
          })),
        },
      ],
    };
  }

  test("takes nothing when no step is asked for", () => {
    const model = fatModel();
    expect(diet(model, [])).toEqual({ model, bytes: writeModel(model) });
    expect(dietSavings(model, [])).toEqual([]);
  });

  test.each(dietSteps.filter((step) => step !== "zeropoints"))(
    "step %s alone makes the file smaller",
    (step) => {
      const saved = writeModel(fatModel()).length - diet(fatModel(), [step]).bytes.length;
      expect(saved).toBeGreaterThan(0);
      expect(dietSavings(fatModel(), [step])).toEqual([{ step, bytes: saved }]);
    },
  );

  test("zeropoints takes the quantisation of packed constants, and of nothing else", () => {
    const savedOf = (model: Model) => dietSavings(model, ["zeropoints"])[0]!.bytes;
    expect(savedOf(fatModel())).toBe(0);
    expect(savedOf(pack(randomFilterlets(0.5), []).fat)).toBeGreaterThan(0);
  });

  test("changes nothing that the interpreter computes", async () => {
    const model = fatModel();
    const slim = diet(model, dietSteps);
    const { differingBytes } = await compareModels(written(model), slim, samples, native.context);
    expect(Math.max(...differingBytes)).toBe(0);
    expect(dietSavings(model, dietSteps).reduce((sum, { bytes }) => sum + bytes, 0)).toBe(
      writeModel(model).length - slim.bytes.length,
    );
  });

  test("keeps the metadata that plans the arena", () => {
    const model = fatModel();
    const named = model.metadata!.map((entry) => ({ ...entry, name: "OfflineMemoryAllocation" }));
    expect(diet({ ...model, metadata: named }, dietSteps).model.metadata).toHaveLength(1);
  });
});
