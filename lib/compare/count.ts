/**
 * Instructions and arena of compared models on emulated cores. A layer that a method leaves dense counts as the cheaper
 * of the stock kernel and our own with nothing pruned, so that no method gains by better kernels alone; models of the
 * product's own method count as they are written out.
 */

import { type BoardCore, boardCores } from "../board/boards.js";
import { countCmsisLayers } from "../board/cmsis-layers.js";
import { checkCmsisNn, ensureCmsisRunner } from "../board/cmsis-nn.js";
import { countModel, randomSamples } from "../board/count-model.js";
import { ensureModelRunner } from "../board/model-runner.js";
import { boardTool } from "../board/tools.js";
import type { Context } from "../context.js";
import { Random } from "../data/random.js";
import { dtmmError } from "../errors/index.js";
import type { OpenInterpreter } from "../native/open.js";
import type { Target } from "../options/types.js";
import type { PackedModel } from "../pack/index.js";
import type { PrunedModel } from "../pruned-model.js";
import { isCustomOperator, mainGraph } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import { packWhole } from "./whole.js";

export interface CountRequest {
  pruned: PrunedModel;
  packed: PackedModel;
  /** Whether stock layers may count as our own kernel with nothing pruned. */
  betterKernels: boolean;
}

export interface Count {
  /** By operator, per inference. */
  operators: number[];
  /** Of the packed model in TFLM on the core. */
  arenaBytes: number;
}

/** Counts a model on one core. */
export type Counter = (request: CountRequest) => Promise<Count>;

/** Seed of the inputs that are counted. */
const seed = 1;

/** Which operators of a packed model are stock ones. */
function stockOperators(model: Model): boolean[] {
  return mainGraph(model).operators.map((operator) => !isCustomOperator(model, operator));
}

async function counterOf(
  core: BoardCore,
  cmsisNn: string | undefined,
  interpreter: OpenInterpreter,
  { progress, signal }: Context,
): Promise<Counter> {
  const stage = progress.stage("count", `Preparing an emulated ${core}`);
  const told = (step: string, fraction?: number) => stage.update(fraction ?? Number.NaN, step);
  const program = await ensureModelRunner({ core, tflm: interpreter.tree, progress: told, signal });
  const cmsisProgram = cmsisNn && (await ensureCmsisRunner(core, cmsisNn, signal));
  stage.done();
  const { pool } = interpreter;
  return async ({ pruned, packed, betterKernels }) => {
    const samples = randomSamples(packed.model, 1, seed);
    const run = async (model: PackedModel) => {
      const counted = await countModel(model, { core, program, samples, pool, signal });
      if (counted.equalsHost) return counted;
      throw dtmmError("BOARD_DIFFERS", { core });
    };
    const emitted = await run(packed);
    const whole = betterKernels ? (await run(packWhole(pruned))).operators : undefined;
    const cmsis = cmsisProgram
      ? await countCmsisLayers(core, cmsisProgram, packed.model, new Random(seed), signal)
      : undefined;
    const stock = stockOperators(packed.model);
    const operators = emitted.operators.map((instructions, i) => {
      if (!stock[i]) return instructions;
      const own = cmsis?.get(i) ?? instructions;
      return Math.min(own, whole?.[i] ?? own);
    });
    return { operators, arenaBytes: emitted.arenaBytes };
  };
}

/**
 * A counter for every target that can be emulated.
 *
 * @param cmsisNn checkout of CMSIS-NN; without, stock layers count with TFLM's reference kernels
 * @throws BOARD_*, CMSIS_NN_INVALID, CMAKE_MISSING, CACHE_UNWRITABLE. A counter throws BOARD_RUN_FAILED and BOARD_DIFFERS
 */
export async function openCounters(
  targets: readonly Target[],
  cmsisNn: string | undefined,
  interpreter: OpenInterpreter,
  context: Context,
): Promise<Map<Target, Counter>> {
  const cores = boardCores.filter((core) => targets.includes(core));
  if (cores.length > 0) boardTool("qemu-system-arm");
  if (cmsisNn !== undefined) checkCmsisNn(cmsisNn);
  const counters = new Map<Target, Counter>();
  for (const core of cores) counters.set(core, await counterOf(core, cmsisNn, interpreter, context));
  return counters;
}
