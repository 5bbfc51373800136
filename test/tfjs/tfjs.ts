/** TF.js for tests: models with seeded weights, saved as files, imported and held against TF.js' own results. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import { afterAll, beforeAll, expect } from "vitest";
import { type RunContext, runModel, written } from "../../lib/runs.js";
import { tfjsModel } from "../../lib/tfjs/index.js";
import { elementCount } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { seededRandom } from "../support/random.js";

export { tf, tfl };

/** What a model.json and its one shard hold. */
export interface SavedModel {
  json: Record<string, unknown>;
  weights: ArrayBuffer;
}

/** Makes TF.js ready for the tests of the calling file. */
export function useTfjs(): void {
  beforeAll(async () => {
    // TF.js prints advice on other backends the first time that this one is used.
    const { warn } = console;
    console.warn = () => undefined;
    await tf.setBackend("cpu");
    tf.zeros([1]).dispose();
    console.warn = warn;
  });
}

/** A folder for the calling file's models, which goes with its tests; TF.js is ready as well. */
export function useModelFolder(): { write(model: SavedModel): string } {
  useTfjs();
  let root = "";
  let models = 0;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "dtmm-tfjs-"));
  });
  afterAll(() => rmSync(root, { recursive: true }));
  return {
    write({ json, weights }) {
      const folder = join(root, String(models++));
      mkdirSync(folder);
      writeFileSync(join(folder, "weights.bin"), new Uint8Array(weights));
      const path = join(folder, "model.json");
      writeFileSync(path, JSON.stringify(json));
      return path;
    },
  };
}

/** Gives every weight of the model seeded values around those that training leaves: statistics of batch norms positive. */
export function seedWeights(model: tfl.LayersModel, seed: number): void {
  const random = seededRandom(seed);
  for (const weight of model.weights) {
    const shape = weight.shape as number[];
    const spread = 1.5 / Math.sqrt(elementCount(shape.slice(0, -1)));
    const positive = /variance|gamma/.test(weight.originalName);
    const values = Float32Array.from({ length: elementCount(shape) }, () =>
      positive ? 0.5 + random.next() : (2 * random.next() - 1) * (shape.length > 1 ? spread : 0.3),
    );
    weight.write(tf.tensor(values, shape));
  }
}

/** What `model.save` of TF.js writes. */
export async function savedLayers(model: tfl.LayersModel): Promise<SavedModel> {
  let saved: SavedModel | undefined;
  await model.save({
    save: async ({ modelTopology, weightSpecs, weightData }) => {
      const manifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      const json = { format: "layers-model", modelTopology, weightsManifest: manifest };
      saved = {
        json: JSON.parse(JSON.stringify(json)),
        weights: tf.io.CompositeArrayBuffer.join(weightData),
      };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
  });
  return saved!;
}

/** Seeded inputs in -1..1. */
export function randomInputs(shape: readonly number[], samples: number, seed = 5): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: samples * elementCount(shape) }, () => 2 * random.next() - 1);
}

/** Outputs of TF.js for inputs of `shape`, which is without the batch. */
export function predictions(
  model: { predict(input: tf.Tensor): unknown },
  inputs: Float32Array,
  shape: readonly number[],
): Float32Array {
  return tf.tidy(() => {
    const batch = tf.tensor(inputs, [inputs.length / elementCount(shape), ...shape]);
    return (model.predict(batch) as tf.Tensor).dataSync() as Float32Array;
  });
}

/** Outputs of TFLM for float inputs, sample after sample. */
export async function interpreted(
  model: Model,
  inputs: Float32Array,
  samples: number,
  context: RunContext,
): Promise<Float32Array> {
  const bytes = new Uint8Array(inputs.buffer, inputs.byteOffset, inputs.byteLength);
  const { outputs } = await runModel(written(model), { bytes, samples }, context);
  return new Float32Array(outputs.slice().buffer);
}

/** Imports a model and expects TFLM to compute what TF.js computes, up to rounding of real numbers. */
export async function expectSameResults(
  path: string,
  model: { predict(input: tf.Tensor): unknown },
  shape: readonly number[],
  context: RunContext,
): Promise<Model> {
  const samples = 3;
  const inputs = randomInputs(shape, samples);
  const expected = predictions(model, inputs, shape);
  const imported = await tfjsModel(path);
  const found = await interpreted(imported, inputs, samples, context);
  expect(found.length).toBe(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(1e-3);
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
  expect(worst / largest).toBeLessThan(1e-4);
  return imported;
}
