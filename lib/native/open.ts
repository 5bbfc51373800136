/** From options to running workers: the tree is found, the addon built where needed, the children started. */

import { basename, dirname } from "node:path";
import type { Context } from "../context.js";
import { locateTflm, type TflmOptions, type TflmTree } from "../tflm/locate.js";
import type { TreeFacts } from "./addon-types.js";
import { ensureAddon } from "./build.js";
import { WorkerPool } from "./pool.js";

/** The interpreter of one TFLM tree, ready to answer. */
export interface OpenInterpreter {
  pool: WorkerPool;
  tree: TflmTree;
  facts: TreeFacts;
  /** Identifies the build of the addon: its sources, its tree, the compiler and the flags. */
  addonKey: string;
}

export interface InterpreterOptions {
  /** Which tree; the default one when absent. */
  tflm?: Omit<TflmOptions, "thirdParty"> | undefined;
  /** Folder with third-party headers that the tree lacks. */
  tflmThirdParty?: string | undefined;
  /** Number of worker processes; one per core by default. */
  workers?: number;
}

/**
 * Runs `use` with an open interpreter and closes it afterwards, whatever happens.
 *
 * @throws everything that `locateTflm` and `ensureAddon` throw
 */
export async function withInterpreter<T>(
  options: InterpreterOptions,
  context: Context,
  use: (interpreter: OpenInterpreter) => Promise<T>,
): Promise<T> {
  const stage = context.progress.stage("build", "Building the TFLM interpreter");
  const progress = (step: string, fraction?: number) => stage.update(fraction ?? Number.NaN, step);
  const tree = await locateTflm(
    { ...options.tflm, thirdParty: options.tflmThirdParty },
    progress,
    context.signal,
  );
  const addonPath = await ensureAddon({ tflm: tree, progress, signal: context.signal });
  stage.done();
  const pool = await WorkerPool.open({ addonPath, workers: options.workers });
  try {
    const facts = await pool.call("treeFacts", {}, { signal: context.signal });
    return await use({ pool, tree, facts, addonKey: basename(dirname(addonPath)) });
  } finally {
    await pool.close();
  }
}
