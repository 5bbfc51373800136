/** Removes channels from a model with everything that depends on them: the result is an ordinary, narrower model. */

import { dtmmError } from "../errors/index.js";
import { sliceTensor } from "../tflite/edit.js";
import { mainGraph, opName } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import type { ChannelConstants } from "./constants.js";
import { type Draft, type NarrowedLayer, narrowLayer, narrowReshape, range } from "./cut.js";
import { type ChannelGroup, countUses } from "./groups.js";
import { lastDimension, type Network, type NetworkLayer, readNetwork } from "./network.js";

export interface ChannelRemoval {
  /** A group of the model that `removeChannels` gets, not of an earlier one. */
  group: ChannelGroup;
  /** Which of its channels leave. */
  channels: readonly number[];
  /** What consumers read in their place (`constantsOf`); a value that is absent is taken as real zero. */
  constants?: ChannelConstants;
}

export interface NarrowModel {
  model: Model;
  /** Every layer with constant weights, the untouched ones too, in the operators' order. */
  layers: NarrowedLayer[];
}

/** What leaves, by tensor, as indices along its last dimension. */
type Leaving = ReadonlyMap<number, ReadonlySet<number>>;

function refuse(what: string): never {
  throw dtmmError("INTERNAL", { what: `channels cannot be removed: ${what}` });
}

function checkRemoval({ group, channels }: ChannelRemoval): void {
  if (group.fixed !== undefined) refuse(group.fixed);
  const distinct = new Set(channels);
  const valid = [...distinct].every((c) => Number.isInteger(c) && c >= 0 && c < group.channels);
  if (!valid || distinct.size !== channels.length) refuse(`[${channels}] of ${group.channels}`);
  if (distinct.size >= group.channels) refuse("a group keeps at least one");
}

function collect(removals: readonly ChannelRemoval[]): Leaving {
  const leaving = new Map<number, Set<number>>();
  for (const { group, channels } of removals) {
    for (const { tensor, offsets } of group.tensors) {
      const indices = leaving.get(tensor) ?? new Set();
      for (const offset of offsets) for (const channel of channels) indices.add(offset + channel);
      leaving.set(tensor, indices);
    }
  }
  return leaving;
}

/** Filters and inputs that a layer keeps; the columns of a fully connected one repeat its input's last dimension. */
function keptBy({ tensors }: Network, layer: NetworkLayer, leaving: Leaving): NarrowedLayer {
  const { inputChannels, outputChannels } = layer.geometry;
  const gone = leaving.get(layer.inputTensor);
  const channels = lastDimension(tensors[layer.inputTensor]!);
  return {
    operator: layer.operator,
    keptFilters: range(outputChannels).filter((f) => !leaving.get(layer.outputTensor)?.has(f)),
    keptInputs: range(inputChannels).filter((column) => !gone?.has(column % channels)),
  };
}

/** The constants of the removed channels by tensor and index, as plain values. */
function constantsByTensor(removals: readonly ChannelRemoval[]): Map<number, Map<number, number>> {
  const merged = new Map<number, Map<number, number>>();
  for (const { constants } of removals) {
    for (const [tensor, values] of constants ?? []) {
      const there = merged.get(tensor) ?? new Map<number, number>();
      for (const [index, { value }] of values) there.set(index, value);
      merged.set(tensor, there);
    }
  }
  return merged;
}

/**
 * The model without the given channels: their filters, biases, scales and zero points, the slices of depthwise
 * convolutions in between, the inputs of the layers that read them, the sizes of all tensors on the way. The model that
 * comes in is not changed.
 *
 * A removed channel that is a constant goes into the int32 biases of its consumers, as weight * (constant - zero point). That
 * is exact where a consumer reads no padding, or where the constant is the zero point; with SAME padding the output
 * positions at the border deviate, since padding is real zero there and the constant is not.
 *
 * @throws DtmmError INTERNAL for a fixed group, a channel that a group does not have, or a group that would lose all
 */
export function removeChannels(model: Model, removals: readonly ChannelRemoval[]): NarrowModel {
  for (const removal of removals) checkRemoval(removal);
  const network = readNetwork(model);
  const uses = countUses(network);
  const leaving = collect(removals);
  const constants = constantsByTensor(removals);
  const graph = mainGraph(model);
  const draft: Draft = {
    tensors: [...graph.tensors],
    buffers: [...model.buffers],
    operators: [...graph.operators],
  };
  for (const [tensor, gone] of leaving) {
    const before = draft.tensors[tensor]!;
    const kept = range(lastDimension(before)).filter((index) => !gone.has(index));
    if (kept.length === 0) refuse(`tensor ${tensor} would keep none`);
    draft.tensors[tensor] = sliceTensor(before, before.shape.length - 1, kept);
  }
  const ordered = [...network.layers.values()].sort((a, b) => a.operator - b.operator);
  const layers = ordered.map((layer) => {
    const kept = keptBy(network, layer, leaving);
    narrowLayer(draft, network, layer, kept, constants.get(layer.inputTensor));
    return kept;
  });
  graph.operators.forEach((operator, at) => {
    if (opName(model, operator) !== "RESHAPE" || !leaving.has(operator.outputs[0]!)) return;
    narrowReshape(draft, model, at, uses);
  });
  const { tensors, operators, buffers } = draft;
  const subgraphs = [{ ...graph, tensors, operators }, ...model.subgraphs.slice(1)];
  return { model: { ...model, buffers, subgraphs }, layers };
}
