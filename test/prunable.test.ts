import { describe, expect, test } from "vitest";
import { gradientBarriers, networkPlan } from "../lib/network-plan.js";
import { prunableLayers } from "../lib/prunable.js";
import { mainGraph } from "../lib/tflite/graph.js";
import type { Model } from "../lib/tflite/model.js";
import { TensorType } from "../lib/tflite/schema.js";
import { convModelValue, everyLayer } from "./support/models.js";

/** What is pruned of `everyLayer` after a change of its model, and why the rest is not. */
function found(change: (model: Model) => void = () => undefined) {
  const model = convModelValue(everyLayer);
  change(model);
  const { layers, skipped } = prunableLayers(model, networkPlan(model, "classes").operators);
  return { pruned: layers.map(({ operator }) => operator), skipped };
}

const bias = (model: Model, operator: number) => mainGraph(model).operators[operator]!.inputs[2]!;

describe("which layers are pruned", () => {
  test("every CONV_2D and FULLY_CONNECTED with constants of its own", () => {
    expect(found()).toEqual({ pruned: [0, 1, 5, 6, 9], skipped: [] });
  });

  test("none without a bias", () => {
    const { pruned, skipped } = found((model) => {
      mainGraph(model).operators[5]!.inputs.pop();
      mainGraph(model).operators[9]!.inputs[2] = -1;
    });
    expect(pruned).toEqual([0, 1, 6]);
    expect(skipped).toEqual(
      [5, 9].map((operator) => ({ operator, reason: expect.stringMatching(/no bias/) })),
    );
  });

  test("none whose weights or bias another operator reads", () => {
    const { pruned, skipped } = found((model) => {
      mainGraph(model).operators[1]!.inputs[2] = bias(model, 0);
    });
    expect(pruned).toEqual([5, 6, 9]);
    expect(skipped.map(({ reason }) => reason)).toEqual(
      Array(2).fill("another operator reads its weights or bias"),
    );
  });

  test("none in front of an operator that no gradient passes", () => {
    const model = convModelValue(everyLayer);
    const { operators } = networkPlan(model, "classes");
    expect(operators.map(({ kind }) => kind)).not.toContain("unknown");
    operators[4] = { ...operators[4]!, kind: "unknown" };
    expect(Array.from(gradientBarriers(operators, mainGraph(model).outputs[0]!))).toEqual([
      ...[4, 4, 4, 4],
      ...Array(7).fill(-1),
    ]);
    const { layers, skipped } = prunableLayers(model, operators);
    expect(layers.map(({ operator }) => operator)).toEqual([5, 6, 9]);
    expect(skipped.map(({ reason }) => reason)).toEqual(
      Array(2).fill("no gradient passes operator 4 behind it"),
    );
  });

  test("none of another type than int8", () => {
    const { pruned, skipped } = found((model) => {
      const graph = mainGraph(model);
      graph.tensors[graph.operators[6]!.inputs[0]!]!.type = TensorType.INT16;
    });
    // Operator 5 writes what operator 6 reads.
    expect(pruned).toEqual([0, 1, 9]);
    expect(skipped).toEqual([5, 6].map((operator) => ({ operator, reason: "it is not int8" })));
  });
});
