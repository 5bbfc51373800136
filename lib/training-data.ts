/** The inputs that a pruned model is taught on. */

import { loadInputs } from "./data/inputs.js";
import { loadLabels } from "./data/labels.js";
import { Random } from "./data/random.js";
import { dtmmError } from "./errors/index.js";
import type { DataOptions } from "./evaluation.js";
import type { ModelFacts } from "./native/addon-types.js";
import type { Samples } from "./statistics.js";

export interface TrainingOptions extends DataOptions {
  train?: string | undefined;
  trainLabels?: string | undefined;
}

export interface TrainingData extends Samples {
  /** One per input. */
  labels?: readonly number[];
}

/** In an order drawn by the seed: a file may have its inputs sorted, and the last ones are held out. */
function shuffled({ bytes, samples, labels }: TrainingData, seed: number): TrainingData {
  const order = new Random(seed).shuffle(samples);
  const size = bytes.length / samples;
  const mixed = new Uint8Array(bytes.length);
  order.forEach((from, to) => {
    mixed.set(bytes.subarray(from * size, (from + 1) * size), to * size);
  });
  return {
    bytes: mixed,
    samples,
    ...(labels === undefined ? {} : { labels: order.map((from) => labels[from]!) }),
  };
}

/**
 * Loads the training inputs: those of --train; else all of the calibration file, or, where a part of that is what the
 * result is judged on, the rest of it.
 *
 * @param calibration the calibration inputs that pruning has learned from
 */
export async function loadTraining(
  options: TrainingOptions & { calibration: string },
  facts: ModelFacts,
  calibration: Samples,
): Promise<TrainingData> {
  if (options.trainLabels !== undefined && options.train === undefined) {
    const what = "the inputs that the labels belong to";
    throw dtmmError("OPTION_MISSING", {
      what,
      command: "dtmm prune",
      remedy: "Give --train <file.npy> beside --train-labels.",
    });
  }
  if (options.train === undefined && options.eval === undefined) return shuffled(calibration, options.seed);
  const raw = { scale: options.inputScale, offset: options.inputOffset };
  const inputs = await loadInputs(options.train ?? options.calibration, facts.inputs[0]!, raw);
  if (options.trainLabels === undefined) return shuffled(inputs, options.seed);
  const classes = facts.outputs[0]!.shape.reduce((product, axis) => product * axis, 1);
  const labels = Array.from(await loadLabels(options.trainLabels, inputs.samples, classes));
  return shuffled({ ...inputs, labels }, options.seed);
}
