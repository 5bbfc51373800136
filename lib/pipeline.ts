/**
 * The one file that knows the order of the stages:
 * import -> slim -> importance -> schedule -> prune -> finetune -> pack -> validate -> emit -> report.
 */

import { arenaMap } from "./arena-map.js";
import { type ArenaMeter, arenaWarnings, openArenaMeter } from "./board/target-arena.js";
import { figuresOf } from "./budget/figures.js";
import type { Candidate } from "./candidate.js";
import { choose } from "./choose.js";
import type { Context } from "./context.js";
import { edgesFor, withinEdges } from "./edge-choice.js";
import { checkEmit, emit, recover } from "./emit/index.js";
import { operatorsOf, replacedOps, stockOpsOf } from "./firmware/model-ops.js";
import { resolverNames } from "./firmware/resolver-names.js";
import { edged, edgedInputs, type FloatEdges } from "./float-edges.js";
import { type ImportedModel, importModel, readModels } from "./import.js";
import { weightLayers } from "./layers.js";
import { methodStorage } from "./method-storage.js";
import { type OpenInterpreter, withInterpreter } from "./native/open.js";
import type { PruneOptions } from "./options/types.js";
import { packableOps, usedPackedOps } from "./pack/index.js";
import { type Preparation, prepare } from "./preparation.js";
import type { StageProgress } from "./progress/progress.js";
import { inProject } from "./project-path.js";
import { inInt8 } from "./quantise/in-int8.js";
import { type Findings, fileOf, pruneResult } from "./report/build.js";
import { htmlReport } from "./report/html.js";
import { prunePlots } from "./report/prune-plots.js";
import type { PruneResult } from "./report/result.js";
import { resultJson } from "./report/result-json.js";
import { Resumption } from "./resume/resumption.js";
import { written } from "./runs.js";
import { type Golden, goldenRun } from "./selftest.js";
import { Stopwatch } from "./stopwatch.js";
import { teach } from "./teach.js";
import type { Model } from "./tflite/model.js";
import { proofWarnings, validate } from "./validate.js";

/** Where the result goes; `model` is the dense one until there is a packed one. */
function emitPlace(
  { root, out, patch, resolver, glue }: PruneOptions,
  { path, bytes, file, array: name }: ImportedModel,
  model: Model,
  drop: readonly string[] = [],
) {
  const dense = file?.bytes ?? bytes;
  const array = name === undefined ? undefined : { source: inProject(root, path), name, dense };
  const wish = { names: resolverNames(root, resolver), needs: stockOpsOf(model), drop, array };
  return { root, outDir: out, glue, patch: patch ? wish : undefined };
}

/**
 * What can be found out before the long work starts: an earlier run that was killed is finished; an output folder that
 * cannot be written to and a resolver that cannot be patched end this one.
 */
async function prepareProject(options: PruneOptions, imported: ImportedModel): Promise<void> {
  if (!options.dryRun) await recover(options.root);
  if (options.dropUnused) await readModels(options.otherModels);
  const { model } = edged(imported, edgesFor(imported, options), false);
  const ops = packableOps(weightLayers(imported.model), methodStorage[options.method]);
  await checkEmit({ ...emitPlace(options, imported, model), ops });
}

/** The first of the evaluation inputs through the packed model, for a self-test on the board. */
async function golden(
  { options, files, candidate, evaluation, interpreter }: Findings,
  { signal }: Context,
  progress: StageProgress,
): Promise<Golden | undefined> {
  const { samples: all } = evaluation;
  const samples = Math.min(options.selftest, all.samples);
  if (samples === 0) return undefined;
  const inner = all.bytes.subarray(0, (all.bytes.length / all.samples) * samples);
  const inputs = files === undefined ? inner : edgedInputs(inner, files.input, files.edges);
  const model = files?.packed ?? candidate.packed;
  return goldenRun(model, { inputs, samples }, { pool: interpreter.pool, signal, progress });
}

async function emitResult(findings: Findings, stopwatch: Stopwatch, context: Context): Promise<PruneResult> {
  const { options, candidate } = findings;
  const stage = context.progress.stage("emit", "Writing the model, the kernels and the patch");
  const { model, bytes } = findings.files?.packed ?? candidate.packed;
  const plots = await prunePlots(pruneResult(findings, stopwatch, []));
  const drop = options.dropUnused ? replacedOps(model, await readModels(options.otherModels)) : [];
  const selftest = await stopwatch.time("emit", () => golden(findings, context, stage));
  const emitted = await stopwatch.time("emit", () =>
    emit({
      ...emitPlace(options, fileOf(findings), model, drop),
      resolverHeader: options.resolverHeader ? { operators: operatorsOf(model) } : undefined,
      model: bytes,
      arrayName: options.arrayName,
      ops: usedPackedOps(candidate.packed),
      selftest,
      reports: (files) => {
        const result = pruneResult(findings, stopwatch, files);
        return [
          { path: "report.json", content: resultJson(result) },
          { path: "report.html", content: htmlReport(result, plots) },
        ];
      },
      dryRun: options.dryRun,
      signal: context.signal,
    }),
  );
  stage.done();
  const warnings = [...findings.warnings, ...emitted.notes];
  return {
    ...pruneResult({ ...findings, warnings }, stopwatch, emitted.files),
    ...(options.dryRun ? { dryRun: true, diff: emitted.diff } : {}),
  };
}

/** What the stages work with, besides the model and its data. */
export interface Workshop {
  interpreter: OpenInterpreter;
  resumption: Resumption;
  arenaMeter?: ArenaMeter | undefined;
  /** Of the file that is written out. */
  edges?: FloatEdges | undefined;
}

/**
 * From the prepared model to a proven candidate: choose, finetune, validate.
 *
 * @returns what the stages found; whether all gates were passed is in `validation`
 */
export async function pruneAndProve(
  { imported, dense, facts, data, baseline, loss, training }: Preparation,
  { interpreter, resumption, arenaMeter, edges }: Workshop,
  options: PruneOptions,
  stopwatch: Stopwatch,
  context: Context,
): Promise<Findings> {
  const { pool } = interpreter;
  const { signal } = context;
  const { model } = imported;
  const goal = {
    keep: options.keep,
    flash: options.flash,
    arena: options.arena,
    latency: options.latency,
    maxAccuracyDrop: options.maxAccuracyDrop,
  };
  const { evaluation } = data;
  const shared = { output: facts.outputs[0]!, evaluation, baseline };
  const { diet, target } = options;
  const loadTraining = () => stopwatch.time("import", training);
  const teachIt = (candidate: Candidate) =>
    teach(candidate, {
      ...{ options, dense: dense.model, loss, training: loadTraining, stopwatch, pool, signal, resumption },
      stage: () => context.progress.stage("finetune", "Teaching the pruned model"),
    });
  const { skipped, ...choice } = await choose({
    ...{
      ...shared,
      dense,
      imported: model,
      options,
      modelPath: imported.path,
      loss,
      calibration: data.calibration,
      training: loadTraining,
      teach: options.finetune === "off" ? undefined : teachIt,
    },
    goal: await withinEdges(goal, imported, edges, { pool, signal, arenaMeter }),
    ...{ diet, target, stopwatch, pool, signal, progress: context.progress, resumption },
    arenaMeter,
  });
  const taught = choice.taught ?? (await teachIt(choice.candidate));

  const { predictedLoss } = choice.candidate.figures;
  const figures = figuresOf(choice.reference, { ...taught.candidate, predictedLoss });
  const candidate = { ...taught.candidate, figures };

  const judging = context.progress.stage("validate", "Proving the result in the TFLM interpreter");
  const predictedLatency = figures.latency;
  const { masked, pruned, packed } = candidate;
  const whole = masked === pruned ? undefined : written(masked.model);
  const share = diet.includes("sharing");
  const files = edges && {
    dense: imported.file ?? edged(imported, edges, false),
    packed: edged(packed, edges, share),
    ...{ edges, input: facts.inputs[0]! },
  };
  const validation = await stopwatch.time("validate", () =>
    validate(
      {
        ...{ ...shared, dense: imported, masked: written(pruned.model), whole, packed },
        ...{ files, limits: goal, predictedLatency },
      },
      { pool, signal, progress: judging, arenaMeter },
    ),
  );
  judging.done();

  const warnings = [
    ...skipped.map(({ operator, reason }) => `operator ${operator} stays dense: ${reason}`),
    ...proofWarnings(validation.proof),
    ...arenaWarnings(options),
  ];
  return {
    options,
    imported,
    interpreter,
    evaluation,
    skipped,
    ...choice,
    candidate,
    files,
    lesson: taught.lesson,
    validation,
    warnings,
  };
}

async function pruneWith(
  interpreter: OpenInterpreter,
  imported: ImportedModel,
  options: PruneOptions,
  stopwatch: Stopwatch,
  context: Context,
): Promise<PruneResult> {
  const arenaMeter = await openArenaMeter(options, interpreter, context);
  const resumption = await Resumption.open({ enabled: options.resume, addonKey: interpreter.addonKey });
  const { int8, float, settings } = await inInt8(imported, options, interpreter.pool, context, stopwatch);
  const preparation = await prepare(int8, settings, interpreter.pool, stopwatch, context);
  const workshop = { interpreter, resumption, arenaMeter, edges: edgesFor(imported, options) };
  const found = await pruneAndProve(preparation, workshop, options, stopwatch, context);
  const { pool } = interpreter;
  const findings = {
    ...found,
    ...(float === undefined ? {} : { float }),
    arena: {
      dense: await arenaMap(found.files?.dense ?? int8, { pool, signal: context.signal }),
      pruned: await arenaMap(found.files?.packed ?? found.candidate.packed, { pool, signal: context.signal }),
    },
  };
  const result = findings.validation.pass
    ? await emitResult(findings, stopwatch, context)
    : pruneResult(findings, stopwatch, []);
  await resumption.finish();
  return result;
}

/**
 * Prunes a model, proves the result in the TFLM interpreter and writes it into the project.
 *
 * @returns the documented result; with verdict "fail" a limit was not met and nothing was written
 * @throws DtmmError for everything a user can mend; nothing was written then
 */
export async function prune(options: PruneOptions, context: Context): Promise<PruneResult> {
  const stopwatch = new Stopwatch();
  const { model, arrayName } = options;
  const imported = await stopwatch.time("import", () =>
    importModel(model, { purpose: "prune", arrayName, dense: true, float: true }),
  );
  await prepareProject(options, imported);
  return withInterpreter(options, context, (interpreter) =>
    pruneWith(interpreter, imported, options, stopwatch, context),
  );
}
