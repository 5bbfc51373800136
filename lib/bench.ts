import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BoardCore, boardCores } from "./board/boards.js";
import { cmsisLayers } from "./board/cmsis-layers.js";
import { buildCmsisRunner, cmsisRequest } from "./board/cmsis-nn.js";
import { emulate } from "./board/emulate.js";
import {
  type BoardModelRun,
  countedFlags,
  ensureModelRunner,
  runModelOnBoard,
} from "./board/model-runner.js";
import { decodeAnswers, encodeRequests } from "./board/requests.js";
import { boardTool } from "./board/tools.js";
import type { Context } from "./context.js";
import { Random } from "./data/random.js";
import { dtmmError } from "./errors/index.js";
import { type ImportedModel, importModel } from "./import.js";
import { type OpenInterpreter, withInterpreter } from "./native/open.js";
import type { BenchOptions, Target } from "./options/types.js";
import { describeTree } from "./report/build.js";
import type { BenchResult } from "./report/result.js";
import { schemaVersion } from "./report/schema-version.js";
import { runModel } from "./runs.js";
import type { Samples } from "./statistics.js";
import { isCustomOperator, mainGraph, opName, tensorBytes } from "./tflite/graph.js";
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
  const model = await importModel(options.model, { purpose: "validate" });
  const against = options.against && (await importModel(options.against, { purpose: "validate" }));
  if (against) checkComparable(model, against);

  return withInterpreter(options, context, async (interpreter) => {
    const stage = context.progress.stage("bench", `Counting on an emulated ${core}`);
    const progress = (step: string, fraction?: number) => stage.update(fraction ?? Number.NaN, step);
    const { signal } = context;
    const program = await ensureModelRunner({ core, tflm: interpreter.tree, progress, signal });
    const samples = randomSamples(model.model, options.seed);
    const count = (counted: ImportedModel) => {
      progress(`running ${counted.path}`);
      return countModel(counted, { core, program, samples, interpreter, context });
    };
    const run = await count(model);
    const denseRun = against ? await count(against) : isStock(model.model) ? run : undefined;
    const dense = against || model;
    const cmsis = options.cmsisNn
      ? await countCmsis(dense.model, { core, dir: options.cmsisNn, seed: options.seed, signal })
      : undefined;
    stage.done();
    return {
      schemaVersion,
      target: core,
      flags: [...countedFlags],
      samples: sampleCount,
      model: { path: model.path, sha256: model.sha256 },
      ...(against ? { against: { path: against.path, sha256: against.sha256 } } : {}),
      arenaBytes: run.arenaBytes,
      ...tabulate(model.model, run, denseRun, cmsis),
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

function sampleBytes(model: Model): number {
  const { tensors, inputs } = mainGraph(model);
  return tensorBytes(tensors[inputs[0]!]!) ?? 0;
}

function isStock(model: Model): boolean {
  return !mainGraph(model).operators.some((operator) => isCustomOperator(model, operator));
}

function randomSamples(model: Model, seed: number): Samples {
  const random = new Random(seed);
  const bytes = Uint8Array.from({ length: sampleCount * sampleBytes(model) }, () => random.below(256));
  return { bytes, samples: sampleCount };
}

interface CountedRun extends BoardModelRun {
  equalsHost: boolean;
}

/** Runs a model on the board and on the host. */
async function countModel(
  { model, bytes }: ImportedModel,
  place: {
    core: BoardCore;
    program: string;
    samples: Samples;
    interpreter: OpenInterpreter;
    context: Context;
  },
): Promise<CountedRun> {
  const { core, program, samples, interpreter, context } = place;
  const { signal } = context;
  const progress = context.progress.stage("bench", "Running the model on the host");
  const host = await runModel({ model, bytes }, samples, { pool: interpreter.pool, signal, progress });
  progress.done();
  const request = {
    model: bytes,
    // Pointers of the host are twice as wide, so its arena is surely enough for a board.
    arenaBytes: 2 * host.arenaBytes,
    inputs: samples.bytes,
    samples: samples.samples,
  };
  const run = await runModelOnBoard(core, program, request, signal);
  return { ...run, equalsHost: Buffer.from(host.outputs).equals(Buffer.from(run.outputs)) };
}

/** Instructions of CMSIS-NN's kernels, by operator. */
async function countCmsis(
  model: Model,
  { core, dir, seed, signal }: { core: BoardCore; dir: string; seed: number; signal: AbortSignal },
): Promise<Map<number, number>> {
  const folder = await mkdtemp(join(tmpdir(), "dtmm-cmsis-nn-"));
  try {
    const program = await buildCmsisRunner(core, dir, { flags: countedFlags, folder, signal });
    const layers = cmsisLayers(model, new Random(seed));
    const answers = decodeAnswers(
      await emulate(core, program, encodeRequests(layers.map(cmsisRequest)), signal),
    );
    return new Map(layers.map(({ operator }, i) => [operator, answers[i]!.instructions]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function tabulate(
  model: Model,
  run: CountedRun,
  dense: CountedRun | undefined,
  cmsis: Map<number, number> | undefined,
): Pick<BenchResult, "layers" | "totals"> {
  const layers = mainGraph(model).operators.map((operator, index) => {
    const cmsisNn = cmsis?.get(index);
    return {
      index,
      op: opName(model, operator),
      instructions: run.operators[index] ?? 0,
      ...(dense === undefined ? {} : { dense: dense.operators[index] ?? 0 }),
      ...(cmsisNn === undefined ? {} : { cmsisNn }),
    };
  });
  const total = (of: (layer: BenchResult["layers"][number]) => number) =>
    layers.reduce((sum, layer) => sum + of(layer), 0);
  return {
    layers,
    totals: {
      instructions: total(({ instructions }) => instructions),
      ...(dense === undefined ? {} : { dense: total((layer) => layer.dense ?? 0) }),
      ...(cmsis === undefined || dense === undefined
        ? {}
        : { cmsisNn: total((layer) => layer.cmsisNn ?? layer.dense ?? 0) }),
    },
  };
}
