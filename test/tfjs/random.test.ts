import { test } from "vitest";
import { usePool } from "../support/interpreter.js";
import { randomModel } from "./random-model.js";
import { expectSameResults, savedLayers, seedWeights, useModelFolder } from "./tfjs.js";

const folder = useModelFolder();
const workers = usePool(1);

test.each(Array.from({ length: 12 }, (_, index) => index + 1))("random network %i", async (seed) => {
  const { model, shape } = randomModel(seed);
  seedWeights(model, seed);
  const path = folder.write(await savedLayers(model));
  await expectSameResults(path, model, shape, workers.context);
});
