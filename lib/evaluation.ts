/** The inputs a result is judged on, and what the dense model says about them. */

import { loadInputs } from "./data/inputs.js";
import { loadLabels } from "./data/labels.js";
import type { ModelFacts, TensorFacts } from "./native/addon-types.js";
import { type RunContext, runModel, type WrittenModel } from "./runs.js";
import { type Outputs, realOutputs, type Score, type Scoring, score } from "./scoring.js";
import type { Samples } from "./statistics.js";
import { mainGraph, opName } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";

/** The options that name data; every command that judges a model has them. */
export interface DataOptions {
  calibration?: string | undefined;
  calibrationSamples: number;
  eval?: string | undefined;
  labels?: string | undefined;
  inputScale: number;
  inputOffset: number;
  seed: number;
}

export interface Evaluation {
  path: string;
  samples: Samples;
  scoring: Scoring;
}

/** An evaluation with the dense model's answers. */
export interface DenseBaseline {
  outputs: Outputs;
  /** Share 0..1, see `Score`. */
  accuracy: number;
  arenaBytes: number;
  /** Operators that had to run on TFLM's own kernels, see `RunResult`. */
  strays: Int32Array;
}

/** Without evaluation inputs, every fourth calibration input is held out to judge on. */
const holdOutEvery = 4;

function pick(samples: Samples, wanted: (index: number) => boolean): Samples {
  const size = samples.bytes.length / samples.samples;
  const chosen = Array.from({ length: samples.samples }, (_, i) => i).filter(wanted);
  const bytes = new Uint8Array(chosen.length * size);
  chosen.forEach((sample, i) => {
    bytes.set(samples.bytes.subarray(sample * size, (sample + 1) * size), i * size);
  });
  return { samples: chosen.length, bytes };
}

function endsInSoftmax(model: Model): boolean {
  const graph = mainGraph(model);
  const last = graph.operators.find((operator) => operator.outputs.includes(graph.outputs[0]!));
  return last !== undefined && opName(model, last) === "SOFTMAX";
}

/** How the model's outputs are to be read: as classes where they are a softmax or where there are labels. */
export async function scoringOf(
  model: Model,
  facts: ModelFacts,
  samples: Samples,
  labels?: string,
): Promise<Scoring> {
  const distribution = endsInSoftmax(model);
  if (labels === undefined) return { kind: distribution ? "classes" : "values", distribution };
  const classes = facts.outputs[0]!.shape.reduce((product, axis) => product * axis, 1);
  return { kind: "classes", distribution, labels: await loadLabels(labels, samples.samples, classes) };
}

/** The inputs that pruning learns from and those it is judged on; they never overlap. */
export interface DataSplit {
  calibration: Samples;
  evaluation: Evaluation;
}

/** Loads the data that the options name for a model with these facts. */
export async function loadData(
  options: DataOptions & { calibration: string },
  model: Model,
  facts: ModelFacts,
): Promise<DataSplit> {
  const raw = { scale: options.inputScale, offset: options.inputOffset };
  const input = facts.inputs[0]!;
  const choice = { limit: options.calibrationSamples, seed: options.seed };
  const all = await loadInputs(options.calibration, input, raw, choice);
  if (options.eval !== undefined) {
    return { calibration: all, evaluation: await loadEvaluation(options, model, facts) };
  }
  const isHeldOut = (index: number) => index % holdOutEvery === 0;
  const samples = pick(all, isHeldOut);
  const scoring = await scoringOf(model, facts, samples);
  return {
    calibration: pick(all, (index) => !isHeldOut(index)),
    evaluation: { path: options.calibration, samples, scoring },
  };
}

/** Loads the evaluation inputs and labels; the calibration inputs serve where there are none. */
export async function loadEvaluation(
  options: DataOptions,
  model: Model,
  facts: ModelFacts,
): Promise<Evaluation> {
  const path = options.eval ?? options.calibration!;
  const raw = { scale: options.inputScale, offset: options.inputOffset };
  const samples = await loadInputs(path, facts.inputs[0]!, raw);
  return { path, samples, scoring: await scoringOf(model, facts, samples, options.labels) };
}

/** Runs the dense model over the evaluation inputs. */
export async function denseBaseline(
  dense: WrittenModel,
  facts: ModelFacts,
  evaluation: Evaluation,
  context: RunContext,
): Promise<DenseBaseline> {
  const run = await runModel(dense, evaluation.samples, context);
  const outputs = realOutputs(run.outputs, facts.outputs[0]!, evaluation.samples.samples);
  const { accuracy } = score(evaluation.scoring, outputs, outputs);
  return { outputs, accuracy, arenaBytes: run.arenaBytes, strays: run.strays };
}

/** Runs a pruned model over the evaluation inputs and holds its answers against the dense model's. */
export async function scoreModel(
  model: WrittenModel,
  judge: { evaluation: Evaluation; baseline: DenseBaseline; output: TensorFacts },
  context: RunContext,
): Promise<Score> {
  const { evaluation, baseline, output } = judge;
  const run = await runModel(model, evaluation.samples, context);
  const outputs = realOutputs(run.outputs, output, evaluation.samples.samples);
  return score(evaluation.scoring, baseline.outputs, outputs);
}
