/**
 * The one file that knows the order of the stages:
 * import -> importance -> schedule -> prune -> pack -> validate -> emit -> report.
 */

import { relative } from "node:path";
import { chooseCandidate } from "./candidate.js";
import type { Context } from "./context.js";
import { checkEmit, emit, recover } from "./emit/index.js";
import { dtmmError } from "./errors/index.js";
import { denseBaseline, loadData } from "./evaluation.js";
import { type ImportedModel, importModel } from "./import.js";
import { weightLayers } from "./layers.js";
import { type OpenInterpreter, withInterpreter } from "./native/open.js";
import { networkPlan } from "./network-plan.js";
import type { PruneOptions } from "./options/types.js";
import { diet } from "./pack/diet.js";
import { packableOps, usedPackedOps } from "./pack/index.js";
import { PrunePath } from "./prune.js";
import { type Findings, pruneResult } from "./report/build.js";
import { htmlReport } from "./report/html.js";
import type { PruneResult } from "./report/result.js";
import { resultJson } from "./report/result-json.js";
import { modelFacts } from "./runs.js";
import { statistics } from "./statistics.js";
import { Stopwatch } from "./stopwatch.js";
import type { Model } from "./tflite/model.js";
import { writeModel } from "./tflite/writer.js";
import { chooseUnits } from "./unit-choice.js";
import { validate } from "./validate.js";

/** The share that units are chosen for where nothing says how much will be kept. */
const usualShare = 0.5;
/** Smaller estimates say no more than that little will be left. */
const leastShare = 0.1;

/** About the share of the weights that will be kept: every byte that the file is to lose beyond the diet is a weight's. */
function expectedShare({ keep, flash, diet: steps }: PruneOptions, model: Model, weights: number): number {
  if (keep !== undefined || flash === undefined) return keep ?? usualShare;
  const excess = diet(model, steps).bytes.length - flash;
  return Math.min(1, Math.max(leastShare, 1 - excess / weights));
}

/** Where the result goes. */
function emitPlace({ root, out, patch, resolver }: PruneOptions) {
  const resolverFile = resolver === undefined ? undefined : relative(root, resolver);
  return { root, outDir: out, patch: patch ? { resolverFile } : undefined };
}

/**
 * What can be found out before the long work starts: an earlier run that was killed is finished; an output folder that
 * cannot be written to and a resolver that cannot be patched end this one.
 */
async function prepareProject(options: PruneOptions, { model }: ImportedModel): Promise<void> {
  if (!options.dryRun) await recover(options.root);
  await checkEmit({ ...emitPlace(options), ops: packableOps(weightLayers(model)) });
}

async function emitResult(findings: Findings, stopwatch: Stopwatch, context: Context): Promise<PruneResult> {
  const { options, candidate } = findings;
  const stage = context.progress.stage("emit", "Writing the model, the kernels and the patch");
  const emitted = await stopwatch.time("emit", () =>
    emit({
      ...emitPlace(options),
      model: candidate.packed.bytes,
      arrayName: options.arrayName,
      ops: usedPackedOps(candidate.packed),
      reports: (files) => {
        const result = pruneResult(findings, stopwatch, files);
        return [
          { path: "report.json", content: resultJson(result) },
          { path: "report.html", content: htmlReport(result) },
        ];
      },
      dryRun: options.dryRun,
      signal: context.signal,
    }),
  );
  stage.done();
  return {
    ...pruneResult(findings, stopwatch, emitted.files),
    ...(options.dryRun ? { dryRun: true, diff: emitted.diff } : {}),
  };
}

async function pruneWith(
  interpreter: OpenInterpreter,
  imported: ImportedModel,
  options: PruneOptions,
  stopwatch: Stopwatch,
  context: Context,
): Promise<PruneResult> {
  const { pool } = interpreter;
  const { signal } = context;
  const { model, bytes } = imported;
  const dense = { model, bytes };
  const facts = await modelFacts(dense, { pool, signal });
  const data = await stopwatch.time("import", () => loadData(options, model, facts));

  const network = networkPlan(model, data.evaluation.scoring.kind);
  const learning = context.progress.stage("importance", "Learning what each weight is worth");
  const worth = await stopwatch.time("importance", () =>
    statistics({
      model,
      bytes,
      network,
      calibration: data.calibration,
      seed: options.seed,
      pool,
      signal,
      progress: learning,
    }),
  );
  learning.done();
  if (worth.layers.length === 0) {
    const reasons = worth.skipped.map(({ operator, reason }) => `operator ${operator}: ${reason}`);
    throw dtmmError("NOTHING_TO_PRUNE", { path: imported.path, reasons });
  }

  const goal = {
    keep: options.keep,
    flash: options.flash,
    arena: options.arena,
    latency: options.latency,
    maxAccuracyDrop: options.maxAccuracyDrop,
  };
  const output = facts.outputs[0]!;
  const searching = context.progress.stage("prune", "Pruning and packing");
  const run = { pool, signal, progress: searching };
  const { evaluation } = data;
  const baseline = await stopwatch.time("validate", () => denseBaseline(dense, facts, evaluation, run));
  const shared = { dense, output, evaluation, baseline };
  const weights = worth.layers.reduce((sum, { layer }) => sum + layer.weights.length, 0);
  const share = expectedShare(options, model, weights);
  const units = await stopwatch.time("importance", () =>
    chooseUnits({ layers: worth.layers, target: options.target, share, pool, signal }),
  );
  const path = await PrunePath.open({
    ...{ model, network, statistics: worth, units },
    ...{ calibration: data.calibration, pool, signal },
  });
  const choice = await chooseCandidate(
    { ...shared, path, diet: options.diet, target: options.target, goal, stopwatch },
    run,
  );
  const { candidate } = choice;
  await path.close();
  searching.done();

  const judging = context.progress.stage("validate", "Proving the result in the TFLM interpreter");
  const predictedLatency = candidate.figures.latency;
  const masked = { model: candidate.pruned.model, bytes: writeModel(candidate.pruned.model) };
  const validation = await stopwatch.time("validate", () =>
    validate(
      { ...shared, masked, packed: candidate.packed, limits: goal, predictedLatency },
      { pool, signal, progress: judging },
    ),
  );
  judging.done();

  const warnings = worth.skipped.map(({ operator, reason }) => `operator ${operator} stays dense: ${reason}`);
  const findings = {
    options,
    imported,
    interpreter,
    evaluation,
    statistics: worth,
    ...choice,
    validation,
    warnings,
  };
  return validation.pass ? emitResult(findings, stopwatch, context) : pruneResult(findings, stopwatch, []);
}

/**
 * Prunes a model, proves the result in the TFLM interpreter and writes it into the project.
 *
 * @returns the documented result; with verdict "fail" a limit was not met and nothing was written
 * @throws DtmmError for everything a user can mend; nothing was written then
 */
export async function prune(options: PruneOptions, context: Context): Promise<PruneResult> {
  const stopwatch = new Stopwatch();
  const imported = await stopwatch.time("import", () => importModel(options.model, { purpose: "prune" }));
  await prepareProject(options, imported);
  return withInterpreter(options, context, (interpreter) =>
    pruneWith(interpreter, imported, options, stopwatch, context),
  );
}
