/** What a channel is worth that does not depend on the input: its int8 value in every tensor of its group. */

import { activationScale } from "../layers.js";
import { effectiveScale, fusedActivation } from "../pack/quantize-multiplier.js";
import { opName } from "../tflite/graph.js";
import type { Model, Operator, TableOf } from "../tflite/model.js";
import { addQuantized, clampToActivation, type Quantization, requantize } from "./arithmetic.js";
import type { ChannelGroup } from "./groups.js";
import { lastDimension, type Network, type NetworkLayer, readNetwork } from "./network.js";

export interface ChannelValue {
  /** int8, as it stands in the tensor. */
  value: number;
  /** Whether it is the same at every position; otherwise positions that depend on padding deviate. */
  exact: boolean;
}

/** Values by tensor and index along its last dimension. One that is absent depends on the input or is not known. */
export type ChannelConstants = ReadonlyMap<number, ReadonlyMap<number, ChannelValue>>;

/** One value on its way through an operator. */
interface Site {
  network: Network;
  operator: Operator;
  /** The operator's number. */
  at: number;
  /** Index of the wanted value in the output's last dimension. */
  index: number;
  /** Value of an input at an index of its last dimension. */
  read(tensor: number, index: number): ChannelValue | undefined;
}

type Rule = (site: Site) => ChannelValue | undefined;

const rules: Readonly<Record<string, Rule>> = {
  CONV_2D: emptyFilter,
  FULLY_CONNECTED: emptyFilter,
  DEPTHWISE_CONV_2D: depthwise,
  ADD: sum,
  MAX_POOL_2D: (site) => clamped(site, fusedActivationOf(site)),
  AVERAGE_POOL_2D: (site) => clamped(site, fusedActivationOf(site)),
  RELU: (site) => clamped(site, fusedActivation.relu),
  RELU6: (site) => clamped(site, fusedActivation.relu6),
  PAD: pad,
  MEAN: rescaled,
  QUANTIZE: rescaled,
  CONCATENATION: concatenation,
  RESHAPE: reshape,
  SQUEEZE: reshape,
  EXPAND_DIMS: reshape,
};

function quantization({ network }: Site, tensor: number): Quantization {
  return activationScale(network.tensors[tensor]!);
}

/** Whether the same int8 value means the same in the operator's first input and its output. */
function keepsScale(site: Site, input = site.operator.inputs[0]!): boolean {
  const [from, to] = [quantization(site, input), quantization(site, site.operator.outputs[0]!)];
  return from.scale === to.scale && from.zeroPoint === to.zeroPoint;
}

function fusedActivationOf({ operator }: Site): number {
  const options = operator.builtinOptions?.value as Partial<TableOf<"Pool2DOptions">> | undefined;
  return options?.fusedActivationFunction ?? fusedActivation.none;
}

/** Output of a layer's filter on an accumulator; undefined where TFLM's vintages differ. */
function outputOf(layer: NetworkLayer, filter: number, accumulator: number): number | undefined {
  const output = { scale: layer.outputScale, zeroPoint: layer.outputZeroPoint };
  const { inputScale, outputScale, activation } = layer;
  const filterScale = layer.filterScales[filter]!;
  const exact = effectiveScale(inputScale, filterScale, outputScale);
  const value = requantize(accumulator, exact, activation, output);
  if (layer.kind !== "fullyConnected") return value;
  // Some trees round the product of the scales to float32 before they divide.
  const rounded = Math.fround(Math.fround(inputScale) * filterScale) / Math.fround(outputScale);
  return requantize(accumulator, rounded, activation, output) === value ? value : undefined;
}

/** A filter without weights gives its bias, whatever it reads. */
function emptyFilter({ network, at, index }: Site): ChannelValue | undefined {
  const layer = network.layers.get(at);
  if (!layer) return undefined;
  const perFilter = layer.reach.length * layer.geometry.inputChannels;
  const weights = layer.weights.subarray(index * perFilter, (index + 1) * perFilter);
  if (weights.some((weight) => weight !== 0)) return undefined;
  const value = outputOf(layer, index, layer.bias[index]!);
  return value === undefined ? undefined : { value, exact: true };
}

/** A constant through its 2D filter. Where padding is read, the value is that of the positions that read none. */
function depthwise({ network, at, index, read }: Site): ChannelValue | undefined {
  const layer = network.layers.get(at);
  if (!layer) return undefined;
  const channels = layer.geometry.outputChannels;
  const taps = layer.reach
    .map((reach, position) => ({ reach, weight: layer.weights[position * channels + index]! }))
    .filter(({ reach, weight }) => reach !== "never" && weight !== 0);
  const input =
    taps.length === 0 ? { value: layer.inputZeroPoint, exact: true } : read(layer.inputTensor, index);
  if (!input) return undefined;
  const distance = input.value - layer.inputZeroPoint;
  const accumulator = taps.reduce((total, { weight }) => total + weight * distance, layer.bias[index]!) | 0;
  const value = outputOf(layer, index, accumulator)!;
  const seesBorder = distance !== 0 && taps.some(({ reach }) => reach === "sometimes");
  return { value, exact: input.exact && !seesBorder };
}

function sum(site: Site): ChannelValue | undefined {
  const [left = -1, right = -1] = site.operator.inputs;
  const [first, second] = [site.read(left, site.index), site.read(right, site.index)];
  if (!first || !second) return undefined;
  const value = addQuantized(
    [first.value, second.value],
    [quantization(site, left), quantization(site, right)],
    quantization(site, site.operator.outputs[0]!),
    fusedActivationOf(site),
  );
  return { value, exact: first.exact && second.exact };
}

/** Pools and activations do not rescale in every vintage: only on one scale is the outcome certain. */
function clamped(site: Site, activation: number): ChannelValue | undefined {
  const input = site.read(site.operator.inputs[0]!, site.index);
  if (!input || !keepsScale(site)) return undefined;
  const output = quantization(site, site.operator.outputs[0]!);
  return { ...input, value: clampToActivation(input.value, activation, output) };
}

/** Real zero stays zero on any scale; how other values are rounded depends on the vintage. */
function rescaled(site: Site): ChannelValue | undefined {
  const [from = -1] = site.operator.inputs;
  const input = site.read(from, site.index);
  if (!input || keepsScale(site)) return input;
  if (input.value !== quantization(site, from).zeroPoint) return undefined;
  return { ...input, value: quantization(site, site.operator.outputs[0]!).zeroPoint };
}

/** PAD adds real zeros around the channel. */
function pad(site: Site): ChannelValue | undefined {
  const [from = -1] = site.operator.inputs;
  const input = site.read(from, site.index);
  if (!input || !keepsScale(site)) return undefined;
  return { ...input, exact: input.exact && input.value === quantization(site, from).zeroPoint };
}

function concatenation(site: Site): ChannelValue | undefined {
  const { network, operator } = site;
  const { tensors } = network;
  const [output = -1] = operator.outputs;
  const parts = operator.inputs.map((tensor) => lastDimension(tensors[tensor]!));
  if (parts.reduce((total, part) => total + part, 0) !== lastDimension(tensors[output]!)) return undefined;
  let index = site.index;
  const part = parts.findIndex((channels) => {
    if (index < channels) return true;
    index -= channels;
    return false;
  });
  const tensor = operator.inputs[part]!;
  return keepsScale(site, tensor) ? site.read(tensor, index) : undefined;
}

/** One index of the output can gather several of the input; they must agree. */
function reshape({ network, operator, index, read }: Site): ChannelValue | undefined {
  const [from = -1] = operator.inputs;
  const channels = lastDimension(network.tensors[from]!);
  const step = lastDimension(network.tensors[operator.outputs[0]!]!);
  const gathered = Array.from({ length: Math.max(1, channels / step) }, (_, i) =>
    read(from, (index % channels) + i * step),
  );
  const [first] = gathered;
  if (!first || gathered.some((other) => other?.value !== first.value)) return undefined;
  return { value: first.value, exact: gathered.every((other) => other!.exact) };
}

/** `constantsOf` on a network that was read before. */
export function networkConstants(
  network: Network,
  group: ChannelGroup,
  channels: readonly number[],
): ChannelConstants {
  const known = new Map<number, Map<number, ChannelValue>>();
  const read = (tensor: number, index: number) => known.get(tensor)?.get(index);
  const written = group.tensors
    .flatMap((place) => ({ ...place, at: network.writers.get(place.tensor) ?? -1 }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  for (const { tensor, offsets, at } of written) {
    const operator = network.operators[at]!;
    const values = new Map<number, ChannelValue>();
    for (const index of offsets.flatMap((offset) => channels.map((channel) => offset + channel))) {
      const value = rules[opName(network.model, operator)]?.({ network, operator, at, index, read });
      if (value) values.set(index, value);
    }
    known.set(tensor, values);
  }
  return known;
}

/**
 * The values of `channels` of a group that do not depend on the model's input, in every tensor of the group, as TFLM
 * computes them: a filter whose weights are all zero gives its requantised bias, and what follows is carried through
 * residual adds, depthwise convolutions, pools and so on.
 *
 * A channel that is not constant, or whose value differs between TFLM's vintages, is absent. A depthwise convolution
 * with padding makes a constant other than real zero uneven; its value is then that of the interior and not `exact`.
 */
export function constantsOf(
  model: Model,
  group: ChannelGroup,
  channels: readonly number[],
): ChannelConstants {
  return networkConstants(readNetwork(model), group, channels);
}
