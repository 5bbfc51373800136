/** The tensor that packed operators share as scratch memory, in the real interpreter. */

import { beforeAll, describe, expect, test } from "vitest";
import { inputSlots } from "../../lib/pack/format.js";
import { type PackedModel, pack } from "../../lib/pack/index.js";
import { scratchBytes } from "../../lib/pack/scratch.js";
import { modelFacts, runModel, written } from "../../lib/runs.js";
import { isCustomOperator, mainGraph } from "../../lib/tflite/graph.js";
import type { Model, Operator, Tensor } from "../../lib/tflite/model.js";
import { TensorType } from "../../lib/tflite/schema.js";
import { filterlet } from "../../lib/unit.js";
import { bytesOf, usePool } from "../support/interpreter.js";
import { convModelValue, everyLayer, randomInputs } from "../support/models.js";
import { randomlyPruned } from "./support/randomly-pruned.js";

const native = usePool();
const samples = { samples: 6, bytes: bytesOf(randomInputs(everyLayer, 6)) };
const dense = convModelValue(everyLayer);
const pruned = randomlyPruned(dense, 0.4, (layer) => (layer.kind === "conv" ? filterlet(layer) : undefined));
const scratch = pruned.layers.map(({ layer, unit }) => scratchBytes(layer, unit, "blocks"));

function packedOperators({ model }: PackedModel): Operator[] {
  return mainGraph(model).operators.filter((operator) => isCustomOperator(model, operator));
}

/** The packed model with other operators and tensors. */
function changed(
  { model }: PackedModel,
  operatorOf: (operator: Operator) => Operator,
  tensorOf: (tensor: Tensor, index: number) => Tensor = (tensor) => tensor,
): Model {
  const graph = mainGraph(model);
  const operators = graph.operators.map((operator) =>
    isCustomOperator(model, operator) ? operatorOf(operator) : operator,
  );
  return { ...model, subgraphs: [{ ...graph, operators, tensors: graph.tensors.map(tensorOf) }] };
}

describe("the workspace", () => {
  const packed = pack(pruned, []);
  const users = packedOperators(packed).filter(({ inputs }) => inputs.length > inputSlots.workspace);
  const workspace = users[0]!.inputs[inputSlots.workspace]!;
  let outputs = new Uint8Array();
  beforeAll(async () => {
    outputs = new Uint8Array((await runModel(packed, samples, native.context)).outputs);
  });

  test("is one for all that need scratch memory, written by the first, as large as any needs", () => {
    expect(users.length).toBeGreaterThan(2);
    expect(new Set(users.map(({ inputs }) => inputs[inputSlots.workspace]))).toEqual(new Set([workspace]));
    expect(users.map((user) => user.outputs.includes(workspace))).toEqual(users.map((_, i) => i === 0));
    const packedLayers = packed.layers.flatMap(({ op }, i) => (op ? [scratch[i]!] : []));
    expect(mainGraph(packed.model).tensors[workspace]).toMatchObject({
      type: TensorType.INT8,
      shape: [Math.max(...packedLayers)],
    });
  });

  test("keeps scratch memory from adding up in the arena", async () => {
    const { arenaBytes: before } = await modelFacts(written(dense), native.context);
    const { arenaBytes: after } = await modelFacts(packed, native.context);
    // And a few words that stay for each of them.
    expect(after).toBeLessThanOrEqual(before + Math.max(...scratch) + 32 * users.length);
  });

  /** A tensor that nothing names any more takes the place of a constant: TFLM plans what has no data. */
  function drop(model: Model, gone: number): Model {
    const graph = mainGraph(model);
    const constant = graph.tensors[users[0]!.inputs[inputSlots.weights]!]!;
    const tensors = graph.tensors.map((tensor, i) => (i === gone ? constant : tensor));
    return { ...model, subgraphs: [{ ...graph, tensors }] };
  }

  test.each<[string, Model]>([
    [
      "without one",
      drop(
        changed(packed, ({ inputs, outputs: [output], ...rest }) => ({
          ...rest,
          inputs: inputs.slice(0, inputSlots.workspace),
          outputs: [output!],
        })),
        workspace,
      ),
    ],
    [
      "with one that is too small",
      changed(
        packed,
        (operator) => operator,
        (tensor, i) => (i === workspace ? { ...tensor, shape: [3] } : tensor),
      ),
    ],
    [
      "with one of another type",
      changed(
        packed,
        (operator) => operator,
        (tensor, i) => (i === workspace ? { ...tensor, type: TensorType.UINT8 } : tensor),
      ),
    ],
    [
      "with its own output for one",
      drop(
        changed(packed, ({ inputs, outputs: [output], ...rest }) => ({
          ...rest,
          inputs: [...inputs.slice(0, inputSlots.workspace), output!],
          outputs: [output!],
        })),
        workspace,
      ),
    ],
    [
      "with a constant for one",
      drop(
        changed(packed, ({ inputs, outputs: [output], ...rest }) => ({
          ...rest,
          inputs: [...inputs.slice(0, inputSlots.workspace), inputs[inputSlots.weights]!],
          outputs: [output!],
        })),
        workspace,
      ),
    ],
  ])("a model %s gives the same outputs", async (_, model) => {
    const run = await runModel(written(model), samples, native.context);
    expect(Buffer.from(run.outputs).equals(Buffer.from(outputs))).toBe(true);
  });

  test("six inputs are refused", async () => {
    const model = changed(packed, (operator) => ({
      ...operator,
      inputs: [...operator.inputs, workspace, workspace],
    }));
    await expect(modelFacts(written(model), native.context)).rejects.toMatchObject({
      message: expect.stringContaining("needs 4 inputs and 1 output"),
    });
  });
});
