/** TF.js models all the way to int8: what TFLM computes, held against TF.js' own real numbers. */

import { expect } from "vitest";
import { importModel } from "../../lib/import.js";
import { silentProgress } from "../../lib/progress/progress.js";
import { quantiseModel } from "../../lib/quantise.js";
import { modelFacts, type RunContext, runModel } from "../../lib/runs.js";
import { realOutputs } from "../../lib/scoring.js";
import { roundingNoise } from "./rounding-noise.js";
import { predictions, randomInputs, type tf } from "./tfjs.js";

const samples = 24;

/**
 * Quantises a model on random inputs and expects its outputs for these to err by less than rounding adds up to.
 *
 * @returns that bound, as a share of the size of the outputs (root mean squares)
 */
export async function expectInt8Results(
  path: string,
  model: { predict(input: tf.Tensor): unknown },
  shape: readonly number[],
  context: RunContext,
): Promise<number> {
  const inputs = randomInputs(shape, samples);
  const expected = predictions(model, inputs, shape);
  // Some of the models have nothing to prune.
  const imported = await importModel(path, { purpose: "inspect" });
  const calibration = { bytes: new Uint8Array(inputs.buffer), samples };
  const progress = silentProgress.stage("quantise");
  const int8 = await quantiseModel({ ...context, imported, calibration, rule: "minmax", progress });
  const facts = await modelFacts(int8, context);
  const { scale, zeroPoint } = facts.inputs[0]!;
  const bytes = Int8Array.from(inputs, (value) =>
    Math.max(-128, Math.min(127, Math.round(value / scale) + zeroPoint)),
  );
  const run = await runModel(int8, { bytes: new Uint8Array(bytes.buffer), samples }, context);
  const { values } = realOutputs(run.outputs, facts.outputs[0]!, samples);
  const meanSquare = (of: (i: number) => number) =>
    Math.sqrt(expected.reduce((sum, _, i) => sum + of(i) ** 2, 0) / expected.length);
  const noise = roundingNoise(imported.model, int8.model);
  expect(meanSquare((i) => values[i]! - expected[i]!)).toBeLessThan(noise);
  return noise / meanSquare((i) => expected[i]!);
}
