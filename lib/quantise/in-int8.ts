/** Any model as the int8 one that the other stages work on. */

import type { Context } from "../context.js";
import { numbersOnly } from "../data/open.js";
import type { ImportedModel } from "../import.js";
import type { WorkerPool } from "../native/pool.js";
import { Stopwatch } from "../stopwatch.js";
import { type FloatOrigin, type QuantiseOptions, quantiseForPruning } from "./for-pruning.js";
import { isFloatModel } from "./model.js";

/** A model in int8, and how its data are to be read. */
export interface InInt8<O> {
  int8: ImportedModel;
  /** Absent where the model was int8 already. */
  float?: FloatOrigin;
  settings: O;
}

/**
 * The model in int8; a float one is quantised on the calibration inputs: the same options give the same bytes.
 *
 * @throws what `quantiseForPruning` throws
 */
export async function inInt8<O extends QuantiseOptions>(
  imported: ImportedModel,
  options: O,
  pool: WorkerPool,
  { progress, signal }: Context,
  stopwatch = new Stopwatch(),
): Promise<InInt8<O>> {
  if (!isFloatModel(imported.model)) return { int8: imported, settings: options };
  const stage = progress.stage("quantise", "Quantising the float model");
  const quantised = await stopwatch.time("quantise", () =>
    quantiseForPruning(imported, options, { pool, signal, progress: stage }),
  );
  stage.done();
  return { ...quantised, settings: numbersOnly(options) };
}
