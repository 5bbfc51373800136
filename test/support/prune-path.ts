/** Statistics and the way of pruning for tests that begin with a model value. */

import type { LayerState } from "../../lib/importance.js";
import { type LossKind, networkPlan } from "../../lib/network-plan.js";
import { prunableLayers } from "../../lib/prunable.js";
import { type PathPoint, PrunePath } from "../../lib/prune.js";
import type { RunContext } from "../../lib/runs.js";
import { keptWeights } from "../../lib/schedule.js";
import { type Samples, type Statistics, statistics } from "../../lib/statistics.js";
import type { Model } from "../../lib/tflite/model.js";
import { writeModel } from "../../lib/tflite/writer.js";
import type { PruningUnit } from "../../lib/unit.js";
import { unitFor } from "./units.js";

export interface PathSettings {
  seed?: number;
  loss?: LossKind;
  /** The unit of a layer; `unitFor` by default. */
  unitOf?: (layer: Statistics["layers"][number]["layer"]) => PruningUnit;
}

/** Share of the weights of all layers that is kept, 0..1. */
export function keptShare(states: LayerState[]): number {
  const all = states.reduce((sum, { layer }) => sum + layer.weights.length, 0);
  return states.reduce((sum, state) => sum + keptWeights(state), 0) / all;
}

/** Statistics of the model over the calibration samples. */
export function statisticsOf(
  model: Model,
  calibration: Samples,
  context: RunContext,
  { seed = 1, loss = "classes" }: PathSettings = {},
): Promise<Statistics> {
  const network = networkPlan(model, loss);
  const { layers } = prunableLayers(model, network.operators);
  return statistics({ ...context, model, bytes: writeModel(model), network, layers, calibration, seed });
}

/** Runs `use` on the model's open path and closes it. */
export async function onPath<T>(
  model: Model,
  calibration: Samples,
  context: RunContext,
  use: (path: PrunePath, worth: Statistics) => Promise<T>,
  settings: PathSettings = {},
): Promise<T> {
  const worth = await statisticsOf(model, calibration, context, settings);
  const path = await PrunePath.open({
    model,
    network: networkPlan(model, settings.loss ?? "classes"),
    statistics: worth,
    units: worth.layers.map(({ layer }) => (settings.unitOf ?? unitFor)(layer)),
    calibration,
    seed: settings.seed ?? 1,
    pool: context.pool,
    signal: context.signal,
  });
  try {
    return await use(path, worth);
  } finally {
    await path.close();
  }
}

/** The point of the path that keeps `share` of the weights. */
export function pointAt(
  model: Model,
  calibration: Samples,
  share: number,
  context: RunContext,
  settings: PathSettings = {},
): Promise<PathPoint> {
  return onPath(model, calibration, context, (path) => path.to(share, () => undefined), settings);
}
