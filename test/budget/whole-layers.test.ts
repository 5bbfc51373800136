import { expect, test } from "vitest";
import { figuresOf, referenceOf } from "../../lib/budget/figures.js";
import type { Target } from "../../lib/options/types.js";
import { dietSteps } from "../../lib/pack/diet-steps.js";
import { pack } from "../../lib/pack/index.js";
import { compareModels, written } from "../../lib/runs.js";
import { withWholeLayers } from "../../lib/whole-layers.js";
import { usePool } from "../support/interpreter.js";
import { convModelValue, randomInputs } from "../support/models.js";
import { wideThenNarrow } from "./support.js";

const native = usePool();
const model = convModelValue(wideThenNarrow);
const operators = new Set([0, 3, 6]);
const none: ReadonlySet<number> = new Set();

function wholeFor(target: Target, stock = none): number[] {
  const pruned = withWholeLayers({ model, layers: [] }, { target, operators }, stock);
  return pruned.layers.map(({ operator }) => operator);
}

test("layers with nothing removed are packed where the core's packed kernel is faster, and nowhere else", () => {
  expect(wholeFor("cortex-m4")).toEqual([0, 3]);
  expect(wholeFor("generic")).toEqual([]);
  expect(wholeFor("cortex-m4", new Set([0]))).toEqual([3]);
});

test("a model of whole layers is smaller, faster and gives the same bytes", async () => {
  const reference = referenceOf(model, operators, "cortex-m4");
  const pruned = withWholeLayers({ model, layers: [] }, reference, none);
  const packed = pack(pruned, dietSteps);
  const figures = figuresOf(reference, { pruned, packed, predictedLoss: 0 });
  expect(figures.keptWeights).toBe(1);
  expect(figures.latency).toBeLessThan(0.75);
  expect(figures.bytes).toBeLessThanOrEqual(pack({ model, layers: [] }, dietSteps).bytes.length);
  const samples = { samples: 8, bytes: new Uint8Array(randomInputs(wideThenNarrow, 8, 2).buffer) };
  const { differingBytes } = await compareModels(written(model), packed, samples, native.context);
  expect(Math.max(...differingBytes)).toBe(0);
});
