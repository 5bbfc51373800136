/** The inputs a result is judged on, and what the dense model says about them. */

import { type LoadContext, type LoadedLabels, loadInputs } from "./data/inputs.js";
import { labelsOf } from "./data/labels.js";
import type { DataSettings } from "./data/open.js";
import type { ModelFacts, TensorFacts } from "./native/addon-types.js";
import { type RunContext, runModel, type WrittenModel } from "./runs.js";
import { type Outputs, realOutputs, type Score, type Scoring, score } from "./scoring.js";
import type { Samples } from "./statistics.js";
import { mainGraph, opName } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";

/** The options that name data; every command that judges a model has them. */
export interface DataOptions extends DataSettings {
  calibration?: string | undefined;
  calibrationSamples: number;
  eval?: string | undefined;
  labels?: string | undefined;
  seed: number;
}

/** Samples, with their classes where these came with them. */
export interface LabelledSamples extends Samples {
  labels?: LoadedLabels;
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

function pick(
  { bytes, samples, labels }: LabelledSamples,
  wanted: (index: number) => boolean,
): LabelledSamples {
  const size = bytes.length / samples;
  const chosen = Array.from({ length: samples }, (_, i) => i).filter(wanted);
  const picked = new Uint8Array(chosen.length * size);
  chosen.forEach((sample, i) => {
    picked.set(bytes.subarray(sample * size, (sample + 1) * size), i * size);
  });
  return {
    samples: chosen.length,
    bytes: picked,
    ...(labels ? { labels: { ...labels, values: labels.values.filter((_, index) => wanted(index)) } } : {}),
  };
}

function endsInSoftmax(model: Model): boolean {
  const graph = mainGraph(model);
  const last = graph.operators.find((operator) => operator.outputs.includes(graph.outputs[0]!));
  return last !== undefined && opName(model, last) === "SOFTMAX";
}

/** Elements of the model's output: as many classes, where it has any. */
export function outputElements(facts: ModelFacts): number {
  return facts.outputs[0]!.shape.reduce((product, axis) => product * axis, 1);
}

/** How the model's outputs are to be read: as classes where they are a softmax or where there are labels. */
export async function scoringOf(
  model: Model,
  facts: ModelFacts,
  samples: LabelledSamples,
  options: DataOptions,
): Promise<Scoring> {
  const distribution = endsInSoftmax(model);
  const labels = await labelsOf(samples, options.labels, outputElements(facts), options);
  if (labels === undefined) return { kind: distribution ? "classes" : "values", distribution };
  return { kind: "classes", distribution, labels };
}

/** The inputs that pruning learns from and those it is judged on; they never overlap. */
export interface DataSplit {
  calibration: LabelledSamples;
  evaluation: Evaluation;
}

/** Loads the data that the options name for a model with these facts. */
export async function loadData(
  options: DataOptions & { calibration: string },
  model: Model,
  facts: ModelFacts,
  context: LoadContext = {},
): Promise<DataSplit> {
  const choice = { limit: options.calibrationSamples, seed: options.seed };
  const all = await loadInputs(options.calibration, facts.inputs[0]!, options, choice, context);
  if (options.eval !== undefined) {
    return { calibration: all, evaluation: await loadEvaluation(options, model, facts, context) };
  }
  const isHeldOut = (index: number) => index % holdOutEvery === 0;
  const samples = pick(all, isHeldOut);
  const scoring = await scoringOf(model, facts, samples, options);
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
  context: LoadContext = {},
): Promise<Evaluation> {
  const path = options.eval ?? options.calibration!;
  const samples = await loadInputs(path, facts.inputs[0]!, options, {}, context);
  return { path, samples, scoring: await scoringOf(model, facts, samples, options) };
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
