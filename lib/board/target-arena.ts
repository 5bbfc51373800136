/** The arena that a model takes on the target, from TFLM on an emulated core: the host's pointers are twice as wide. */

import type { Context } from "../context.js";
import type { OpenInterpreter } from "../native/open.js";
import type { Target } from "../options/types.js";
import { modelFacts, type WrittenModel } from "../runs.js";
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

/** Stands for any core with 32-bit pointers where no core is named; TFLM's plan is the same on all of them. */
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
    // Surely enough: pointers of the host are twice as wide, which leaves room for the scratch memory of vector kernels.
    const request = {
      model: model.bytes,
      arenaBytes: 2 * host.arenaBytes,
      inputs: new Uint8Array(),
      samples: 0,
    };
    const { arenaBytes } = await runModelOnBoard(core, program, request, signal);
    return { bytes: arenaBytes, from: `TFLM on an emulated ${core}` };
  };
}
