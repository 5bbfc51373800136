/**
 * The quantise stage: a float model becomes an int8 one, by what its activations are like over the calibration inputs. It follows
 * TFLite's int8 quantisation specification: per-channel symmetric weights (one scale where fully connected), asymmetric
 * activations, int32 biases, in which the mean error of the rounded weights is corrected.
 */

import { createHash } from "node:crypto";
import type { ImportedModel } from "./import.js";
import type { WorkerPool } from "./native/pool.js";
import type { StageProgress } from "./progress/progress.js";
import { quantiseActivations } from "./quantise/activations.js";
import { withoutMeans } from "./quantise/mean.js";
import { rewriteInt8 } from "./quantise/model.js";
import { observe } from "./quantise/observe.js";
import { quantisedOperators } from "./quantise/operators.js";
import { chooseRange, type RangeRule } from "./quantise/range.js";
import { written } from "./runs.js";
import type { Samples } from "./statistics.js";
import { checkModel } from "./tflite/check.js";

export interface QuantiseRequest {
  imported: ImportedModel;
  /** float32 inputs, laid end to end. */
  calibration: Samples;
  rule: RangeRule;
  pool: WorkerPool;
  signal: AbortSignal;
  progress: StageProgress;
}

/**
 * Quantises a float model that `checkQuantisable` took.
 *
 * @returns the int8 model in its place
 * @throws QUANTISE_NOT_FINITE
 */
export async function quantiseModel(request: QuantiseRequest): Promise<ImportedModel> {
  const { rule } = request;
  const { path } = request.imported;
  const model = withoutMeans(request.imported.model);
  const float = written(model);
  const operators = quantisedOperators(model);
  const seen = await observe({ ...request, float }, rule !== "minmax");
  const ranges = new Map([...seen].map(([tensor, own]) => [tensor, chooseRange(own, rule)]));
  const activations = quantiseActivations(model, operators, ranges);
  const channelMeans = new Map([...seen].map(([tensor, own]) => [tensor, own.channelMeans]));
  const int8 = written(rewriteInt8({ model, path, operators, activations, channelMeans }));
  checkModel(int8.model, path);
  const sha256 = createHash("sha256").update(int8.bytes).digest("hex");
  return { ...request.imported, ...int8, sha256 };
}
