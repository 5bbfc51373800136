/** The report stage: one result object out of what the stages found. */

import type { ArenaMap } from "../arena-map.js";
import { boardCores } from "../board/boards.js";
import type { FrontPoint } from "../budget/front.js";
import type { Candidate, Lesson } from "../candidate.js";
import type { EmittedFile } from "../emit/index.js";
import type { Evaluation } from "../evaluation.js";
import type { ImportedModel } from "../import.js";
import { firmwareInstructions } from "../latency/prediction.js";
import { weightLayers } from "../layers.js";
import type { OpenInterpreter } from "../native/open.js";
import type { PruneOptions } from "../options/types.js";
import { dietSavings } from "../pack/diet.js";
import { stockBytes } from "../pack/index.js";
import { projectPath } from "../project-path.js";
import type { PrunableLayers } from "../prunable.js";
import { keptByLayer, type PrunedLayer as MaskedLayer } from "../pruned-model.js";
import type { FloatOrigin } from "../quantise/for-pruning.js";
import type { WrittenModel } from "../runs.js";
import { accuracyMeaning } from "../scoring.js";
import type { Stopwatch } from "../stopwatch.js";
import { mainGraph, opName } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import { maskOfWeights } from "../unit.js";
import type { EdgedFiles, Validation } from "../validate.js";
import { kindsOfBytes } from "./kinds.js";
import type { InspectResult, ParetoPoint, PrunedLayer, PruneResult } from "./result.js";
import { schemaVersion } from "./schema-version.js";

/** What the stages found, for the report. */
export interface Findings {
  options: PruneOptions;
  imported: ImportedModel;
  interpreter: OpenInterpreter;
  evaluation: Evaluation;
  /** Layers that cannot be pruned. */
  skipped: PrunableLayers["skipped"];
  candidate: Candidate;
  lesson: Lesson | undefined;
  /** See `Choice`. */
  front: FrontPoint[];
  leftDense: ReadonlyMap<number, string>;
  validation: Validation;
  warnings: string[];
  /** Of the dense and the packed model, once there is a result to be written out. */
  arena?: { dense: ArenaMap; pruned: ArenaMap };
  /** What is written out, where it has float edges. */
  files?: EdgedFiles | undefined;
  /** The float model that was quantised to the imported one. */
  float?: FloatOrigin;
}

/**
 * Why a layer that was not pruned stays a stock operator.
 *
 * @param narrower whether it lost whole channels
 */
function stockReason({ skipped, leftDense }: Findings, operator: number, narrower: boolean): string {
  const never = skipped.find((other) => other.operator === operator);
  if (never !== undefined) return never.reason;
  const left = leftDense.get(operator);
  if (left !== undefined) return left;
  return narrower
    ? "whole channels of it left, and nothing else was worth removing"
    : "nothing of it was worth removing";
}

/** The front with the result in it, in place of the try that it was. */
function paretoPoints({ candidate, front, validation }: Findings): ParetoPoint[] {
  const { keptWeights, bytes, latency, predictedLoss } = candidate.figures;
  const point = (from: Omit<FrontPoint, "origin">) => ({
    keptWeights: from.keptWeights,
    bytes: from.bytes,
    arenaBytes: from.arenaBytes,
    predictedLatency: from.latency,
    predictedLoss: from.predictedLoss,
    ...(from.accuracy === undefined ? {} : { accuracy: from.accuracy }),
    ...(from.agreement === undefined ? {} : { agreement: from.agreement }),
  });
  const others = front.filter(
    (other) => other.origin === "forecast" || other.keptWeights !== keptWeights || other.bytes !== bytes,
  );
  const { accuracy, agreement, arenaTarget } = validation.pruned;
  const arenaBytes = arenaTarget?.bytes ?? validation.pruned.arenaBytes;
  const figures = { keptWeights, bytes: validation.pruned.bytes, latency, predictedLoss };
  return [
    ...others.map((other) => ({ origin: other.origin, ...point(other) })),
    { origin: "result", ...point({ ...figures, arenaBytes, accuracy, agreement }) },
  ];
}

/** Kept share of every filterlet of a layer that was pruned in blocks of one filter each, in 1/255. */
function keptMapOf({ layer, unit, keep }: MaskedLayer): string {
  const mask = maskOfWeights(unit, layer, keep);
  const { inputChannels } = layer.geometry;
  const shares = Uint8Array.from({ length: mask.length / inputChannels }, (_, filterlet) => {
    const own = mask.subarray(filterlet * inputChannels, (filterlet + 1) * inputChannels);
    return Math.round((255 * own.reduce((sum, bit) => sum + bit, 0)) / inputChannels);
  });
  return Buffer.from(shares).toString("base64");
}

/** Predicted instructions of every operator of the dense and the packed model; undefined where the target is no core. */
function predictions({ options, imported, candidate }: Findings) {
  const core = boardCores.find((known) => known === options.target);
  if (core === undefined) return undefined;
  const of = (model: Model) => firmwareInstructions(model, core);
  return { dense: of(imported.model), pruned: of(candidate.packed.model) };
}

function reportLayers(findings: Findings): PrunedLayer[] {
  const { imported, candidate, validation } = findings;
  const { tensors, operators } = mainGraph(imported.model);
  const kept = keptByLayer(candidate.pruned);
  const predicted = predictions(findings);
  const masked = new Map(candidate.pruned.layers.map((layer) => [layer.operator, layer]));
  const remaining = new Map(weightLayers(candidate.pruned.model).map((layer) => [layer.operator, layer]));
  return weightLayers(imported.model).map((layer) => {
    const { geometry, operator } = layer;
    const own = masked.get(operator);
    const packed = candidate.packed.layers.find(({ operator }) => operator === layer.operator);
    const left = kept.get(layer.operator)!;
    const dense = stockBytes(imported.model, layer);
    const narrower = left < layer.weights.length;
    const reason = packed === undefined ? stockReason(findings, layer.operator, narrower) : packed.reason;
    return {
      index: layer.operator,
      op: packed?.op ?? opName(imported.model, operators[layer.operator]!),
      shape: [...tensors[layer.filterTensor]!.shape],
      kept: left / layer.weights.length,
      denseBytes: dense,
      packedBytes: packed?.packedBytes ?? stockBytes(candidate.pruned.model, remaining.get(layer.operator)!),
      indexBytes: packed?.packed?.indexBytes ?? 0,
      bitExact: validation.differingBytes[layer.operator] === 0,
      macs: layer.weights.length * geometry.outputHeight * geometry.outputWidth,
      ...(reason === undefined ? {} : { denseReason: reason }),
      ...(own === undefined || layer.kind !== "conv" ? {} : { keptMap: keptMapOf(own) }),
      ...(predicted === undefined
        ? {}
        : { predicted: { dense: predicted.dense[operator]!, pruned: predicted.pruned[operator]! } }),
    };
  });
}

/** The TFLM tree that a result was proven in. */
export function describeTree({ tree, facts }: OpenInterpreter): InspectResult["tflm"] {
  return { label: tree.label, root: tree.root, ...facts };
}

/** What a result was judged on; `root` is the project. */
export function describeEvaluation(root: string, { path, samples, scoring }: Evaluation) {
  return {
    path: projectPath(root, path),
    samples: samples.samples,
    accuracyMeans: accuracyMeaning(scoring),
  };
}

/** The model as the user gave it: float, or the int8 one itself. */
export function fileOf({ float, imported }: Pick<Findings, "float" | "imported">): ImportedModel {
  return float?.imported ?? imported;
}

function kindsOfFile({ model, bytes }: WrittenModel): ReturnType<typeof kindsOfBytes> {
  return kindsOfBytes(model, bytes.length);
}

/** What the report says of the float model that was quantised. */
export function floatFigures({ imported, ...figures }: FloatOrigin): NonNullable<PruneResult["float"]> {
  return { bytes: imported.bytes.length, ...figures };
}

/** The documented result of a prune, with the files that it wrote or would write. */
export function pruneResult(findings: Findings, stopwatch: Stopwatch, files: EmittedFile[]): PruneResult {
  const { options, imported, interpreter, evaluation, candidate, validation } = findings;
  return {
    schemaVersion,
    method: options.method,
    target: options.target,
    seed: options.seed,
    verdict: validation.pass ? "pass" : "fail",
    model: { path: projectPath(options.root, imported.path), sha256: fileOf(findings).sha256 },
    dense: validation.dense,
    pruned: {
      ...validation.pruned,
      keptWeights: candidate.figures.keptWeights,
      predictedLatency: candidate.figures.latency,
    },
    gates: validation.gates,
    layers: reportLayers(findings),
    files,
    seconds: stopwatch.seconds(),
    evaluation: describeEvaluation(options.root, evaluation),
    proof: validation.proof,
    ...(findings.lesson === undefined ? {} : { finetune: findings.lesson }),
    diet: dietSavings(candidate.packed.fat, options.diet),
    pareto: paretoPoints(findings),
    bytesByKind: {
      dense: kindsOfFile(findings.files?.dense ?? imported),
      pruned: kindsOfFile(findings.files?.packed ?? candidate.packed),
    },
    ...(findings.float === undefined ? {} : { float: floatFigures(findings.float) }),
    ...(findings.arena === undefined ? {} : { arena: findings.arena }),
    tflm: describeTree(interpreter),
    ...(findings.warnings.length > 0 ? { warnings: findings.warnings } : {}),
  };
}
