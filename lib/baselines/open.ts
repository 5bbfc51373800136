/** The methods that the product's own is held against; what each says about a share of the weights. */

import type { Samples } from "../statistics.js";
import { openTaylor, type TaylorRequest } from "../taylor/prune.js";
import type { Masked } from "../unit.js";
import { channelMasks } from "./channel-masks.js";
import { chipScores } from "./chip.js";
import { l1Norms } from "./filter-l1.js";
import { openPatdnn } from "./patdnn.js";
import { type ChannelScores, rankChannels } from "./rank-channels.js";
import { lampScores, unstructuredMasks } from "./unstructured.js";

export type BaselineMethod = "taylor" | "filter-l1" | "chip" | "patdnn" | "unstructured";

/** What a method removes at a share of the weights. */
export type Baseline = (share: number) => Masked[];

export interface BaselineRequest extends TaylorRequest {
  /** Of the model file, for messages. */
  modelPath: string;
  calibration: Samples;
  progress: (done: number) => void;
}

function byChannels({ model, layers }: BaselineRequest, scores: ChannelScores): Baseline {
  const operators = new Set(layers.map(({ operator }) => operator));
  return (share) => channelMasks(layers, rankChannels(model, share, scores, operators).removals);
}

/**
 * Learns what the method has to know of the dense model.
 *
 * @throws what the methods throw: OPTION_MISSING without labels for `taylor`, NOTHING_TO_PRUNE
 */
export async function openBaseline(method: BaselineMethod, request: BaselineRequest): Promise<Baseline> {
  const { layers, modelPath } = request;
  switch (method) {
    case "taylor":
      return openTaylor(request);
    case "filter-l1":
      return byChannels(request, l1Norms);
    case "chip":
      return byChannels(request, await chipScores(request));
    case "patdnn":
      return openPatdnn(layers, modelPath);
    case "unstructured": {
      const scores = layers.map(lampScores);
      return (share) => unstructuredMasks(layers, scores, share);
    }
  }
}
