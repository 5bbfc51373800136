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
  /** The second one's input. */
  between: number;
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

/** A channel that hardly ever fires is scaled up by no more than so much of what the largest one is. */
const smallestRange = 1 / 256;

/** Whether a fused activation keeps factors above 0: `f(s * x) = s * f(x)`. */
function scales({ builtinOptions }: Operator): boolean {
  const fused = (builtinOptions?.value as { fusedActivationFunction?: number } | undefined)
    ?.fusedActivationFunction;
  return fused === undefined || scaling.has(fused);
}

/** Whether a reshape leaves channels the last dimension, the others having but one element. */
function keepsChannels(from: Tensor, to: Tensor): boolean {
  return from.shape.at(-1) === to.shape.at(-1) && elementCount(from.shape) === from.shape.at(-1);
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
    let between = first.outputs[0]!;
    const channels = tensors[between]!.shape.at(-1)!;
    for (;;) {
      const second = operators.find(({ inputs }) => inputs[0] === between);
      if (second === undefined || !readOnce(between)) return [];
      const axes = filterAxes[opName(model, second)];
      if (axes !== undefined) {
        const filter = tensors[second.inputs[1]!]!;
        return own(second) && filter.shape[axes.input] === channels ? [{ first, second, between }] : [];
      }
      const next = second.outputs[0]!;
      const kept = opName(model, second) !== "RESHAPE" || keepsChannels(tensors[between]!, tensors[next]!);
      if (!passing.has(opName(model, second)) || !scales(second) || !kept) return [];
      between = next;
    }
  });
}

/** Index along an axis of every element of a shape, in order. */
function alongAxis(shape: readonly number[], axis: number): (element: number) => number {
  const inner = elementCount(shape.slice(axis + 1));
  return (element) => Math.floor(element / inner) % shape[axis]!;
}

/** Largest weight that reads a channel, each as a share of the largest on its grid. */
function weightRanges(filter: Float32Array, shape: readonly number[], name: string): Float64Array {
  const { output, input } = filterAxes[name]!;
  const channelOf = alongAxis(shape, input);
  const filterOf = name === "FULLY_CONNECTED" ? () => 0 : alongAxis(shape, output);
  const grids = new Float64Array(name === "FULLY_CONNECTED" ? 1 : shape[output]!);
  filter.forEach((weight, i) => {
    grids[filterOf(i)] = Math.max(grids[filterOf(i)]!, Math.abs(weight));
  });
  const ranges = new Float64Array(shape[input]!);
  filter.forEach((weight, i) => {
    const share = Math.abs(weight) / (grids[filterOf(i)]! || 1);
    ranges[channelOf(i)] = Math.max(ranges[channelOf(i)]!, share);
  });
  return ranges;
}

/**
 * What each channel is divided by in the first layer, and multiplied by in the second: their geometric mean is 1.
 *
 * @param activations largest magnitudes by channel
 * @param weights of the second layer by channel, at most 1; absent where each channel has a scale of its own
 */
export function equalisingFactors(activations: Float64Array, weights?: Float64Array): Float64Array {
  const floor = (ranges: Float64Array) => {
    const least = smallestRange * Math.max(...ranges);
    return ranges.map((range) => Math.max(range, least) || 1);
  };
  const [from, to] = [floor(activations), weights && floor(weights)];
  const factors = from.map((range, i) => (to === undefined ? range : Math.sqrt(range / to[i]!)));
  const mean = Math.exp(factors.reduce((sum, factor) => sum + Math.log(factor), 0) / factors.length);
  return factors.map((factor) => factor / mean);
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
  const multiply = (index: number, factorOf: (element: number) => number) => {
    const values = asFloat32(constantData({ ...model, buffers }, tensors[index]!)!);
    const product = values.map((value, i) => value * factorOf(i));
    replaceData(tensors, buffers, index, new Uint8Array(product.buffer));
  };
  for (const { first, second, between } of pairsOf(model)) {
    const [name, nextName] = [opName(model, first), opName(model, second)];
    const [, filter = -1, bias = -1] = first.inputs;
    const reader = second.inputs[1]!;
    const weights = asFloat32(constantData({ ...model, buffers }, tensors[reader]!)!);
    const factors = equalisingFactors(
      largest.get(between)!,
      nextName === "DEPTHWISE_CONV_2D" ? undefined : weightRanges(weights, tensors[reader]!.shape, nextName),
    );
    const outputOf = alongAxis(tensors[filter]!.shape, filterAxes[name]!.output);
    multiply(filter, (i) => 1 / factors[outputOf(i)]!);
    if (bias >= 0) multiply(bias, (i) => 1 / factors[i]!);
    const channelOf = alongAxis(tensors[reader]!.shape, filterAxes[nextName]!.input);
    multiply(reader, (i) => factors[channelOf(i)]!);
  }
  return { ...model, buffers, subgraphs: [{ ...graph, tensors }, ...model.subgraphs.slice(1)] };
}
