/** `dtmm validate`: a model file that was pruned earlier, held against the dense one it came from. */

import { arenaWarnings, openArenaMeter } from "./board/target-arena.js";
import type { Context } from "./context.js";
import { dtmmError } from "./errors/index.js";
import { denseBaseline, loadEvaluation } from "./evaluation.js";
import { edged } from "./float-edges.js";
import { type ImportedModel, importModel } from "./import.js";
import type { ModelFacts } from "./native/addon-types.js";
import { type OpenInterpreter, withInterpreter } from "./native/open.js";
import type { ValidateOptions } from "./options/types.js";
import { packedFormat } from "./pack/format.js";
import { projectPath } from "./project-path.js";
import { inInt8 } from "./quantise/in-int8.js";
import { isFloatModel } from "./quantise/model.js";
import { describeEvaluation, describeTree, floatFigures } from "./report/build.js";
import type { ValidateResult } from "./report/result.js";
import { schemaVersion } from "./report/schema-version.js";
import { modelFacts, written } from "./runs.js";
import { stockEquivalent } from "./stock-equivalent.js";
import { mainGraph, opName } from "./tflite/graph.js";
import { proofWarnings, validate } from "./validate.js";

function hasPackedOperators({ model }: ImportedModel): boolean {
  return mainGraph(model).operators.some((operator) => packedFormat(opName(model, operator)) !== undefined);
}

function sameEdges(a: ModelFacts, b: ModelFacts): boolean {
  const edge = (facts: ModelFacts) =>
    JSON.stringify([facts.inputs[0]!.type, facts.inputs[0]!.shape, facts.outputs[0]!.shape]);
  return edge(a) === edge(b);
}

/** The dense model in int8, quantised as `prune` does it where it is a float one. */
function denseInInt8(
  against: ImportedModel,
  options: ValidateOptions,
  pool: OpenInterpreter["pool"],
  context: Context,
): ReturnType<typeof inInt8<ValidateOptions & { calibration: string }>> {
  const { calibration = "" } = options;
  if (calibration === "" && isFloatModel(against.model)) {
    throw dtmmError("OPTION_MISSING", {
      what: "calibration inputs, by which a float model is quantised",
      command: "dtmm validate",
      remedy: "Give the --calibration that the model was pruned with.",
    });
  }
  return inInt8(against, { ...options, calibration }, pool, context);
}

async function validateWith(
  interpreter: OpenInterpreter,
  options: ValidateOptions,
  against: ImportedModel,
  candidate: ImportedModel,
  context: Context,
): Promise<ValidateResult> {
  const start = performance.now();
  const { pool } = interpreter;
  const { signal } = context;
  const { int8: dense, float, settings } = await denseInInt8(against, options, pool, context);
  const denseFacts = await modelFacts(dense, { pool, signal });
  const candidateFacts = await modelFacts(candidate, { pool, signal });
  if (!sameEdges(denseFacts, candidateFacts)) {
    const reason = "inputs or outputs have different shapes";
    throw dtmmError("MODELS_NOT_COMPARABLE", { path: candidate.path, against: dense.path, reason });
  }
  const reading = context.progress.stage("import", "Reading the inputs");
  const evaluation = await loadEvaluation(settings, dense.model, denseFacts, { progress: reading, signal });
  reading.done();
  const arenaMeter = await openArenaMeter(options, interpreter, context);
  const stage = context.progress.stage("validate", "Proving the model in the TFLM interpreter");
  const run = { pool, signal, progress: stage, arenaMeter };
  const baseline = await denseBaseline(dense, denseFacts, evaluation, run);
  const stock = hasPackedOperators(candidate) ? stockEquivalent(dense, candidate) : candidate.model;
  const validation = await validate(
    {
      dense,
      masked: written(stock),
      packed: candidate,
      files: candidate.file && {
        dense: against.file ?? edged(dense, candidate.file.edges, false),
        packed: candidate.file,
        edges: candidate.file.edges,
        input: candidateFacts.inputs[0]!,
      },
      output: candidateFacts.outputs[0]!,
      evaluation,
      baseline,
      limits: options,
    },
    run,
  );
  stage.done();
  const warnings = [...proofWarnings(validation.proof), ...arenaWarnings(options)];
  const named = (path: string) => projectPath(options.root, path);
  return {
    schemaVersion,
    verdict: validation.pass ? "pass" : "fail",
    model: { path: named(candidate.path), sha256: candidate.sha256 },
    against: { path: named(against.path), sha256: against.sha256 },
    dense: validation.dense,
    pruned: validation.pruned,
    gates: validation.gates,
    evaluation: describeEvaluation(options.root, evaluation),
    proof: validation.proof,
    ...(float === undefined ? {} : { float: floatFigures(float) }),
    tflm: describeTree(interpreter),
    ...(warnings.length > 0 ? { warnings } : {}),
    seconds: Number(((performance.now() - start) / 1000).toFixed(3)),
  };
}

/**
 * Runs a pruned model and the dense one over the evaluation inputs and judges every gate.
 *
 * @throws DtmmError for everything a user can mend
 */
export async function validateFiles(options: ValidateOptions, context: Context): Promise<ValidateResult> {
  if (options.eval === undefined && options.calibration === undefined) {
    throw dtmmError("OPTION_MISSING", {
      what: "inputs to judge on",
      command: "validate",
      remedy: "Give recorded inputs with --eval or --calibration.",
    });
  }
  const candidate = await importModel(options.model, { purpose: "validate", arrayName: options.arrayName });
  const dense = await importModel(options.against, {
    purpose: "validate",
    arrayName: options.arrayName,
    dense: true,
    float: true,
  });
  return withInterpreter(options, context, (interpreter) =>
    validateWith(interpreter, options, dense, candidate, context),
  );
}
