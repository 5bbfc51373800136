import { expect, test } from "vitest";
import { finetune } from "../lib/finetune.js";
import { prunedModel } from "../lib/prune.js";
import { schoolingFor } from "../lib/schooling.js";
import { spec } from "./pipeline/support/project.js";
import { bytesOf, usePool } from "./support/interpreter.js";
import { convModelValue, randomInputs } from "./support/models.js";
import { pointAt } from "./support/prune-path.js";

const native = usePool(2);
const model = convModelValue(spec);
const inputs = (samples: number, seed: number) => ({
  samples,
  bytes: bytesOf(randomInputs(spec, samples, seed)),
});

test("a model is left as it is where enough held-out inputs say that it agrees, not where a few do", async () => {
  const pruned = prunedModel(model, await pointAt(model, inputs(48, 11), 0.98, native.context));
  const taughtOn = (samples: number, enough: number) =>
    finetune({
      ...native.context,
      ...{ dense: model, pruned, loss: "classes", enough, seed: 1 },
      train: inputs(samples, 13),
      schooling: schoolingFor({ finetune: 1 }, model, samples),
    });
  const { before, after, epochs, ...left } = await taughtOn(2000, 0.9);
  expect(before.agreement).toBeGreaterThan(0.95);
  expect([epochs, after]).toEqual([0, before]);
  expect(left.pruned.layers).toEqual(pruned.layers);
  // A tenth of 48 inputs could all agree by chance.
  const few = await taughtOn(48, 0.9);
  expect(few.before.agreement).toBe(1);
  expect(few.epochs).toBe(1);
  expect((await taughtOn(2000, 1)).epochs).toBe(1);
}, 60_000);
