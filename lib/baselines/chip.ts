/**
 * Channels by their independence: Sui et al., "CHIP: CHannel Independence-based Pruning for Compact Neural Networks", NeurIPS
 * 2021. A channel is worth what the nuclear norm of its layer's feature map loses without it, on average over unlabelled
 * inputs (`native/network/channel_independence.h`).
 */

import { channelGroups } from "../narrow/groups.js";
import { lastDimension, readNetwork } from "../narrow/network.js";
import type { NetworkPlan } from "../native/addon-types.js";
import type { WorkerPool } from "../native/pool.js";
import type { Samples } from "../statistics.js";
import type { Model } from "../tflite/model.js";
import type { ChannelScores } from "./rank-channels.js";

/** Inputs that feature maps are taken from. */
const chipSamples = 256;

/** Inputs per call: progress and an interruption come through between two. */
const samplesPerCall = 32;

export interface ChipRequest {
  model: Model;
  network: NetworkPlan;
  calibration: Samples;
  pool: WorkerPool;
  signal: AbortSignal;
  progress: (done: number) => void;
}

/** Scores the channels of every producer's output once; tied channels are worth the sum over their producers. */
export async function chipScores(request: ChipRequest): Promise<ChannelScores> {
  const { model, network, calibration, pool, signal, progress } = request;
  const { tensors, layers } = readNetwork(model);
  const producers = channelGroups(model).flatMap((group) => group.producers);
  const outputs = [...new Set(producers.map(({ operator }) => layers.get(operator)!.outputTensor))];
  const channels = outputs.map((output) => lastDimension(tensors[output]!));
  const sums = channels.map((count) => new Float64Array(count));
  const samples = Math.min(chipSamples, calibration.samples);
  const size = calibration.bytes.length / calibration.samples;
  for (let first = 0; first < samples; first += samplesPerCall) {
    const last = Math.min(samples, first + samplesPerCall);
    const inputs = calibration.bytes.slice(first * size, last * size);
    const part = { network, tensors: outputs, channels, inputs, samples: last - first, threads: pool.size };
    const { scores } = await pool.call("channelIndependence", part, { worker: 0, signal });
    scores.forEach((score, output) => {
      for (let i = 0; i < score.length; i++) sums[output]![i]! += score[i]!;
    });
    progress(last / samples);
  }
  const byTensor = new Map(outputs.map((output, i) => [output, sums[i]!]));
  return (_, group) => {
    const worth = new Float64Array(group.channels);
    for (const { operator, offsets } of group.producers) {
      const scores = byTensor.get(layers.get(operator)!.outputTensor)!;
      for (let channel = 0; channel < group.channels; channel++) {
        for (const offset of offsets) worth[channel]! += scores[offset + channel]! / samples;
      }
    }
    return worth;
  };
}
