/** The finetune stage as options ask for it: whether to teach a candidate, with what, and what came of it. */

import type { AugmentationName } from "./augmentations.js";
import type { Candidate, Taught } from "./candidate.js";
import { compact } from "./compact.js";
import { finetune } from "./finetune.js";
import { weightLayers } from "./layers.js";
import type { WorkerPool } from "./native/pool.js";
import type { LossKind } from "./network-plan.js";
import type { DietStep } from "./pack/diet-steps.js";
import type { StageProgress } from "./progress/progress.js";
import type { Resumption } from "./resume/resumption.js";
import { schoolingFor } from "./schooling.js";
import type { Stopwatch } from "./stopwatch.js";
import type { Model } from "./tflite/model.js";
import type { TrainingData } from "./training-data.js";

export interface TeachOptions {
  finetune: "off" | "auto" | number;
  augment?: readonly AugmentationName[] | undefined;
  diet: readonly DietStep[];
  seed: number;
}

export interface TeachRequest {
  options: TeachOptions;
  dense: Model;
  loss: LossKind;
  /** Loads the training inputs. */
  training: () => Promise<TrainingData>;
  stopwatch: Stopwatch;
  pool: WorkerPool;
  signal: AbortSignal;
  resumption?: Resumption | undefined;
  /** Opens the stage's progress. */
  stage: () => StageProgress;
}

/** With `auto`, a model that surely agrees with the dense one on this share of inputs is left alone. */
const goodEnough = 0.985;

function weightCount(model: Model): number {
  return weightLayers(model).reduce((sum, { weights }) => sum + weights.length, 0);
}

/** Whether anything is gone that teaching could make up for. */
function isPruned({ pruned }: Candidate, dense: Model): boolean {
  return pruned.layers.some(({ keep }) => keep.includes(0)) || weightCount(pruned.model) < weightCount(dense);
}

/** Teaches the candidate and packs what comes out; with --finetune off the candidate is returned as it is. */
export async function teach(candidate: Candidate, request: TeachRequest): Promise<Taught> {
  const { options, dense, loss, stopwatch, pool, signal, resumption } = request;
  const wish = options.finetune;
  if (wish === "off" || !isPruned(candidate, dense)) return { candidate };
  const train = await request.training();
  const schooling = schoolingFor({ ...options, finetune: wish }, dense, train.samples);
  const enough = wish === "auto" ? goodEnough : 1;
  const { seed } = options;
  const { pruned } = candidate;
  const progress = request.stage();
  const taught = await stopwatch.time("finetune", () =>
    finetune({ dense, pruned, loss, train, schooling, enough, seed, pool, signal, progress, resumption }),
  );
  progress.done(resumption?.note("training"));
  const small = await stopwatch.time("pack", () => compact(taught.pruned, options.diet));
  const figures = ({ loss, agreement }: { loss: number; agreement: number }) => ({ loss, agreement });
  return {
    candidate: { ...candidate, ...small },
    lesson: {
      epochs: taught.epochs,
      inputs: train.samples,
      before: figures(taught.before),
      after: figures(taught.after),
    },
  };
}
