/**
 * The refit of a pruned network: layer by layer, least squares of the kept weights and the bias on the inputs that the
 * pruned network itself produces, against the outputs of the dense one (`native/network/refit_pass.h`). Rounding errors
 * are fed forward, and a filter gets a new weight scale where that loses less (`native/solve.h`).
 */

import { type LayerState, layerProblem, rowRanges } from "./importance.js";
import type { LayerMoments, NetworkPlan } from "./native/addon-types.js";
import type { WorkerPool } from "./native/pool.js";
import { realConstants } from "./network-plan.js";
import type { Samples } from "./statistics.js";

/** Weights are symmetric: -128 is not used (TFLite's int8 quantisation specification). */
const int8Limit = 127;
const int32Max = 2 ** 31 - 1;

/** A layer's constants as int8 and int32. */
export interface RoundedLayer {
  /** OHWI; zero outside the mask. */
  weights: Int8Array;
  bias: Int32Array;
  filterScales: Float32Array;
}

export interface RefitLayer {
  state: LayerState;
  /** Absent where weights were left real. */
  rounded?: RoundedLayer;
}

export interface RefitContext {
  pool: WorkerPool;
  signal: AbortSignal;
}

/** Worker that holds the pass. */
const worker = 0;

/** How a solution is wanted. */
export interface Precision {
  /** Whether the weights are to be whole. */
  round: boolean;
}

/** Solves one layer with its mask; `cross` has real wanted outputs, or is empty (see `SolveRequest`). */
async function solveLayer(
  state: LayerState,
  moments: LayerMoments,
  cross: Float64Array,
  { round }: Precision,
  { pool, signal }: RefitContext,
): Promise<RefitLayer> {
  const { layer } = state;
  const filters = layer.geometry.outputChannels;
  const order = state.weights.length / filters;
  const weights = new Float64Array(state.weights.length);
  const ratio = new Float64Array(filters);
  const seen = { ...state, moments };
  await Promise.all(
    rowRanges(filters, state.unit.filters).map(async (range) => {
      const wanted = cross.slice(range.first * order, range.last * order);
      for (let i = 0; i < wanted.length; i++) {
        wanted[i]! /= layer.inputScale * layer.filterScales[range.first + Math.floor(i / order)]!;
      }
      const rounding = { limit: round ? int8Limit : 0, rescale: layer.kind === "conv" ? 1 : 0 };
      const request = { ...layerProblem(seen, range), cross: wanted, ...rounding };
      const solved = await pool.call("solveMasked", request, { signal });
      weights.set(solved.weights, range.first * order);
      ratio.set(solved.ratio, range.first);
    }),
  );
  if (!round) return { state: { ...seen, weights } };
  return { state: seen, rounded: roundedLayer(seen, weights, ratio) };
}

function roundedLayer({ layer }: LayerState, solved: Float64Array, ratio: Float64Array): RoundedLayer {
  const filters = layer.geometry.outputChannels;
  const order = solved.length / filters;
  const rounded: RoundedLayer = {
    weights: new Int8Array(filters * (order - 1)),
    bias: new Int32Array(filters),
    filterScales: layer.filterScales.map((scale, filter) => scale * ratio[filter]!),
  };
  for (let filter = 0; filter < filters; filter++) {
    rounded.weights.set(solved.subarray(filter * order, (filter + 1) * order - 1), filter * (order - 1));
    const bias = solved[(filter + 1) * order - 1]!;
    rounded.bias[filter] = Math.min(int32Max, Math.max(-int32Max, bias));
  }
  return rounded;
}

/** Integer weights and biases of a state's real ones. */
function split(state: LayerState) {
  const filters = state.layer.geometry.outputChannels;
  const order = state.weights.length / filters;
  const weights = new Float64Array(filters * (order - 1));
  const bias = new Float64Array(filters);
  for (let filter = 0; filter < filters; filter++) {
    weights.set(state.weights.subarray(filter * order, (filter + 1) * order - 1), filter * (order - 1));
    bias[filter] = state.weights[(filter + 1) * order - 1]!;
  }
  return { weights, bias };
}

/** Gives a layer of the pruned network its new constants. */
async function setLayer({ state, rounded }: RefitLayer, { pool, signal }: RefitContext): Promise<void> {
  const { layer } = state;
  const { weights, bias } = rounded ?? split(state);
  const scales = { inputScale: layer.inputScale, filterScales: rounded?.filterScales ?? layer.filterScales };
  const request = { operator: layer.operator, ...realConstants(scales, weights, bias) };
  await pool.call("setRefitLayer", request, { worker, signal });
}

/** Opens the pass over the given samples; the next calls of `refit` run on it. */
export async function openRefit(
  network: NetworkPlan,
  { bytes, samples }: Samples,
  { pool, signal }: RefitContext,
): Promise<void> {
  await pool.call("openRefit", { network, inputs: bytes, samples, threads: pool.size }, { worker, signal });
}

export async function closeRefit({ pool, signal }: RefitContext): Promise<void> {
  await pool.call("closeRefit", {}, { worker, signal });
}

/**
 * Fits every layer to the network in front of it, in the order of the operators.
 *
 * @param states layers with the masks to be carried out; their weights are where the damping pulls to
 */
export async function refit(
  states: LayerState[],
  precision: Precision,
  context: RefitContext,
  progress: (done: number) => void,
): Promise<RefitLayer[]> {
  const { pool, signal } = context;
  await pool.call("restartRefit", {}, { worker, signal });
  const layers: RefitLayer[] = [];
  let touched = false;
  for (const state of states) {
    touched ||= state.keep.includes(0);
    const { operator } = state.layer;
    const { cross, ...moments } = await pool.call("collectRefit", { operator }, { worker, signal });
    const layer = touched
      ? await solveLayer(state, moments, cross, precision, context)
      : { state: { ...state, moments } };
    if (touched) await setLayer(layer, context);
    layers.push(layer);
    progress(layers.length / states.length);
  }
  return layers;
}
