/** TF.js models all the way to int8: what TFLM computes, held against TF.js' own real numbers. */

import { expect, test } from "vitest";
import { importModel } from "../../lib/import.js";
import { silentProgress } from "../../lib/progress/progress.js";
import { quantiseModel } from "../../lib/quantise.js";
import { modelFacts, runModel } from "../../lib/runs.js";
import { realOutputs } from "../../lib/scoring.js";
import { usePool } from "../support/interpreter.js";
import { randomModel } from "./random-model.js";
import { roundingNoise } from "./rounding-noise.js";
import { predictions, randomInputs, savedLayers, seedWeights, useModelFolder } from "./tfjs.js";

const folder = useModelFolder();
const workers = usePool(1);
const samples = 24;

test.each(Array.from({ length: 20 }, (_, index) => index + 1))("random network %i", async (seed) => {
  const { model, shape } = randomModel(seed);
  seedWeights(model, seed);
  const path = folder.write(await savedLayers(model));
  const inputs = randomInputs(shape, samples);
  const expected = predictions(model, inputs, shape);

  const imported = await importModel(path, { float: true });
  const calibration = { bytes: new Uint8Array(inputs.buffer), samples };
  const progress = silentProgress.stage("quantise");
  const int8 = await quantiseModel({ ...workers.context, imported, calibration, rule: "minmax", progress });
  const facts = await modelFacts(int8, workers.context);
  const { scale, zeroPoint } = facts.inputs[0]!;
  const bytes = Int8Array.from(inputs, (value) =>
    Math.max(-128, Math.min(127, Math.round(value / scale) + zeroPoint)),
  );
  const run = await runModel(int8, { bytes: new Uint8Array(bytes.buffer), samples }, workers.context);
  const { values } = realOutputs(run.outputs, facts.outputs[0]!, samples);

  const noise = roundingNoise(imported.model, int8.model);
  const meanSquare = (of: (i: number) => number) =>
    Math.sqrt(expected.reduce((sum, _, i) => sum + of(i) ** 2, 0) / expected.length);
  const error = meanSquare((i) => values[i]! - expected[i]!);
  const size = meanSquare((i) => expected[i]!);
  expect(error).toBeLessThan(noise);
  // An estimate that allowed anything would prove nothing.
  expect(noise).toBeLessThan(0.1 * size);
});
