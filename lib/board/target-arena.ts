/**
 * The arena that a model takes on the target, from TFLM on an emulated core. The host's says little of it: pointers are
 * twice as wide there, and the kernels of packed layers are others, with other scratch memory.
 */

import type { Context } from "../context.js";
import type { OpenInterpreter } from "../native/open.js";
import type { Target } from "../options/types.js";
import { modelFacts, type WrittenModel } from "../runs.js";
import { isCustomOperator, mainGraph } from "../tflite/graph.js";
import type { BoardCore } from "./boards.js";
import { ensureModelRunner, runModelOnBoard } from "./model-runner.js";
import { boardTool } from "./tools.js";

export interface TargetArena {
  bytes: number;
  /** How it was found, for people. */
  from: string;
}

/** Measures a model's arena on the target. */
export type ArenaMeter = (model: WrittenModel) => Promise<TargetArena>;

export interface ArenaMeterOptions {
  /** Whether it is to be measured at all. */
  arenaTarget: boolean;
  target: Target;
}

/** Stands for any core where none is named. */
const genericCore: BoardCore = "cortex-m4";

/**
 * Builds the tree for the target's core, or finds that in the cache.
 *
 * @returns undefined where the options do not ask for the target's arena
 * @throws BOARD_TOOL_MISSING, BOARD_BUILD_FAILED, CMAKE_MISSING, CACHE_UNWRITABLE; `signal.reason` after an abort.
 *   The meter throws BOARD_RUN_FAILED for a model that does not fit the board
 */
export async function openArenaMeter(
  { arenaTarget, target }: ArenaMeterOptions,
  { pool, tree }: OpenInterpreter,
  { progress, signal }: Context,
): Promise<ArenaMeter | undefined> {
  if (!arenaTarget) return undefined;
  boardTool("qemu-system-arm");
  const core = target === "generic" ? genericCore : target;
  const stage = progress.stage("arena", `Preparing an emulated ${core}`);
  const program = await ensureModelRunner({
    core,
    tflm: tree,
    progress: (step, fraction) => stage.update(fraction ?? Number.NaN, step),
    signal,
  });
  stage.done();
  return async (model) => {
    const host = await modelFacts(model, { pool, signal });
    const arenaBytes = enoughArena(model, host.arenaBytes);
    const request = { model: model.bytes, arenaBytes, inputs: new Uint8Array(), samples: 0 };
    const run = await runModelOnBoard(core, program, request, signal);
    return { bytes: run.arenaBytes, from: `TFLM on an emulated ${core}` };
  };
}

/** Most scratch memory of a packed layer in the DSP kernels. A layer that wants more is refused in TFLM's own words. */
const mostScratch = 64 * 1024;

/** Bytes of arena for a board: pointers of the host are twice as wide, but packed layers may ask for no scratch there. */
export function enoughArena({ model }: WrittenModel, hostArena: number): number {
  const packed = mainGraph(model).operators.filter((operator) => isCustomOperator(model, operator));
  return 2 * hostArena + mostScratch * packed.length;
}

/** What a user who limits the arena should know where it was not measured on the target. */
export function arenaWarnings({ arena, arenaTarget }: { arena?: number; arenaTarget: boolean }): string[] {
  if (arena === undefined || arenaTarget) return [];
  return [
    "--arena was held against the arena on this host; the target's may be larger: --arena-target measures it",
  ];
}
