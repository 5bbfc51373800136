import { type BoardCore, boardCores } from "./board/boards.js";
import { countCmsisLayers } from "./board/cmsis-layers.js";
import { checkCmsisNn, ensureCmsisRunner } from "./board/cmsis-nn.js";
import { countModel, randomSamples, sampleBytes } from "./board/count-model.js";
import { countedFlags, ensureModelRunner } from "./board/model-runner.js";
import { boardTool } from "./board/tools.js";
import type { Context } from "./context.js";
import { Random } from "./data/random.js";
import { dtmmError } from "./errors/index.js";
import { type ImportedModel, importModel } from "./import.js";
import { predictOperators } from "./latency/prediction.js";
import { withInterpreter } from "./native/open.js";
import type { BenchOptions, Target } from "./options/types.js";
import { benchTable, predictionWarnings } from "./report/bench-table.js";
import { describeTree } from "./report/build.js";
import type { BenchResult } from "./report/result.js";
import { schemaVersion } from "./report/schema-version.js";
import { isCustomOperator, mainGraph } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";

/** Random inputs that are counted: kernels take nearly the same path for all, so few do. */
const sampleCount = 2;

/**
 * Counts a model's instructions on an emulated core, operator by operator in the real TFLM interpreter, beside those of
 * the dense model and of CMSIS-NN's kernels, and holds every output against the host's.
 *
 * @throws OPTION_VALUE for a target without a board; BOARD_*, CMSIS_NN_INVALID, MODEL_*; MODELS_NOT_COMPARABLE; what
 *   finding, building and running the interpreter throws
 */
export async function bench(options: BenchOptions, context: Context): Promise<BenchResult> {
  const core = coreOf(options.target);
  boardTool("qemu-system-arm");
  if (options.cmsisNn) checkCmsisNn(options.cmsisNn);
  const { arrayName } = options;
  const model = await importModel(options.model, { purpose: "validate", arrayName });
  const against =
    options.against && (await importModel(options.against, { purpose: "validate", arrayName, dense: true }));
  if (against) checkComparable(model, against);

  return withInterpreter(options, context, async (interpreter) => {
    const stage = context.progress.stage("bench", `Counting on an emulated ${core}`);
    const progress = (step: string, fraction?: number) => stage.update(fraction ?? Number.NaN, step);
    const { signal } = context;
    const program = await ensureModelRunner({ core, tflm: interpreter.tree, progress, signal });
    const samples = randomSamples(model.model, sampleCount, options.seed);
    const { pool } = interpreter;
    const count = (counted: ImportedModel) => {
      progress(`running ${counted.path}`);
      return countModel(counted, { core, program, samples, pool, signal });
    };
    const dense = against || (isStock(model.model) ? model : undefined);
    const run = await count(model);
    const denseRun = dense === model ? run : dense && (await count(dense));
    const cmsis = options.cmsisNn
      ? await countCmsis([model, dense ?? model], options.cmsisNn, { core, seed: options.seed, signal })
      : undefined;
    stage.done();
    const table = benchTable(model.model, {
      run: run.operators,
      dense: denseRun?.operators,
      cmsisNn: dense && cmsis?.get(dense),
      ownCmsisNn: dense === model ? undefined : cmsis?.get(model),
      predicted: predictOperators(model.model, core).map(({ instructions }) => instructions),
    });
    const warnings = predictionWarnings(table.totals, core, describeTree(interpreter).label);
    return {
      schemaVersion,
      target: core,
      flags: [...countedFlags],
      samples: sampleCount,
      model: { path: model.path, sha256: model.sha256 },
      ...(against ? { against: { path: against.path, sha256: against.sha256 } } : {}),
      arenaBytes: run.arenaBytes,
      ...table,
      ...(warnings.length > 0 ? { warnings } : {}),
      equalsHost: run.equalsHost && (denseRun?.equalsHost ?? true),
      tflm: describeTree(interpreter),
    };
  });
}

function coreOf(target: Target): BoardCore {
  const core = boardCores.find((known) => known === target);
  if (core !== undefined) return core;
  const expects = `a core that can be emulated: ${boardCores.join(", ")}`;
  throw dtmmError("OPTION_VALUE", { where: "--target", expects, value: target });
}

/** Layers are set side by side by their place: there must be as many, and the same inputs must fit. */
function checkComparable(model: ImportedModel, against: ImportedModel): void {
  const [one, other] = [mainGraph(model.model), mainGraph(against.model)];
  const differ = (reason: string) =>
    dtmmError("MODELS_NOT_COMPARABLE", { path: model.path, against: against.path, reason });
  if (one.operators.length !== other.operators.length) {
    throw differ(`it has ${one.operators.length} operators, the other ${other.operators.length}`);
  }
  if (sampleBytes(model.model) !== sampleBytes(against.model)) throw differ("its input is another");
}

function isStock(model: Model): boolean {
  return !mainGraph(model).operators.some((operator) => isCustomOperator(model, operator));
}

/** Instructions of CMSIS-NN's kernels in the stock layers of each model, by operator. */
async function countCmsis(
  models: readonly ImportedModel[],
  dir: string,
  { core, seed, signal }: { core: BoardCore; seed: number; signal: AbortSignal },
): Promise<Map<ImportedModel, Map<number, number>>> {
  const program = await ensureCmsisRunner(core, dir, signal);
  const counted = new Map<ImportedModel, Map<number, number>>();
  for (const imported of new Set(models)) {
    const counts = await countCmsisLayers(core, program, imported.model, new Random(seed), signal);
    counted.set(imported, counts);
  }
  return counted;
}
