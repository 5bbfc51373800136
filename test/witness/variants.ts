/** What dtmm makes of a model, each step as one more model: the witness must agree on all of them. */

import { activationScale } from "../../lib/layers.js";
import { diet } from "../../lib/pack/diet.js";
import { dietSteps } from "../../lib/pack/diet-steps.js";
import { pack } from "../../lib/pack/index.js";
import { maskedModel, prunedModel } from "../../lib/prune.js";
import type { RunContext } from "../../lib/runs.js";
import { buildFrontier, schedule } from "../../lib/schedule.js";
import { elementCount, mainGraph } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { bytesOf } from "../support/interpreter.js";
import { onPath } from "../support/prune-path.js";
import { seededRandom } from "../support/random.js";

/** What masks alone leave: little enough that answers change. */
const maskedShare = 0.35;
/** What pruning leaves: one step, which is quick, and often answers as before. */
const keptShare = 0.75;
const calibrationSamples = 32;

/** Names of the variants, in the order in which a model goes through them. */
export const variantNames = [
  "original",
  "written",
  "shared",
  "dieted",
  "masked",
  "pruned",
  "packed",
] as const;

export type VariantName = (typeof variantNames)[number];

/** One step's result: the file that our interpreter runs, and the one for the witness, which has stock operators only. */
export interface Variant {
  ours: Uint8Array;
  witness: Uint8Array;
}

/**
 * Noise for a model with one int8 input, sample after sample. Each sample has a contrast of its own, from near nothing
 * to the whole range: full noise alone drives a network that ends in a softmax into the same corner every time.
 */
export function noiseInputs(model: Model, samples: number, seed: number): Uint8Array {
  const graph = mainGraph(model);
  const input = graph.tensors[graph.inputs![0]!]!;
  const { zeroPoint } = activationScale(input);
  const random = seededRandom(seed);
  const size = elementCount(input.shape);
  const values = new Int8Array(samples * size);
  for (let sample = 0; sample < samples; sample++) {
    const contrast = (sample + 1) / samples;
    for (let i = 0; i < size; i++) {
      values[sample * size + i] = Math.round(zeroPoint + contrast * (random.integer(-128, 127) - zeroPoint));
    }
  }
  return bytesOf(values);
}

/** Takes a file through every step. */
export async function makeVariants(
  original: Uint8Array,
  context: RunContext,
): Promise<Record<VariantName, Variant>> {
  const model = readModel(original);
  const same = (bytes: Uint8Array): Variant => ({ ours: bytes, witness: bytes });
  const calibration = { samples: calibrationSamples, bytes: noiseInputs(model, calibrationSamples, 1) };
  const { masked, pruned } = await onPath(model, calibration, context, async (path) => {
    const frontier = buildFrontier(await path.forecast());
    const { keep } = schedule(frontier, maskedShare * frontier.keptCost);
    const states = frontier.layers.map(({ state }, i) => ({ ...state, keep: keep[i]! }));
    return {
      masked: maskedModel(model, states),
      pruned: prunedModel(model, await path.to(keptShare, () => undefined)),
    };
  });
  const prunedBytes = writeModel(pruned.model);
  return {
    original: same(original),
    written: same(writeModel(model)),
    shared: same(writeModel(model, { share: true })),
    dieted: same(diet(model, dietSteps).bytes),
    masked: same(writeModel(masked.model)),
    pruned: same(prunedBytes),
    packed: { ours: pack(pruned, dietSteps).bytes, witness: prunedBytes },
  };
}
