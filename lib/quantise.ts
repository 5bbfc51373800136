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
import { equalised } from "./quantise/equalise.js";
import { withoutMeans } from "./quantise/mean.js";
import { rewriteInt8 } from "./quantise/model.js";
import { observe } from "./quantise/observe.js";
import { quantisedOperators } from "./quantise/operators.js";
import { chooseRange, type RangeRule } from "./quantise/range.js";
import { written } from "./runs.js";
import type { Samples } from "./statistics.js";
import { checkModel } from "./tflite/check.js";
import type { Model } from "./tflite/model.js";

export interface QuantiseRequest {
  imported: ImportedModel;
  /** float32 inputs, laid end to end. */
  calibration: Samples;
  rule: RangeRule;
  /** Whether channels are brought closer together first. */
  equalise: boolean;
  pool: WorkerPool;
  signal: AbortSignal;
  progress: StageProgress;
}

/** The float model in the form that is quantised: it computes what the imported one does. */
async function prepared(request: QuantiseRequest): Promise<Model> {
  const model = withoutMeans(request.imported.model);
  if (!request.equalise) return model;
  const seen = await observe({ ...request, float: written(model) }, false);
  return equalised(model, new Map([...seen].map(([tensor, own]) => [tensor, own.channelLargest])));
}

/**
 * Quantises a float model that `checkQuantisable` and `checkFinite` took.
 *
 * @returns the int8 model in its place
 */
export async function quantiseModel(request: QuantiseRequest): Promise<ImportedModel> {
  const { rule } = request;
  const { path } = request.imported;
  const model = await prepared(request);
  const float = written(model);
  const operators = quantisedOperators(model);
  const seen = await observe({ ...request, float }, rule !== "minmax");
  const ranges = new Map([...seen].map(([tensor, own]) => [tensor, chooseRange(own, rule)]));
  const activations = quantiseActivations(model, operators, ranges);
  const channelMeans = new Map([...seen].map(([tensor, own]) => [tensor, own.channelMeans]));
  const int8 = written(rewriteInt8({ model, operators, activations, channelMeans }));
  checkModel(int8.model, path);
  const sha256 = createHash("sha256").update(int8.bytes).digest("hex");
  return { ...request.imported, ...int8, sha256 };
}
