/** Instructions of a model on an emulated core, operator by operator, in the real TFLM interpreter. */

import { Random } from "../data/random.js";
import type { WorkerPool } from "../native/pool.js";
import { silentProgress } from "../progress/progress.js";
import { runModel, type WrittenModel } from "../runs.js";
import type { Samples } from "../statistics.js";
import { mainGraph, tensorBytes } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import type { BoardCore } from "./boards.js";
import { type BoardModelRun, runModelOnBoard } from "./model-runner.js";
import { enoughArena } from "./target-arena.js";

/** Bytes of one input of the model. */
export function sampleBytes(model: Model): number {
  const { tensors, inputs } = mainGraph(model);
  return tensorBytes(tensors[inputs[0]!]!) ?? 0;
}

/** Random inputs: kernels take nearly the same path for all. */
export function randomSamples(model: Model, samples: number, seed: number): Samples {
  const random = new Random(seed);
  const bytes = Uint8Array.from({ length: samples * sampleBytes(model) }, () => random.below(256));
  return { bytes, samples };
}

export interface CountingPlace {
  core: BoardCore;
  /** Of `ensureModelRunner`. */
  program: string;
  samples: Samples;
  /** Runs the model on the host as well. */
  pool: WorkerPool;
  signal: AbortSignal;
}

export interface CountedRun extends BoardModelRun {
  /** Whether all outputs are the host's. */
  equalsHost: boolean;
}

/**
 * Runs a model on the board and on the host.
 *
 * @throws BOARD_RUN_FAILED; `signal.reason` after an abort
 */
export async function countModel(model: WrittenModel, place: CountingPlace): Promise<CountedRun> {
  const { core, program, samples, pool, signal } = place;
  const host = await runModel(model, samples, { pool, signal, progress: silentProgress.stage("bench") });
  const request = {
    model: model.bytes,
    arenaBytes: enoughArena(model, host.arenaBytes),
    inputs: samples.bytes,
    samples: samples.samples,
  };
  const run = await runModelOnBoard(core, program, request, signal);
  return { ...run, equalsHost: Buffer.from(host.outputs).equals(Buffer.from(run.outputs)) };
}
