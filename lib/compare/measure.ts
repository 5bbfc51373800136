/** Carries out one task: prunes to every share, proves each result in the interpreter, and counts it. */

import type { Candidate } from "../candidate.js";
import type { Context } from "../context.js";
import { DtmmError, type ErrorCode } from "../errors/index.js";
import { type ImportedModel, importModel } from "../import.js";
import { latencyModel } from "../latency/index.js";
import { weightLayers } from "../layers.js";
import type { OpenInterpreter } from "../native/open.js";
import type { PruneOptions, Target } from "../options/types.js";
import { pruneAndProve } from "../pipeline.js";
import { type Preparation, prepare } from "../preparation.js";
import { keptByLayer } from "../pruned-model.js";
import type { FloatOrigin } from "../quantise/for-pruning.js";
import { inInt8 } from "../quantise/in-int8.js";
import { type Findings, floatFigures } from "../report/build.js";
import type { ComparedModel, ComparePoint } from "../report/compare-result.js";
import { kindsOfBytes } from "../report/kinds.js";
import { Resumption } from "../resume/resumption.js";
import { accuracyMeaning } from "../scoring.js";
import { Stopwatch } from "../stopwatch.js";
import { mainGraph, opName } from "../tflite/graph.js";
import { filterlet } from "../unit.js";
import { accuracyDrop, proofWarnings } from "../validate.js";
import type { Count, Counter } from "./count.js";
import type { TaskFindings } from "./store.js";
import { type CompareTask, methodName, ownMethod } from "./tasks.js";

/** Errors by which a method says that it cannot do what was asked; the comparison goes on. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  "LIMIT_OUT_OF_REACH",
  "NOTHING_TO_PRUNE",
  // Labels, which some methods need.
  "OPTION_MISSING",
]);

/** A share of a task as prune is asked for it. */
function goalOf(
  { aim }: CompareTask,
  { imported, dense }: Preparation,
  target: Target,
  share: number,
): Pick<PruneOptions, "keep" | "latency" | "aim"> {
  if (aim !== "latency") return { keep: share, aim };
  const own = latencyModel(dense.model, target);
  const whole = weightLayers(dense.model).map((layer) => ({
    layer,
    unit: filterlet(layer),
    keptWeights: layer.weights.length,
  }));
  const unpruned = (own.dense * own.ratio(whole)) / latencyModel(imported.model, target).dense;
  return { latency: Math.min(1, share * unpruned), aim };
}

/** What all tasks of a model and a seed start from; with the float model where one was quantised. */
type Prepared = Preparation & { float?: FloatOrigin | undefined };

/** Runs tasks; models and their data are loaded once for neighbouring tasks. */
export class Measurer {
  private prepared: { name: string; seed: number; preparation: Promise<Prepared> } | undefined;

  constructor(
    private readonly interpreter: OpenInterpreter,
    private readonly counters: ReadonlyMap<Target, Counter>,
    private readonly options: { augment?: PruneOptions["augment"]; resume: boolean },
  ) {}

  /** What `prune` would be called with. */
  private optionsOf(
    { entry, seed, method, recovery }: CompareTask,
    target: Target,
    goal: Pick<PruneOptions, "keep" | "latency" | "aim">,
  ): PruneOptions {
    const { keep: _, ...given } = entry.options;
    return {
      ...given,
      ...goal,
      seed,
      target,
      method: method ?? ownMethod,
      refit: recovery !== "none",
      finetune: recovery === "taught" ? "auto" : "off",
    };
  }

  private preparation(task: CompareTask, context: Context): Promise<Prepared> {
    const { entry, seed } = task;
    if (this.prepared?.name !== entry.name || this.prepared.seed !== seed) {
      const options = this.optionsOf(task, "generic", { keep: 1 });
      const preparation = importModel(options.model, {
        purpose: "prune",
        arrayName: options.arrayName,
        dense: true,
        float: true,
      }).then((imported) => this.prepare(imported, options, context));
      this.prepared = { name: entry.name, seed, preparation };
    }
    return this.prepared.preparation;
  }

  private async prepare(imported: ImportedModel, options: PruneOptions, context: Context): Promise<Prepared> {
    const { pool } = this.interpreter;
    const { int8, float, settings } = await inInt8(imported, options, pool, context);
    return { ...(await prepare(int8, settings, pool, new Stopwatch(), context)), float };
  }

  /**
   * @throws what `prune` throws but for a method's refusals; BOARD_*
   */
  async measure(
    task: CompareTask,
    context: Context,
    told: (done: number) => void = () => undefined,
  ): Promise<TaskFindings> {
    const preparation = await this.preparation(task, context);
    const resumption = await Resumption.open({
      enabled: this.options.resume,
      addonKey: this.interpreter.addonKey,
    });
    const workshop = { interpreter: this.interpreter, resumption };
    const pruned = (target: Target, share: number) => {
      const options = this.optionsOf(task, target, goalOf(task, preparation, target, share));
      return pruneAndProve(preparation, workshop, options, new Stopwatch(), context);
    };
    const findings: TaskFindings = { points: [], missing: [], warnings: [] };
    if (task.method === undefined) {
      const lean = await pruned("generic", 1);
      findings.dense = await this.denseModel(task, preparation, lean);
      findings.warnings.push(...proofWarnings(lean.validation.proof));
      return findings;
    }
    const { recovery, seed } = task;
    const method = methodName(task);
    for (const [index, share] of task.shares.entries()) {
      const asked = { model: task.entry.name, method, recovery, seed, share };
      try {
        const found = await pruned(task.targets[0]!, share);
        for (const target of task.targets) {
          findings.points.push({ ...asked, target, ...(await this.pointOf(found, preparation, target)) });
        }
      } catch (error) {
        if (!(error instanceof DtmmError) || !refusals.has(error.code)) throw error;
        for (const target of task.targets) {
          findings.missing.push({ ...asked, target, code: error.code, reason: error.message });
        }
      }
      told((index + 1) / task.shares.length);
    }
    await resumption.finish();
    return findings;
  }

  private count(
    target: Target,
    { pruned, packed }: Candidate,
    betterKernels: boolean,
  ): Promise<Count | undefined> {
    return this.counters.get(target)?.({ pruned, packed, betterKernels }) ?? Promise.resolve(undefined);
  }

  private async denseModel(
    { entry, targets }: CompareTask,
    { imported, baseline, data, float }: Prepared,
    lean: Findings,
  ): Promise<ComparedModel> {
    const { path, sha256, bytes, model } = imported;
    const counted: ComparedModel["targets"] = {};
    for (const target of targets) {
      const count = await this.count(target, lean.candidate, true);
      if (count === undefined) continue;
      const instructions = count.operators.reduce((sum, each) => sum + each, 0);
      counted[target] = { instructions, arenaBytes: count.arenaBytes };
    }
    const { validation, candidate } = lean;
    return {
      name: entry.name,
      path,
      sha256,
      bytes: bytes.length,
      bytesByKind: kindsOfBytes(model, bytes.length),
      arenaBytes: baseline.arenaBytes,
      accuracy: baseline.accuracy,
      samples: data.evaluation.samples.samples,
      accuracyMeans: accuracyMeaning(data.evaluation.scoring),
      ...(float === undefined ? {} : { float: floatFigures(float) }),
      lean: { bytes: candidate.packed.bytes.length, arenaBytes: validation.pruned.arenaBytes },
      targets: counted,
    };
  }

  private async pointOf(
    { candidate, validation, options }: Findings,
    { imported }: Preparation,
    target: Target,
  ): Promise<Omit<ComparePoint, "model" | "method" | "recovery" | "seed" | "share" | "target">> {
    const count = await this.count(target, candidate, options.method !== ownMethod);
    const { pruned, packed, figures } = candidate;
    const { dense, pruned: judged } = validation;
    const kept = keptByLayer(pruned);
    const denseLayers = new Map(weightLayers(imported.model).map((layer) => [layer.operator, layer]));
    const { tensors, operators } = mainGraph(imported.model);
    const left = mainGraph(packed.model).operators;
    return {
      keptWeights: figures.keptWeights,
      bytes: judged.bytes,
      bytesByKind: kindsOfBytes(packed.model, judged.bytes),
      arenaBytes: judged.arenaBytes,
      ...(count === undefined ? {} : { arenaTargetBytes: count.arenaBytes }),
      accuracy: judged.accuracy,
      drop: accuracyDrop(dense.accuracy, judged.accuracy),
      agreement: judged.agreement,
      bitExact: validation.gates.every(({ name, pass }) => name !== "bitExact" || pass),
      ...(count === undefined ? {} : { instructions: count.operators.reduce((sum, each) => sum + each, 0) }),
      layers: operators.map((_, index) => {
        const layer = denseLayers.get(index);
        return {
          index,
          op: opName(packed.model, left[index]!),
          shape: layer === undefined ? [] : [...tensors[layer.filterTensor]!.shape],
          kept: layer === undefined ? 1 : kept.get(index)! / layer.weights.length,
          ...(count === undefined ? {} : { instructions: count.operators[index]! }),
        };
      }),
    };
  }
}
