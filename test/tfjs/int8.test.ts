import { expect, test } from "vitest";
import { usePool } from "../support/interpreter.js";
import { expectInt8Results } from "./int8-results.js";
import { randomModel } from "./random-model.js";
import { savedLayers, seedWeights, useModelFolder } from "./tfjs.js";

const folder = useModelFolder();
const workers = usePool(1);

test.each(Array.from({ length: 20 }, (_, index) => index + 1))("random network %i in int8", async (seed) => {
  const { model, shape } = randomModel(seed);
  seedWeights(model, seed);
  const path = folder.write(await savedLayers(model));
  const bound = await expectInt8Results(path, model, shape, workers.context);
  // An estimate that allowed anything would prove nothing.
  expect(bound).toBeLessThan(0.1);
});
