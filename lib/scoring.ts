/** From raw model outputs to accuracy, agreement and divergence. */

import type { TensorFacts } from "./native/addon-types.js";
import { asFloat32 } from "./tflite/graph.js";

/** What a model's outputs say, sample by sample, as real values [samples][size]. */
export interface Outputs {
  values: Float32Array;
  samples: number;
  size: number;
}

/** Dequantises output bytes; INT8 and FLOAT32 outputs are what TFLM models end in. */
export function realOutputs(bytes: Uint8Array, facts: TensorFacts, samples: number): Outputs {
  if (facts.type === "FLOAT32") {
    const values = asFloat32(bytes);
    return { values, samples, size: values.length / samples };
  }
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = Float32Array.from(signed, (q) => (q - facts.zeroPoint) * facts.scale);
  return { values, samples, size: values.length / samples };
}

/** Index of the largest value of each sample; the first one wins a tie. */
export function topClasses(outputs: Outputs): Int32Array {
  const classes = new Int32Array(outputs.samples);
  for (let s = 0; s < outputs.samples; s++) {
    const start = s * outputs.size;
    let best = 0;
    for (let i = 1; i < outputs.size; i++) {
      if (outputs.values[start + i]! > outputs.values[start + best]!) best = i;
    }
    classes[s] = best;
  }
  return classes;
}

/** Share of equal entries, 0..1. */
function shareEqual(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let equal = 0;
  for (let i = 0; i < a.length; i++) equal += a[i] === b[i] ? 1 : 0;
  return equal / a.length;
}

/** One minus the relative error of `outputs` against `reference` (2-norms over all samples), at least 0. */
function closeness(reference: Outputs, outputs: Outputs): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < reference.values.length; i++) {
    difference += (outputs.values[i]! - reference.values[i]!) ** 2;
    norm += reference.values[i]! ** 2;
  }
  if (norm === 0) return difference === 0 ? 1 : 0;
  return Math.max(0, 1 - Math.sqrt(difference / norm));
}

/**
 * Mean over samples of the Kullback-Leibler divergence, in nats, of the candidate's class distribution from the
 * reference's. Probabilities below `floor` count as `floor`: an int8 softmax cannot say less than 1/256.
 */
function meanDivergence(reference: Outputs, candidate: Outputs, floor = 1 / 512): number {
  let total = 0;
  for (let s = 0; s < reference.samples; s++) {
    for (let i = s * reference.size; i < (s + 1) * reference.size; i++) {
      const p = Math.max(reference.values[i]!, floor);
      const q = Math.max(candidate.values[i]!, floor);
      total += p * Math.log(p / q);
    }
  }
  return total / reference.samples;
}

export interface Score {
  /** Share of samples, 0..1, whose top class is the label; without labels, `agreement`. */
  accuracy: number;
  /** Share whose top class is the dense model's; for outputs that are not classes, one minus the relative error. */
  agreement: number;
  /** Nats; absent where the output is not a distribution over classes. */
  divergence?: number;
}

/** How a model's output is to be read. */
export interface Scoring {
  kind: "classes" | "values";
  /** The output is a softmax, so its values are probabilities. */
  distribution: boolean;
  labels?: Int32Array;
}

/** Scores `candidate` against the labels and against the dense model's outputs. */
export function score(scoring: Scoring, dense: Outputs, candidate: Outputs): Score {
  if (scoring.kind === "values") {
    const value = closeness(dense, candidate);
    return { accuracy: value, agreement: value };
  }
  const classes = topClasses(candidate);
  const agreement = shareEqual(classes, topClasses(dense));
  return {
    accuracy: scoring.labels === undefined ? agreement : shareEqual(classes, scoring.labels),
    agreement,
    ...(scoring.distribution ? { divergence: meanDivergence(dense, candidate) } : {}),
  };
}

/** What the accuracy of a score means, for the report. */
export function accuracyMeaning(scoring: Scoring): "labels" | "agreement" | "closeness" {
  if (scoring.labels !== undefined) return "labels";
  return scoring.kind === "classes" ? "agreement" : "closeness";
}
