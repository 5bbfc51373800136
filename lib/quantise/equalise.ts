/**
 * Cross-layer equalisation: channels of an activation that lie far apart share one int8 grid, on which the small ones have
 * few values. Where nothing but scaling lies between two layers, a channel can be made larger in the first and smaller in the
 * second, and the float network computes the same (Nagel et al., "Data-free quantization through weight equalization and bias
 * correction", ICCV 2019, section 4.1). There weights of both layers have one scale each; here they have one per filter, so
 * what is balanced are the activations in between, as they were observed, and the second layer's weights of that channel
 * beside the others of their filter (as in Xiao et al., "SmoothQuant", ICML 2023, equation 4, with equal parts).
 */

import { replaceData } from "../tflite/edit.js";
import { asFloat32, constantData, elementCount, mainGraph, opName, readerCounts } from "../tflite/graph.js";
import type { Model, Operator, Tensor } from "../tflite/model.js";
import { ActivationFunctionType } from "../tflite/schema.js";

/** Two layers with a channel scaled up in the first and down in the second. */
interface Pair {
  first: Operator;
  second: Operator;
  channels: number;
  /** What the first one writes, up to what the second one reads; on one int8 grid, since what lies between keeps scales. */
  between: number[];
}

/** Axis of the filter that goes along the layer's output channels, and along its input channels. */
const filterAxes: Readonly<Record<string, { output: number; input: number }>> = {
  CONV_2D: { output: 0, input: 3 },
  DEPTHWISE_CONV_2D: { output: 3, input: 3 },
  FULLY_CONNECTED: { output: 0, input: 1 },
};

/** Operators that scale as their input does, channel by channel. */
const passing = new Set(["PAD", "MAX_POOL_2D", "AVERAGE_POOL_2D", "RELU", "RESHAPE"]);

const scaling: ReadonlySet<number> = new Set([ActivationFunctionType.NONE, ActivationFunctionType.RELU]);

/**
 * What is smaller than this share of the largest counts as so large: beyond it lies rounding noise. Ranges that folded batch
 * norms take apart by three orders of magnitude have to stay above it, or they stay apart.
 */
const smallestShare = 2 ** -16;

/** Whether a fused activation keeps factors above 0: `f(s * x) = s * f(x)`. */
function scales({ builtinOptions }: Operator): boolean {
  const fused = (builtinOptions?.value as { fusedActivationFunction?: number } | undefined)
    ?.fusedActivationFunction;
  return fused === undefined || scaling.has(fused);
}

/** Whether channels are the last dimension still, or a reshape flattened all: element i is then of channel i % channels. */
function keepsChannels({ shape }: Tensor, isReshape: boolean, channels: number): boolean {
  return shape.at(-1) === channels || (isReshape && shape.at(-1) === elementCount(shape));
}

/** Whether a layer reads so many channels, or all positions of them in a row. */
function readsChannels(model: Model, layer: Operator, channels: number): boolean {
  const name = opName(model, layer);
  const inputs = mainGraph(model).tensors[layer.inputs[1]!]!.shape[filterAxes[name]!.input]!;
  return name === "FULLY_CONNECTED" ? inputs % channels === 0 : inputs === channels;
}

/** The pairs of a model. A layer whose constants another operator reads too is in none. */
function pairsOf(model: Model): Pair[] {
  const graph = mainGraph(model);
  const { tensors, operators, outputs } = graph;
  const counts = readerCounts(graph);
  const readOnce = (tensor: number) => counts.get(tensor) === 1 && !outputs.includes(tensor);
  const own = ({ inputs }: Operator) =>
    inputs.slice(1, 3).every((tensor) => {
      return tensor < 0 || (readOnce(tensor) && constantData(model, tensors[tensor]!) !== undefined);
    });
  return operators.flatMap((first): Pair[] => {
    const name = opName(model, first);
    // A fully connected layer has one scale for all filters, so that raising some would cost the others.
    if (!(name in filterAxes) || name === "FULLY_CONNECTED" || !scales(first) || !own(first)) return [];
    const between = [first.outputs[0]!];
    const channels = tensors[between[0]!]!.shape.at(-1)!;
    for (;;) {
      const last = between.at(-1)!;
      const second = operators.find(({ inputs }) => inputs[0] === last);
      if (second === undefined || !readOnce(last)) return [];
      const secondName = opName(model, second);
      if (secondName in filterAxes) {
        const fits = own(second) && readsChannels(model, second, channels);
        return fits ? [{ first, second, channels, between }] : [];
      }
      const next = second.outputs[0]!;
      const kept = keepsChannels(tensors[next]!, secondName === "RESHAPE", channels);
      if (!passing.has(secondName) || !scales(second) || !kept) return [];
      between.push(next);
    }
  });
}

/** Index along an axis of every element of a shape, in order. */
function alongAxis(shape: readonly number[], axis: number): (element: number) => number {
  const inner = elementCount(shape.slice(axis + 1));
  return (element) => Math.floor(element / inner) % shape[axis]!;
}

/** Input channel that each weight of a layer reads; inputs of a flattened image run through its channels. */
function channelRead(shape: readonly number[], name: string, channels: number): (element: number) => number {
  const inputOf = alongAxis(shape, filterAxes[name]!.input);
  return (element) => inputOf(element) % channels;
}

/** Largest weight that reads a channel, each as a share of the largest on its grid. */
function weightRanges(
  filter: Float32Array,
  shape: readonly number[],
  name: string,
  channels: number,
): Float64Array {
  const { output } = filterAxes[name]!;
  const channelOf = channelRead(shape, name, channels);
  const filterOf = name === "FULLY_CONNECTED" ? () => 0 : alongAxis(shape, output);
  const grids = new Float64Array(name === "FULLY_CONNECTED" ? 1 : shape[output]!);
  filter.forEach((weight, i) => {
    grids[filterOf(i)] = Math.max(grids[filterOf(i)]!, Math.abs(weight));
  });
  const ranges = new Float64Array(channels);
  filter.forEach((weight, i) => {
    const share = Math.abs(weight) / (grids[filterOf(i)]! || 1);
    ranges[channelOf(i)] = Math.max(ranges[channelOf(i)]!, share);
  });
  return ranges;
}

/**
 * What each channel is divided by in the first layer, and multiplied by in the second: their geometric mean is 1. A channel
 * that was always 0 keeps its factor of 1: nothing is known of its range.
 *
 * @param activations largest magnitudes by channel
 * @param weights of the second layer by channel, at most 1; absent where each channel has a scale of its own
 */
export function equalisingFactors(activations: Float64Array, weights?: Float64Array): Float64Array {
  const floor = (ranges: Float64Array) => {
    const least = smallestShare * Math.max(...ranges);
    return ranges.map((range) => Math.max(range, least) || 1);
  };
  const [from, to] = [floor(activations), weights && floor(weights)];
  const factors = from.map((range, i) => (to === undefined ? range : Math.sqrt(range / to[i]!)));
  const logs = factors.filter((_, i) => activations[i]! > 0).map(Math.log);
  const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / (logs.length || 1));
  return factors.map((factor, i) => (activations[i]! > 0 ? factor / mean : 1));
}

/** Largest magnitude of a channel in all that shares its grid. */
function channelRanges(
  { between, channels }: Pair,
  largest: ReadonlyMap<number, Float64Array>,
): Float64Array {
  const ranges = new Float64Array(channels);
  for (const tensor of between) {
    for (const [i, range] of largest.get(tensor)!.entries()) {
      ranges[i % channels] = Math.max(ranges[i % channels]!, range);
    }
  }
  return ranges;
}

/**
 * A float model that computes the same with its channels brought closer together.
 *
 * @param largest magnitudes of the activations by channel, by tensor
 */
export function equalised(model: Model, largest: ReadonlyMap<number, Float64Array>): Model {
  const graph = mainGraph(model);
  const tensors = [...graph.tensors];
  const buffers = [...model.buffers];
  const valuesOf = (index: number) => asFloat32(constantData({ ...model, buffers }, tensors[index]!)!);
  const multiply = (index: number, factorOf: (element: number) => number) => {
    const product = valuesOf(index).map((value, i) => value * factorOf(i));
    replaceData(tensors, buffers, index, new Uint8Array(product.buffer));
  };
  for (const pair of pairsOf(model)) {
    const { first, second, channels } = pair;
    const [name, nextName] = [opName(model, first), opName(model, second)];
    const [, filter = -1, bias = -1] = first.inputs;
    const reader = second.inputs[1]!;
    const { shape } = tensors[reader]!;
    const weights =
      nextName === "DEPTHWISE_CONV_2D"
        ? undefined
        : weightRanges(valuesOf(reader), shape, nextName, channels);
    const factors = equalisingFactors(channelRanges(pair, largest), weights);
    const outputOf = alongAxis(tensors[filter]!.shape, filterAxes[name]!.output);
    multiply(filter, (i) => 1 / factors[outputOf(i)]!);
    if (bias >= 0) multiply(bias, (i) => 1 / factors[i]!);
    const channelOf = channelRead(shape, nextName, channels);
    multiply(reader, (i) => factors[channelOf(i)]!);
  }
  return { ...model, buffers, subgraphs: [{ ...graph, tensors }, ...model.subgraphs.slice(1)] };
}
