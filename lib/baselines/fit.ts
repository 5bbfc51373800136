/** The least-squares refit for methods that choose all masks at once: the same that the product's own pruning has. */

import { denseState } from "../importance.js";
import type { NetworkPlan } from "../native/addon-types.js";
import type { WorkerPool } from "../native/pool.js";
import type { StageProgress } from "../progress/progress.js";
import { prunedModel } from "../prune.js";
import type { PrunedModel } from "../pruned-model.js";
import { canFollow, openRefit, refit } from "../refit.js";
import type { Resumption } from "../resume/resumption.js";
import { recallStatistics } from "../resume/statistics.js";
import type { LayerStatistics, Samples } from "../statistics.js";
import type { Model } from "../tflite/model.js";
import type { Masked } from "../unit.js";

export interface FitterRequest {
  model: Model;
  /** The model's file. */
  bytes: Uint8Array;
  network: NetworkPlan;
  calibration: Samples;
  seed: number;
  pool: WorkerPool;
  signal: AbortSignal;
  progress: StageProgress;
  resumption: Resumption;
}

/** Fits the kept weights of masked layers; where the pruned network cannot be followed, on the dense network's inputs. */
export async function fitMasks(request: FitterRequest, masks: readonly Masked[]): Promise<PrunedModel> {
  const { model, network, calibration, pool, signal } = request;
  const layers = masks.map(({ layer }) => layer);
  const learnt: LayerStatistics[] = canFollow(network)
    ? layers.map((layer) => ({
        layer,
        // The pass brings each layer's own.
        moments: { sums: new Float64Array(), count: 0 },
        prices: new Float64Array(),
      }))
    : (await recallStatistics(request.resumption, { ...request, layers })).layers;
  const states = learnt.map((own, i) => ({ ...denseState(own, masks[i]!.unit), keep: masks[i]!.keep }));
  const run = await openRefit(network, calibration, { pool, signal });
  try {
    const fitted = await refit(run, states, { round: true }, (done) =>
      request.progress.update(done, "fitting"),
    );
    return prunedModel(model, fitted);
  } finally {
    await run.close();
  }
}
