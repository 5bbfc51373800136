/** The map of the arena, against what the interpreter itself says it uses. */

import { describe, expect, test } from "vitest";
import { arenaMap } from "../lib/arena-map.js";
import { modelFacts, written } from "../lib/runs.js";
import { mainGraph } from "../lib/tflite/graph.js";
import { usePool } from "./support/interpreter.js";
import { convModelValue, everyLayer, type ModelSpec } from "./support/models.js";

const native = usePool();

const chain: ModelSpec = {
  seed: 2,
  input: [1, 8, 8, 3],
  layers: [
    { kind: "conv", filters: 4, kernel: [3, 3] },
    { kind: "conv", filters: 16, kernel: [3, 3] },
    { kind: "maxPool" },
  ],
};

describe.each([
  ["every layer, with a residual", everyLayer],
  ["a chain", chain],
])("%s", (_, spec) => {
  const model = written(convModelValue(spec));

  test("uses what the interpreter uses, and plans no more than that", async () => {
    const map = await arenaMap(model, native.context);
    const facts = await modelFacts(model, native.context);
    expect(map.arenaBytes).toBe(facts.arenaBytes);
    expect(map.plannedBytes).toBeGreaterThan(0);
    expect(map.plannedBytes).toBeLessThan(map.arenaBytes);
    expect(Math.max(...map.steps.map(({ liveBytes }) => liveBytes))).toBeLessThanOrEqual(map.plannedBytes);
  });

  test("no two tensors that live at once share a byte", async () => {
    const { tensors } = await arenaMap(model, native.context);
    const pairs = tensors.flatMap((a, i) => tensors.slice(i + 1).map((b) => [a, b] as const));
    const clashes = pairs.filter(
      ([a, b]) =>
        a.first <= b.last &&
        b.first <= a.last &&
        a.offset < b.offset + b.bytes &&
        b.offset < a.offset + a.bytes,
    );
    expect(clashes).toEqual([]);
  });
});

test("lifetimes and sizes of a chain", async () => {
  const model = written(convModelValue(chain));
  const { tensors, steps } = await arenaMap(model, native.context);
  const { operators, inputs } = mainGraph(model.model);
  const lives = tensors.map(({ tensor, first, last, bytes }) => [tensor, first, last, bytes]);
  expect(lives.sort(([a = 0], [b = 0]) => a - b)).toEqual(
    [
      [inputs[0]!, 0, 0, 192],
      [operators[0]!.outputs[0]!, 0, 1, 256],
      [operators[1]!.outputs[0]!, 1, 2, 1024],
      [operators[2]!.outputs[0]!, 2, 2, 256],
    ].sort(([a = 0], [b = 0]) => a - b),
  );
  expect(steps.map(({ liveBytes }) => liveBytes)).toEqual([448, 1280, 1280]);
});
