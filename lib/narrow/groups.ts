/** The channel groups of a model: what must go together when whole filters go. */

import { constantData, mainGraph } from "../tflite/graph.js";
import type { Model, Tensor } from "../tflite/model.js";
import { type ChannelSet, ChannelSets } from "./channel-sets.js";
import { lastDimension, type Network, readNetwork } from "./network.js";
import { tieChannels } from "./ties.js";

/** Where a group's channels stand in a tensor: channel c at `offset + c` of the last dimension, for each offset. */
export interface ChannelPlace {
  tensor: number;
  /** One, or as many as there are pixels in a flattened row. */
  offsets: number[];
}

/** Where a group's channels stand in an operator's weights: channel c at `offset + c`, for each offset. */
export interface WeightPlace {
  operator: number;
  /** Filters of a producer and of a depthwise convolution; input channels, or columns, of a consumer. */
  offsets: number[];
}

/** Channels of activations that are tied one by one: channel c of each member can only leave with that of the others. */
export interface ChannelGroup {
  /** Number of channels. */
  channels: number;
  /** CONV_2D and FULLY_CONNECTED that compute the channels. */
  producers: WeightPlace[];
  /** DEPTHWISE_CONV_2D in between. */
  depthwise: WeightPlace[];
  /** CONV_2D and FULLY_CONNECTED that read the channels. */
  consumers: WeightPlace[];
  tensors: ChannelPlace[];
  /** Why no channel can leave; undefined where they can. */
  fixed?: string;
}

const offlinePlan = "OfflineMemoryAllocation";

function isDynamic({ shape, shapeSignature = [] }: Tensor): boolean {
  return shape.some((size) => size < 1) || shapeSignature.slice(1).some((size) => size < 1);
}

/** What keeps every channel of the model. */
function modelReason(model: Model): string | undefined {
  if (model.subgraphs.length > 1) return "the model has several subgraphs";
  if (model.metadata?.some(({ name }) => name === offlinePlan)) return "the model has an offline memory plan";
  return undefined;
}

function fixTensors({ model, tensors }: Network, sets: ChannelSets): void {
  const graph = mainGraph(model);
  const everywhere = modelReason(model);
  tensors.forEach((tensor, index) => {
    if (everywhere !== undefined) sets.fix(index, everywhere);
    if (tensor.isVariable) sets.fix(index, `tensor ${index} is a variable`);
    if (isDynamic(tensor)) sets.fix(index, `tensor ${index} has a dynamic shape`);
  });
  for (const input of graph.inputs) sets.fix(input, "the model's input");
  for (const output of graph.outputs) sets.fix(output, "the model's output");
}

/** How often each tensor is read: by operators, and as an output of the graph. */
export function countUses({ model, tensors, operators }: Network): number[] {
  const uses = tensors.map(() => 0);
  for (const tensor of [...operators.flatMap(({ inputs }) => inputs), ...mainGraph(model).outputs]) {
    if (tensor >= 0) uses[tensor]!++;
  }
  return uses;
}

/** Whether `next` has the channels right behind those of `set`, in the same tensors (and so is fixed like it, or not). */
function continues(set: ChannelSet | undefined, next: ChannelSet): boolean {
  return (
    set !== undefined &&
    set.positions.length === next.positions.length &&
    set.positions.every(({ tensor, index }, i) => {
      const there = next.positions[i]!;
      return there.tensor === tensor && there.index === index + 1;
    })
  );
}

function placesOf(set: ChannelSet): ChannelPlace[] {
  const offsets = new Map<number, number[]>();
  for (const { tensor, index } of set.positions) {
    offsets.set(tensor, [...(offsets.get(tensor) ?? []), index]);
  }
  return [...offsets].map(([tensor, at]) => ({ tensor, offsets: at }));
}

/** Columns that read a place; a row may hold every channel several times over, once for each pixel. */
function columnsOf({ tensors }: Network, { tensor, offsets }: ChannelPlace, columns: number): number[] {
  const channels = lastDimension(tensors[tensor]!);
  return Array.from({ length: Math.floor(columns / channels) }, (_, pixel) =>
    offsets.map((offset) => offset + pixel * channels),
  ).flat();
}

function groupOf(network: Network, first: ChannelSet, channels: number): ChannelGroup {
  const group: ChannelGroup = {
    channels,
    producers: [],
    depthwise: [],
    consumers: [],
    tensors: placesOf(first),
  };
  if (first.fixed !== undefined) group.fixed = first.fixed;
  for (const place of group.tensors) {
    for (const [operator, layer] of network.layers) {
      if (layer.outputTensor === place.tensor) {
        const list = layer.kind === "depthwise" ? group.depthwise : group.producers;
        list.push({ operator, offsets: place.offsets });
      }
      if (layer.inputTensor === place.tensor && layer.kind !== "depthwise") {
        const offsets = columnsOf(network, place, layer.geometry.inputChannels);
        group.consumers.push({ operator, offsets });
      }
    }
  }
  return group;
}

/**
 * The channel groups of the main subgraph, in the order of their first tensors. A group has at least one producer; the
 * channels of one tensor can belong to several, where a CONCATENATION joins them.
 */
export function channelGroups(model: Model): ChannelGroup[] {
  const network = readNetwork(model);
  const sizes = network.tensors.map((tensor) =>
    constantData(model, tensor) === undefined ? lastDimension(tensor) : 0,
  );
  const sets = new ChannelSets(sizes.map((size) => Math.max(0, size)));
  fixTensors(network, sets);
  tieChannels(network, sets, countUses(network));
  const groups: { first: ChannelSet; last: ChannelSet; channels: number }[] = [];
  for (const set of sets.sets()) {
    const open = groups.find(({ last }) => continues(last, set));
    if (open) {
      open.last = set;
      open.channels++;
    } else {
      groups.push({ first: set, last: set, channels: 1 });
    }
  }
  return groups
    .map(({ first, channels }) => groupOf(network, first, channels))
    .filter(({ producers }) => producers.length > 0);
}
