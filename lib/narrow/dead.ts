/** Finds channels that can leave without a change of the model's outputs, padding at borders aside. */

import type { Model } from "../tflite/model.js";
import { type ChannelConstants, type ChannelValue, networkConstants } from "./constants.js";
import { type ChannelGroup, channelGroups } from "./groups.js";
import { lastDimension, type Network, type NetworkLayer, readNetwork } from "./network.js";
import type { ChannelRemoval } from "./remove.js";

/** Removable channels of one group, as `removeChannels` takes them. */
export interface DeadChannels extends ChannelRemoval {
  constants: ChannelConstants;
  /** Those among `channels` whose removal changes outputs at borders, see `removeChannels`. */
  inexact: number[];
}

type Verdict = "exact" | "inexact" | "needed";

/** What removing one input of a layer does; `value` is the constant that the layer reads there, if it is one. */
function inputVerdict(layer: NetworkLayer, column: number, value: ChannelValue | undefined): Verdict {
  const { inputChannels, outputChannels } = layer.geometry;
  const positions = layer.reach.length;
  const reads = (wanted: (position: number) => boolean) => {
    for (let at = 0; at < outputChannels * positions; at++) {
      if (layer.weights[at * inputChannels + column] !== 0 && wanted(at % positions)) return true;
    }
    return false;
  };
  if (!reads((position) => layer.reach[position] !== "never")) return "exact";
  if (value === undefined) return "needed";
  if (!value.exact) return "inexact";
  if (value.value === layer.inputZeroPoint) return "exact";
  return reads((position) => layer.reach[position] === "sometimes") ? "inexact" : "exact";
}

function channelVerdict(
  network: Network,
  group: ChannelGroup,
  channel: number,
  constants: ChannelConstants,
): Verdict {
  let verdict: Verdict = "exact";
  for (const { operator, offsets } of group.consumers) {
    const layer = network.layers.get(operator)!;
    const channels = lastDimension(network.tensors[layer.inputTensor]!);
    for (const offset of offsets) {
      const column = offset + channel;
      const value = constants.get(layer.inputTensor)?.get(column % channels);
      const one = inputVerdict(layer, column, value);
      if (one === "needed") return one;
      if (one === "inexact") verdict = one;
    }
  }
  return verdict;
}

/**
 * The channels that do not depend on the model's input (every filter that makes them is all zero weights, or a depthwise
 * filter behind it is), and those that nobody listens to (all weights that read them are zero), by group. At least one
 * channel of each group is left out, so that the result is what `removeChannels` takes.
 */
export function deadChannels(model: Model): DeadChannels[] {
  const network = readNetwork(model);
  return channelGroups(model).flatMap((group) => {
    if (group.fixed !== undefined) return [];
    const all = Array.from({ length: group.channels }, (_, channel) => channel);
    const constants = networkConstants(network, group, all);
    const verdicts = all.map((channel) => channelVerdict(network, group, channel, constants));
    const dead = all.filter((channel) => verdicts[channel] !== "needed");
    // Where all are dead, one that would change borders stays rather than another.
    const spared = dead.find((channel) => verdicts[channel] === "inexact") ?? dead[0];
    const channels = dead.length < group.channels ? dead : dead.filter((channel) => channel !== spared);
    if (channels.length === 0) return [];
    const inexact = channels.filter((channel) => verdicts[channel] === "inexact");
    return [{ group, channels, constants, inexact }];
  });
}
