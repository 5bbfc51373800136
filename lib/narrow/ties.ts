/**
 * How each operator ties the channels of its activations: channels that are tied can only leave together. A channel is an
 * index along the last dimension, also of the rows that feed a fully connected layer.
 */

import { asInt32, constantData, isCustomOperator, opName } from "../tflite/graph.js";
import type { Operator, TableOf, Tensor } from "../tflite/model.js";
import { TensorType } from "../tflite/schema.js";
import type { ChannelSets } from "./channel-sets.js";
import { lastDimension, type Network } from "./network.js";

/** One operator while its channels are tied. */
interface Site {
  network: Network;
  sets: ChannelSets;
  operator: Operator;
  /** How often each tensor is read, the graph's outputs included. */
  uses: readonly number[];
}

/** Ties channels, or says what is in the way. */
type Rule = (site: Site) => string | undefined;

const rules: Readonly<Record<string, Rule>> = {
  CONV_2D: convolution,
  FULLY_CONNECTED: fullyConnected,
  DEPTHWISE_CONV_2D: depthwise,
  ADD: sum,
  MEAN: mean,
  PAD: pad,
  CONCATENATION: concatenation,
  RESHAPE: reshape,
  SQUEEZE: reshape,
  EXPAND_DIMS: reshape,
  MAX_POOL_2D: channelwise,
  AVERAGE_POOL_2D: channelwise,
  RELU: channelwise,
  RELU6: channelwise,
  LOGISTIC: channelwise,
  TANH: channelwise,
  HARD_SWISH: channelwise,
  LEAKY_RELU: channelwise,
  QUANTIZE: channelwise,
  DEQUANTIZE: channelwise,
};

/** Ties the channels of every operator's activations, and fixes those of operators that nothing is known about. */
export function tieChannels(network: Network, sets: ChannelSets, uses: readonly number[]): void {
  network.operators.forEach((operator, index) => {
    const name = opName(network.model, operator);
    const label = `${name} (operator ${index})`;
    const custom = isCustomOperator(network.model, operator);
    const rule = custom ? undefined : rules[name];
    const problem =
      rule === undefined
        ? `is ${custom ? "a custom operator" : "not known to keep channels apart"}`
        : rule({ network, sets, operator, uses });
    if (problem === undefined) return;
    for (const tensor of [...operator.inputs, ...operator.outputs]) {
      if (tensor >= 0) sets.fix(tensor, `${label} ${problem}`);
    }
  });
}

function tensorOf({ network }: Site, index: number | undefined): Tensor | undefined {
  return network.tensors[index ?? -1];
}

function isConstant({ network }: Site, tensor: Tensor | undefined): boolean {
  return tensor !== undefined && constantData(network.model, tensor) !== undefined;
}

/** Values of a constant INT32 input. */
function parameters(site: Site, position: number): Int32Array | undefined {
  const tensor = tensorOf(site, site.operator.inputs[position]);
  const data = tensor && constantData(site.network.model, tensor);
  return data && tensor.type === TensorType.INT32 ? asInt32(data) : undefined;
}

/** Channel c of each of the operator's activations is channel c of the others. */
function channelwise(site: Site): string | undefined {
  const [input = -1] = site.operator.inputs;
  const [output = -1] = site.operator.outputs;
  return tieAll(site, input, output);
}

function tieAll({ sets }: Site, from: number, to: number): string | undefined {
  const channels = sets.channels(from);
  if (channels === 0 || channels !== sets.channels(to)) return "changes the number of channels";
  for (let index = 0; index < channels; index++) sets.tie({ tensor: from, index }, { tensor: to, index });
  return undefined;
}

/** What keeps a layer's constants from being cut; `outputs` is the number of its filters. */
function weightsProblem(site: Site, outputs: number): string | undefined {
  const { inputs, outputs: results } = site.operator;
  const [input, filter, bias] = inputs.map((index) => tensorOf(site, index));
  const activations = [input, tensorOf(site, results[0])];
  if (activations.some((tensor) => tensor?.type !== TensorType.INT8)) return "is not int8";
  if (!filter || !isConstant(site, filter)) return "has weights that are no constants";
  if (filter.type !== TensorType.INT8) return "has weights that are not int8";
  if (filter.sparsity || filter.quantization?.details) return "has weights in a special encoding";
  if (site.uses[inputs[1]!] !== 1) return "shares its weights";
  if (!bias) return undefined;
  if (!isConstant(site, bias) || bias.type !== TensorType.INT32)
    return "has a bias that is no int32 constant";
  if (bias.shape.length !== 1 || bias.shape[0] !== outputs) return `has a bias of shape [${bias.shape}]`;
  return site.uses[inputs[2]!] === 1 ? undefined : "shares its bias";
}

function convolution(site: Site): string | undefined {
  const { sets, operator } = site;
  const [filters, , , channels] = tensorOf(site, operator.inputs[1])?.shape ?? [];
  if (sets.channels(operator.inputs[0]!) !== channels) return "is a grouped convolution";
  return weightsProblem(site, filters ?? 0);
}

function fullyConnected(site: Site): string | undefined {
  const { sets, operator } = site;
  const [outputs = 0, columns = 0] = tensorOf(site, operator.inputs[1])?.shape ?? [];
  if (columns % sets.channels(operator.inputs[0]!) !== 0) return "reads rows that cut across channels";
  return weightsProblem(site, outputs);
}

function depthwise(site: Site): string | undefined {
  const channels = tensorOf(site, site.operator.inputs[1])?.shape[3] ?? 0;
  if (channels !== site.sets.channels(site.operator.inputs[0]!)) return "has a depth multiplier";
  return weightsProblem(site, channels) ?? channelwise(site);
}

function sum(site: Site): string | undefined {
  const [first = -1, second = -1] = site.operator.inputs;
  const [output = -1] = site.operator.outputs;
  const tensors = [first, second, output].map((index) => tensorOf(site, index));
  if (tensors.some((tensor) => isConstant(site, tensor))) return "adds a constant";
  const [shape] = tensors.map((tensor) => String(tensor?.shape));
  if (tensors.some((tensor) => String(tensor?.shape) !== shape)) return "broadcasts";
  return tieAll(site, first, output) ?? tieAll(site, second, output);
}

function mean(site: Site): string | undefined {
  const rank = tensorOf(site, site.operator.inputs[0])?.shape.length ?? 0;
  const axes = parameters(site, 1);
  if (!axes) return "has axes that are no constants";
  return axes.some((axis) => (axis + rank) % rank === rank - 1) ? "averages channels" : channelwise(site);
}

function pad(site: Site): string | undefined {
  // [rank][2]: before and after.
  const paddings = parameters(site, 1);
  if (!paddings) return "has paddings that are no constants";
  return paddings.slice(-2).some((padding) => padding !== 0) ? "pads channels" : channelwise(site);
}

function concatenation(site: Site): string | undefined {
  const { sets, operator } = site;
  const [output = -1] = operator.outputs;
  const rank = tensorOf(site, output)?.shape.length ?? 0;
  const { axis = 0 } = (operator.builtinOptions?.value ?? {}) as Partial<TableOf<"ConcatenationOptions">>;
  if (operator.inputs.some((index) => isConstant(site, tensorOf(site, index)))) return "joins a constant";
  if ((axis + rank) % rank !== rank - 1) {
    return operator.inputs.map((input) => tieAll(site, input, output)).find((problem) => problem);
  }
  let behind = 0;
  for (const tensor of operator.inputs) {
    for (let index = 0; index < sets.channels(tensor); index++) {
      sets.tie({ tensor, index }, { tensor: output, index: behind + index });
    }
    behind += sets.channels(tensor);
  }
  return undefined;
}

/**
 * Elements keep their order, so where one last dimension is a multiple of the other, index i of the longer is index
 * i % shorter of the other: [1, H, W, C] flattened to [1, H * W * C], a squeezed or an added dimension.
 */
function reshape({ network, sets, operator }: Site): string | undefined {
  const [input = -1] = operator.inputs;
  const [output = -1] = operator.outputs;
  const [from, to] = [input, output].map((index) => lastDimension(network.tensors[index]!));
  const shorter = Math.min(from!, to!);
  if (sets.channels(input) === 0 || Math.max(from!, to!) % shorter !== 0) return "cuts across channels";
  for (let index = 0; index < Math.max(from!, to!); index++) {
    sets.tie({ tensor: input, index: index % from! }, { tensor: output, index: index % to! });
  }
  return undefined;
}
