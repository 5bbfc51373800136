/**
 * A network on the way from TF.js to TFLite: real values, batch 1, NHWC, filters in TFLite's layouts. Steps are coarser than
 * operators: an `affine` is a batch norm, a bias or a constant factor, whatever operator it becomes in the end.
 */

/** What TFLite fuses into an operator. */
export type Activation = "none" | "relu" | "relu6";

/** A sliding window; pairs are height, width. */
export interface Window {
  size: readonly [number, number];
  strides: readonly [number, number];
  dilations: readonly [number, number];
  padding: "same" | "valid";
}

/** A filter with one bias per output. */
interface Weights {
  filter: Float32Array;
  bias: Float32Array;
  activation: Activation;
}

/** The filter is OHWI. */
export interface Conv2d extends Weights {
  kind: "conv2d";
  window: Window;
}

/** The filter is 1HWO, where output `o` reads input channel `floor(o / multiplier)`. */
export interface DepthwiseConv2d extends Weights {
  kind: "depthwiseConv2d";
  window: Window;
}

/** The filter is [outputs, inputs]; the input is [1, inputs]. */
export interface Dense extends Weights {
  kind: "dense";
}

/** `x * scale + shift`, one of each per channel of the last dimension. */
export interface Affine {
  kind: "affine";
  scale: Float32Array;
  shift: Float32Array;
  activation: Activation;
}

export interface Pool {
  kind: "maxPool" | "averagePool";
  window: Window;
  activation: Activation;
}

/** Sum or product of two inputs whose shapes broadcast. */
export interface Elementwise {
  kind: "add" | "multiply";
  activation: Activation;
}

/** Negative values times `alpha`, whose shape broadcasts to the input's. */
export interface Prelu {
  kind: "prelu";
  alpha: Float32Array;
  alphaShape: readonly number[];
}

export type Step =
  | { kind: "input" }
  | Conv2d
  | DepthwiseConv2d
  | Dense
  | Affine
  | Pool
  | Elementwise
  | Prelu
  | { kind: "concatenation"; axis: number }
  | { kind: "reshape"; shape: readonly number[] }
  /** Zeros before and after, a pair per dimension. */
  | { kind: "pad"; amounts: readonly (readonly [number, number])[] }
  | { kind: "relu" | "relu6" | "sigmoid" | "tanh" | "softmax" };

/** One step, with the nodes that it reads as indices into `Network.nodes`, and the shape of what it makes. */
export interface Node {
  /** The layer or graph node that it comes from. */
  name: string;
  step: Step;
  inputs: readonly number[];
  shape: readonly number[];
}

/** Every node comes behind those that it reads; the first is the only input. */
export interface Network {
  nodes: Node[];
  output: number;
}

/** How many nodes read each node; the output of the network counts as a reader. */
export function readersOf({ nodes, output }: Network): number[] {
  const readers = nodes.map(() => 0);
  for (const { inputs } of nodes) for (const input of inputs) readers[input]!++;
  readers[output]!++;
  return readers;
}
