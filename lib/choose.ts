/** From the dense model to the candidate that is to be taught and judged, by the method that was asked for. */

import { aimOf } from "./aims.js";
import { chooseBaseline } from "./baselines/choose.js";
import { fitMasks } from "./baselines/fit.js";
import { type BaselineMethod, openBaseline } from "./baselines/open.js";
import type { ArenaMeter } from "./board/target-arena.js";
import { type Reference, referenceOf } from "./budget/figures.js";
import { type ByPath, type CandidateRequest, type Choice, chooseCandidate } from "./candidate.js";
import { dtmmError } from "./errors/index.js";
import { unprunedRatio } from "./latency/index.js";
import { weightLayers } from "./layers.js";
import { methodStorage } from "./method-storage.js";
import type { NetworkPlan } from "./native/addon-types.js";
import type { WorkerPool } from "./native/pool.js";
import { type LossKind, networkPlan } from "./network-plan.js";
import type { PruneOptions, Target } from "./options/types.js";
import { diet } from "./pack/diet.js";
import type { Progress } from "./progress/progress.js";
import { type PrunableLayers, prunableLayers } from "./prunable.js";
import { PrunePath } from "./prune.js";
import type { Resumption } from "./resume/resumption.js";
import { recallStatistics } from "./resume/statistics.js";
import type { Samples } from "./statistics.js";
import type { Model } from "./tflite/model.js";
import type { TrainingData } from "./training-data.js";
import { chooseUnits } from "./unit-choice.js";

export interface ChooseRequest extends Omit<CandidateRequest, keyof ByPath | "reference"> {
  /** With the dead channels that `dense` no longer has. */
  imported: Model;
  target: Target;
  options: Pick<PruneOptions, "method" | "seed" | "refit" | "aim">;
  /** Of the model file, for messages. */
  modelPath: string;
  loss: LossKind;
  calibration: Samples;
  /** Loads the training inputs. */
  training: () => Promise<TrainingData>;
  pool: WorkerPool;
  signal: AbortSignal;
  progress: Progress;
  resumption: Resumption;
  arenaMeter: ArenaMeter | undefined;
}

/** The share that units are chosen for where nothing says how much will be kept. */
const usualShare = 0.5;
/** Smaller estimates say no more than that little will be left. */
const leastShare = 0.1;

/**
 * About the share of the weights that will be kept: every byte that the file is to lose beyond the diet is a weight's.
 *
 * @param all weights of the imported model
 */
function expectedShare(
  { goal, dense, target, diet: steps }: ChooseRequest,
  weights: number,
  all: number,
): number {
  if (goal.keep !== undefined) return Math.min(1, (goal.keep * all) / weights);
  if (aimOf(goal) === "latency") {
    const unpruned = unprunedRatio(target, weightLayers(dense.model));
    return Math.min(1, Math.max(leastShare, goal.latency! / unpruned));
  }
  if (goal.flash === undefined) return usualShare;
  const excess = diet(dense.model, steps).bytes.length - goal.flash;
  return Math.min(1, Math.max(leastShare, 1 - excess / weights));
}

export interface Chosen extends Choice {
  skipped: PrunableLayers["skipped"];
  reference: Reference;
}

type Referenced = ChooseRequest & { reference: Reference };

async function byPath(prunable: PrunableLayers, request: Referenced, network: NetworkPlan): Promise<Choice> {
  const { dense, options, calibration, stopwatch, target, pool, signal, progress, resumption } = request;
  const learning = progress.stage("importance", "Learning what each weight is worth");
  const { seed } = options;
  const worth = await stopwatch.time("importance", () =>
    recallStatistics(resumption, {
      ...dense,
      network,
      layers: prunable.layers,
      calibration,
      seed,
      pool,
      signal,
      progress: learning,
    }),
  );
  const { layers } = worth;
  const weights = layers.reduce((sum, { layer }) => sum + layer.weights.length, 0);
  const share = expectedShare(request, weights, request.reference.weights);
  const aim = aimOf({ ...request.goal, aim: options.aim });
  const units = await stopwatch.time("importance", () =>
    chooseUnits({ layers, target, aim, share, pool, signal }),
  );
  learning.done(resumption.note("statistics"));
  const pruning = progress.stage("prune", "Pruning and packing");
  const { model } = dense;
  const path = await PrunePath.open({
    model,
    network,
    statistics: worth,
    units,
    calibration,
    seed,
    pool,
    signal,
    resumption,
  });
  const { arenaMeter } = request;
  const context = { pool, signal, progress: pruning, resumption, arenaMeter };
  const choice = await chooseCandidate(
    { ...request, path, aim, expectedShare: share, refit: options.refit ?? true },
    context,
  );
  await path.close();
  pruning.done(resumption.note("steps"));
  return choice;
}

async function byBaseline(
  method: BaselineMethod,
  { layers }: PrunableLayers,
  request: Referenced,
  network: NetworkPlan,
): Promise<Choice> {
  const { dense, options, calibration, stopwatch, pool, signal, resumption } = request;
  const { seed, refit } = options;
  const { model, bytes } = dense;
  const pruning = request.progress.stage("prune", "Pruning and packing");
  const masksAt = await stopwatch.time("importance", () =>
    openBaseline(method, {
      ...{ model, network, layers, calibration, seed, pool, signal },
      modelPath: request.modelPath,
      training: request.training,
      progress: (done) => pruning.update(done, "scoring"),
    }),
  );
  const fitter = { model, bytes, network, calibration, seed, pool, signal, resumption, progress: pruning };
  const fits = refit ?? !asPublished.has(method);
  const choice = await chooseBaseline(
    {
      ...request,
      masksAt,
      storage: methodStorage[method],
      fitted: fits ? (masks) => fitMasks(fitter, masks) : undefined,
    },
    { pool, signal, progress: pruning },
  );
  pruning.done();
  return choice;
}

/** Methods that are run without the refit unless it is asked for, as their authors run them. */
const asPublished: ReadonlySet<BaselineMethod> = new Set(["taylor", "filter-l1"]);

/**
 * Prunes by the method of the options, as far as the goal asks for.
 *
 * @throws NOTHING_TO_PRUNE where no layer can be pruned
 */
export async function choose(request: ChooseRequest): Promise<Chosen> {
  const { dense, options } = request;
  const network = networkPlan(dense.model, request.loss);
  const prunable = prunableLayers(dense.model, network.operators);
  if (prunable.layers.length === 0) {
    const reasons = prunable.skipped.map(({ operator, reason }) => `operator ${operator}: ${reason}`);
    throw dtmmError("NOTHING_TO_PRUNE", { path: request.modelPath, reasons });
  }
  const { method } = options;
  const operators = new Set(prunable.layers.map(({ operator }) => operator));
  const reference = referenceOf(request.imported, operators, request.target);
  const referenced = { ...request, reference };
  const choice =
    method === "filterlet"
      ? await byPath(prunable, referenced, network)
      : await byBaseline(method, prunable, referenced, network);
  return { ...choice, skipped: prunable.skipped, reference };
}
