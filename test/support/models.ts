/**
 * Small int8 models for tests, made by code: the operators, op versions, scales and padding of a converter's output, so
 * that TFLM trees since 2020 run them. Same specification and seed: same bytes.
 */

import { elementCount } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { addActivation, type Draft, emptyModel, type Flow } from "./model-draft.js";
import { appendLayer, type Layer } from "./model-layers.js";
import { seededRandom } from "./random.js";

export type * from "./model-layers.js";

export interface ModelSpec {
  /** Seed of weights and biases; 1 by default. */
  seed?: number;
  input: readonly [batch: 1, height: number, width: number, channels: number];
  layers: readonly Layer[];
}

/** The model value of `spec`: one input, one output, the last layer's. */
export function convModelValue(spec: ModelSpec): Model {
  const draft: Draft = { model: emptyModel(), random: seededRandom(spec.seed ?? 1) };
  const scale = 2 / 255;
  const input = addActivation(draft, "input", { shape: spec.input, scale, zeroPoint: 0, power: 1 / 3 });
  const outputs: Flow[] = [];
  spec.layers.forEach((layer, index) => {
    const previous = outputs[index - 1] ?? input;
    const other = layer.kind === "add" || layer.kind === "concatenation" ? layer.from : undefined;
    const skipped = outputs[other ?? index - 2] ?? input;
    outputs.push(appendLayer(draft, `layer${index}_${layer.kind}`, layer, previous, skipped));
  });
  const graph = draft.model.subgraphs[0]!;
  graph.inputs = [input.tensor];
  graph.outputs = [(outputs.at(-1) ?? input).tensor];
  return draft.model;
}

/** The bytes of the .tflite file of `spec`. */
export function convModel(spec: ModelSpec): Uint8Array {
  return writeModel(convModelValue(spec));
}

/** A ready specification with every kind of layer: 12x12x3 in, 10 classes out, about 10 kB. */
export const everyLayer: ModelSpec = {
  seed: 7,
  input: [1, 12, 12, 3],
  layers: [
    { kind: "conv", filters: 8, kernel: [3, 3], activation: "RELU" },
    { kind: "conv", filters: 8, kernel: [3, 3], activation: "RELU6" },
    { kind: "add", from: 0, activation: "RELU" },
    { kind: "maxPool" },
    { kind: "depthwise", kernel: [3, 3], activation: "RELU" },
    { kind: "conv", filters: 16, kernel: [1, 1] },
    { kind: "conv", filters: 16, kernel: [3, 3], stride: 2, padding: "VALID", activation: "RELU" },
    { kind: "averagePool" },
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 10 },
    { kind: "softmax" },
  ],
};

/**
 * Seeded int8 inputs, end to end: `samples` times the model's input shape. Each sample has its own waves along height
 * and width in every channel, with noise on top, so that the models' outputs differ from sample to sample.
 */
export function randomInputs(spec: ModelSpec, samples: number, seed = 1): Int8Array {
  const random = seededRandom(seed);
  const [, height, width, channels] = spec.input;
  const inputs = new Int8Array(samples * elementCount(spec.input));
  let at = 0;
  for (let sample = 0; sample < samples; sample++) {
    const waves = Array.from(
      { length: channels },
      () => [random.next(), random.next(), random.next()] as const,
    );
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (const [phase, alongY, alongX] of waves) {
          const wave = Math.sin(6.28 * phase + alongY * y + alongX * x);
          inputs[at++] = Math.round(90 * wave + random.integer(-37, 37));
        }
      }
    }
  }
  return inputs;
}
