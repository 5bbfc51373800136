import { expect, test } from "vitest";
import { DtmmError } from "../../lib/errors/index.js";
import { dietSteps } from "../../lib/pack/diet-steps.js";
import { pack } from "../../lib/pack/index.js";
import { prunedModel } from "../../lib/prune.js";
import { compareModels } from "../../lib/runs.js";
import { mainGraph, tensorBytes } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { usePool } from "../support/interpreter.js";
import { convModel, everyLayer } from "../support/models.js";
import { pointAt } from "../support/prune-path.js";
import { accepted } from "./support/attack.js";
import { mutantsOf, residual } from "./support/mutants.js";

const native = usePool();
const mutants = 200;

/** A model that a user could have: one small input, one output; anything else import refuses. */
function isUsable(model: Model): boolean {
  const { inputs, outputs, tensors } = mainGraph(model);
  const bytes = tensorBytes(tensors[inputs[0] ?? -1] ?? tensors[0]!) ?? 0;
  return inputs.length === 1 && outputs.length === 1 && bytes < 1 << 16;
}

/** The numeric stages on a model that is valid, but like no converter's: bytes in which packed and stock differ. */
async function differingBytes(model: Model): Promise<number> {
  const { inputs, tensors } = mainGraph(model);
  const size = tensorBytes(tensors[inputs[0]!]!)!;
  const samples = { samples: 2, bytes: Uint8Array.from({ length: 2 * size }, (_, i) => (i * 37) & 255) };
  const pruned = prunedModel(model, await pointAt(model, samples, 0.5, native.context));
  const masked = { model: pruned.model, bytes: writeModel(pruned.model) };
  const comparison = await compareModels(masked, pack(pruned, dietSteps), samples, native.context);
  return comparison.differingBytes.reduce((sum, count) => sum + count, 0);
}

test.each([
  ["every layer", everyLayer, 31],
  ["residual", residual, 32],
])("accepted mutants of %s are pruned and packed bit-exactly, or refused by TFLM", async (_, spec, seed) => {
  const count = { pruned: 0, refused: 0 };
  for (const bytes of mutantsOf(convModel(spec), mutants, seed)) {
    const model = accepted(bytes);
    if (model === undefined || !isUsable(model)) continue;
    try {
      expect(await differingBytes(model)).toBe(0);
      count.pruned++;
    } catch (error) {
      if (!(error instanceof DtmmError) || error.code !== "NATIVE_REJECTED") throw error;
      count.refused++;
    }
  }
  console.log(`of ${mutants} mutants:`, count);
  expect(count.pruned).toBeGreaterThan(mutants / 5);
});
