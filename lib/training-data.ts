/** The inputs that a pruned model is taught on. */

import { type LoadContext, loadInputs } from "./data/inputs.js";
import { labelsOf, noLabels } from "./data/labels.js";
import { Random } from "./data/random.js";
import { dtmmError } from "./errors/index.js";
import { type DataOptions, type LabelledSamples, outputElements } from "./evaluation.js";
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
 * Classes are those of --train-labels, else those that came with the inputs.
 *
 * @param calibration the calibration inputs that pruning has learned from
 */
export async function loadTraining(
  options: TrainingOptions & { calibration: string },
  facts: ModelFacts,
  calibration: LabelledSamples,
  context: LoadContext = {},
): Promise<TrainingData> {
  const { train, trainLabels } = options;
  if (trainLabels !== undefined && trainLabels !== noLabels && train === undefined) {
    const what = "the inputs that the labels belong to";
    throw dtmmError("OPTION_MISSING", {
      what,
      command: "dtmm prune",
      remedy: "Give --train <data> beside --train-labels.",
    });
  }
  const inputs =
    train === undefined && options.eval === undefined
      ? calibration
      : await loadInputs(train ?? options.calibration, facts.inputs[0]!, options, {}, context);
  // Whoever wants no classes of the calibration inputs to judge by wants none of them to learn from either.
  const wanted = trainLabels ?? (train === undefined && options.labels === noLabels ? noLabels : undefined);
  const labels = await labelsOf(inputs, wanted, outputElements(facts), options);
  const { samples, bytes } = inputs;
  return shuffled({ samples, bytes, ...(labels ? { labels: Array.from(labels) } : {}) }, options.seed);
}
