/**
 * The validate stage: the real interpreter decides.
 *
 * The packed model must give the same bytes as the pruned weights in stock CONV_2D, at every operator and for every
 * evaluation input, and those in all their channels the same outputs; accuracy, arena and file size are measured on it,
 * and held against the user's limits. Packed operators always run on the very kernels of the board. Stock operators run on
 * TFLM's own kernels for `treeSamples` inputs, for the others on the host kernels that gave the same bytes until then
 * (docs/tflm.md, "Host kernels").
 */

import type { TargetArena } from "./board/target-arena.js";
import type { DenseBaseline, Evaluation } from "./evaluation.js";
import { edgedInputs, type FloatEdges } from "./float-edges.js";
import type { TensorFacts } from "./native/addon-types.js";
import { compareModels, modelFacts, type RunContext, runModel, type WrittenModel } from "./runs.js";
import { type Outputs, realOutputs, type Score, score } from "./scoring.js";
import type { Samples } from "./statistics.js";

/** Limits that the user set; absent ones are not judged. */
export interface Limits {
  /** Points of accuracy (0..100) that may be lost. */
  maxAccuracyDrop?: number | undefined;
  flash?: number | undefined;
  /** Of the target's arena where that is measured, else of the host's. */
  arena?: number | undefined;
  /** Share of the dense model's predicted time. */
  latency?: number | undefined;
}

export interface Gate {
  name: string;
  limit: number;
  value: number;
  pass: boolean;
}

/** What a model takes. */
export interface Footprint {
  bytes: number;
  /** On the host. */
  arenaBytes: number;
  arenaTarget?: TargetArena;
}

export interface Validation {
  dense: Footprint & { accuracy: number; samples: number };
  pruned: Score & Footprint;
  proof: Proof;
  /** Per operator, bytes in which packed and stock differed. */
  differingBytes: Float64Array;
  gates: Gate[];
  pass: boolean;
}

/** Which kernels computed the stock operators while packed and stock were held against each other. */
export interface Proof {
  /** Inputs, at least, on TFLM's own kernels. */
  treeSamples: number;
  /** Inputs, at most, on host kernels. */
  hostSamples: number;
  /** Operators whose host kernel gave other bytes than TFLM's own; everything then ran on TFLM's own. */
  strays: number[];
}

/** What a user should know about the kernels of a proof. */
export function proofWarnings({ strays }: Proof): string[] {
  return strays.map(
    (operator) =>
      `operator ${operator}: dtmm's host kernel gave other bytes than TFLM's own, so all inputs ran on TFLM's own kernels`,
  );
}

/** Inputs, spread over all, that the proof runs on TFLM's own kernels. */
const treeSamples = 64;

/** Points of accuracy lost; rounded so that one sample more or less is not decided by the last bit of a double. */
export function accuracyDrop(dense: number, pruned: number): number {
  return Number((100 * (dense - pruned)).toFixed(6));
}

function atMost(name: string, limit: number | undefined, value: number): Gate[] {
  return limit === undefined ? [] : [{ name, limit, value, pass: value <= limit }];
}

/** Files with float edges, and the int8 models between them. */
export interface EdgedFiles {
  dense: WrittenModel;
  packed: WrittenModel;
  edges: FloatEdges;
  /** Of the int8 models. */
  input: TensorFacts;
}

export interface ValidationRequest {
  dense: WrittenModel;
  /** The pruned weights in stock operators, in the shapes of the packed model. */
  masked: WrittenModel;
  /** The pruned model with the channels that left after pruning, where any did; its outputs must be the same bytes. */
  whole?: WrittenModel | undefined;
  packed: WrittenModel;
  /** What is written out, where that has float edges: sizes and arenas are those of these files. */
  files?: EdgedFiles | undefined;
  output: TensorFacts;
  evaluation: Evaluation;
  baseline: DenseBaseline;
  limits: Limits;
  /** See `lib/latency.ts`; the one gate that is predicted. Absent where no latency is judged. */
  predictedLatency?: number;
}

function differingBytes(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((count, byte, i) => (byte === b[i] ? count : count + 1), 0);
}

/** Output values in which the file with float edges differs from the model between them. */
async function differingAtEdges(
  { packed, edges, input }: EdgedFiles,
  { samples, bytes }: Samples,
  inner: Outputs,
  context: RunContext,
): Promise<number> {
  const facts = await modelFacts(packed, context);
  const run = await runModel(packed, { samples, bytes: edgedInputs(bytes, input, edges) }, context);
  const { values } = realOutputs(run.outputs, facts.outputs[0]!, samples);
  return values.reduce((count, value, i) => (value === inner.values[i] ? count : count + 1), 0);
}

/** The target's arena as a field of a footprint, where it is measured. */
async function onTarget(
  model: WrittenModel,
  { arenaMeter }: RunContext,
): Promise<Pick<Footprint, "arenaTarget">> {
  return arenaMeter === undefined ? {} : { arenaTarget: await arenaMeter(model) };
}

/** Runs masked and packed model over all evaluation inputs and judges every gate. */
export async function validate(request: ValidationRequest, context: RunContext): Promise<Validation> {
  const { dense, masked, packed, evaluation, baseline, limits, predictedLatency } = request;
  const { samples } = evaluation.samples;
  const comparison = await compareModels(masked, packed, evaluation.samples, context, treeSamples);
  const outputs = realOutputs(comparison.outputs, request.output, samples);
  const prunedScore = score(evaluation.scoring, baseline.outputs, outputs);
  const drop = accuracyDrop(baseline.accuracy, prunedScore.accuracy);
  const whole = request.whole && (await runModel(request.whole, evaluation.samples, context));
  const differing =
    comparison.differingBytes.reduce((sum, bytes) => sum + bytes, 0) +
    (whole === undefined ? 0 : differingBytes(whole.outputs, comparison.outputs));
  const { files } = request;
  const footprint = async (file: WrittenModel, arenaBytes: number): Promise<Footprint> => ({
    bytes: file.bytes.length,
    arenaBytes: files === undefined ? arenaBytes : (await modelFacts(file, context)).arenaBytes,
    ...(await onTarget(file, context)),
  });
  const ofDense = await footprint(files?.dense ?? dense, baseline.arenaBytes);
  const ofPacked = await footprint(files?.packed ?? packed, comparison.candidateArenaBytes);
  const arena = ofPacked.arenaTarget?.bytes ?? ofPacked.arenaBytes;
  const atEdges = files && (await differingAtEdges(files, evaluation.samples, outputs, context));
  const gates = [
    ...atMost("bitExact", 0, differing),
    ...(atEdges === undefined ? [] : atMost("floatEdges", 0, atEdges)),
    ...atMost("maxAccuracyDrop", limits.maxAccuracyDrop, drop),
    ...atMost("flash", limits.flash, ofPacked.bytes),
    ...atMost("arena", limits.arena, arena),
    ...(predictedLatency === undefined ? [] : atMost("latency", limits.latency, predictedLatency)),
  ];
  return {
    dense: { ...ofDense, accuracy: baseline.accuracy, samples },
    pruned: { ...prunedScore, ...ofPacked },
    proof: {
      treeSamples: comparison.treeSamples,
      hostSamples: samples - comparison.treeSamples,
      strays: [...new Set([...baseline.strays, ...comparison.strays])].sort((a, b) => a - b),
    },
    differingBytes: comparison.differingBytes,
    gates,
    pass: gates.every((gate) => gate.pass),
  };
}
