/**
 * The refit of a pruned network: layer by layer, least squares of the kept weights and the bias on the inputs that the
 * pruned network itself produces, against the outputs of the dense one (`native/network/refit_pass.h`). Rounding errors
 * are fed forward, and a filter gets a new weight scale where that loses less (`native/solve.h`).
 *
 * A network with an operator that has no forward pass is fitted on the dense network's inputs instead.
 */

import { type LayerState, layerProblem, rowRanges } from "./importance.js";
import type { LayerMoments, NetworkPlan, SolveRequest } from "./native/addon-types.js";
import type { WorkerPool } from "./native/pool.js";
import { realConstants } from "./network-plan.js";
import { drawsFor, pricesOf } from "./prices.js";
import { type RoundedLayer, withinInt32 } from "./pruned-model.js";
import type { Samples } from "./statistics.js";

/** Weights are symmetric: -128 is not used (TFLite's int8 quantisation specification). */
const int8Limit = 127;

/** Worker that holds the pass. */
const worker = 0;

export interface RefitContext {
  pool: WorkerPool;
  signal: AbortSignal;
}

/** An open pass over the calibration samples. */
export interface RefitRun extends RefitContext {
  /** Whether the pruned network can be followed; otherwise the dense network's inputs stand in. */
  follows: boolean;
  /** How many there are. */
  samples: number;
  close(): Promise<void>;
}

/** Whether every operator of the network has a forward pass. */
export function canFollow(network: NetworkPlan): boolean {
  return network.operators.every(({ kind }) => kind !== "unknown");
}

/** Opens the pass over the given samples. */
export async function openRefit(
  network: NetworkPlan,
  { bytes, samples }: Samples,
  { pool, signal }: RefitContext,
): Promise<RefitRun> {
  const follows = canFollow(network);
  if (follows) {
    const request = { network, inputs: bytes, samples, threads: pool.size };
    await pool.call("openRefit", request, { worker, signal });
  }
  const close = async () => {
    if (follows) await pool.call("closeRefit", {}, { worker });
  };
  return { pool, signal, follows, samples, close };
}

/** How a solution is wanted. */
export interface Precision {
  /** Whether the weights are to be whole. */
  round: boolean;
}

/** What a network is fitted with. */
export interface FitRequest extends Precision {
  /** Of the directions that prices are taken along; absent where no step follows that would ask for them. */
  seed?: number;
}

interface Solved {
  /** As of `LayerState`, in units of the filter's new scale. */
  weights: Float64Array;
  /** New scale by old scale, per filter. */
  ratio: Float64Array;
}

/** Filters per job: layers are solved one after the other, and each is to keep all workers busy. */
const rowsPerJob = 16;

/** Solves one layer with its mask; `cross` has the wanted outputs as real values, or is empty. */
async function solveLayer(
  state: LayerState,
  cross: Float64Array,
  { round }: Precision,
  { pool, signal }: RefitContext,
): Promise<Solved> {
  const { layer, unit } = state;
  const filters = layer.geometry.outputChannels;
  const order = state.weights.length / filters;
  const solved = { weights: new Float64Array(state.weights.length), ratio: new Float64Array(filters) };
  await Promise.all(
    rowRanges(filters, unit.filters, rowsPerJob).map(async (range) => {
      const wanted = cross.slice(range.first * order, range.last * order);
      for (let i = 0; i < wanted.length; i++) {
        wanted[i]! /= layer.inputScale * layer.filterScales[range.first + Math.floor(i / order)]!;
      }
      const request: SolveRequest = {
        ...layerProblem(state, range),
        cross: wanted,
        limit: round ? int8Limit : 0,
        // TFLM of 2020 reads one filter scale of a fully connected layer, whatever the file says.
        rescale: layer.kind === "conv" ? 1 : 0,
      };
      const part = await pool.call("solveMasked", request, { signal });
      solved.weights.set(part.weights, range.first * order);
      solved.ratio.set(part.ratio, range.first);
    }),
  );
  return solved;
}

/** The solution in units of the dense layer's integers. */
function inDenseUnits({ weights, ratio }: Solved): Float64Array {
  const order = weights.length / ratio.length;
  return weights.map((weight, i) => weight * ratio[Math.floor(i / order)]!);
}

/** [filters][order] as weights and biases. */
function split(all: Float64Array, filters: number) {
  const patch = all.length / filters - 1;
  const weights = new Float64Array(filters * patch);
  const bias = new Float64Array(filters);
  for (let filter = 0; filter < filters; filter++) {
    const at = filter * (patch + 1);
    weights.set(all.subarray(at, at + patch), filter * patch);
    bias[filter] = all[at + patch]!;
  }
  return { weights, bias };
}

function roundedLayer({ layer }: LayerState, { weights: all, ratio }: Solved): RoundedLayer {
  const { weights, bias } = split(all, layer.geometry.outputChannels);
  return {
    layer,
    weights: Int8Array.from(weights),
    bias: Int32Array.from(bias, withinInt32),
    filterScales: layer.filterScales.map((scale, filter) => scale * ratio[filter]!),
  };
}

/** What the pass says about a layer's problem, once those in front of it have their constants. */
async function momentsOf(run: RefitRun, state: LayerState): Promise<LayerMoments & { cross: Float64Array }> {
  if (!run.follows) return { ...state.moments, cross: new Float64Array() };
  const request = { operator: state.layer.operator };
  return run.pool.call("collectRefit", request, { worker, signal: run.signal });
}

async function setLayer(run: RefitRun, { layer }: LayerState, real: ReturnType<typeof realConstants>) {
  if (!run.follows) return;
  const request = { operator: layer.operator, ...real };
  await run.pool.call("setRefitLayer", request, { worker, signal: run.signal });
}

/** What errors cost in the pruned network as the pass now has it. */
async function priced(run: RefitRun, states: LayerState[], seed: number): Promise<LayerState[]> {
  if (!run.follows) return states;
  const draws = drawsFor(run.samples);
  const request = { observed: states.map(({ layer }) => layer.operator), draws, seed };
  const { squaredGradients } = await run.pool.call("refitGradients", request, { worker, signal: run.signal });
  return states.map((state, i) => ({
    ...state,
    prices: pricesOf(state.layer, squaredGradients[i]!, run.samples * draws),
  }));
}

export interface Fitted {
  /** With moments and prices of the network as it is now, and the solution as weights. */
  states: LayerState[];
  /** Layers with new constants, where these were to be whole. */
  rounded: RoundedLayer[];
}

/**
 * Fits every layer to the network in front of it, in the order of the operators. Layers in front of the first pruned
 * one stay as they are.
 *
 * @param states layers with the masks to be carried out; their weights are where the damping pulls to
 */
export async function refit(
  run: RefitRun,
  states: LayerState[],
  request: FitRequest,
  progress: (done: number) => void,
): Promise<Fitted> {
  if (run.follows) await run.pool.call("restartRefit", {}, { worker, signal: run.signal });
  const fitted: Fitted = { states: [], rounded: [] };
  let touched = false;
  for (const state of states) {
    touched ||= state.keep.includes(0);
    const { cross, ...moments } = await momentsOf(run, state);
    const seen = { ...state, moments };
    if (touched) {
      const solved = await solveLayer(seen, cross, request, run);
      seen.weights = inDenseUnits(solved);
      if (request.round) {
        const layer = roundedLayer(seen, solved);
        fitted.rounded.push(layer);
        await setLayer(run, seen, realConstants({ ...layer.layer, ...layer }, layer.weights, layer.bias));
      } else {
        const { weights, bias } = split(solved.weights, state.layer.geometry.outputChannels);
        await setLayer(run, seen, realConstants(state.layer, weights, bias));
      }
    }
    fitted.states.push(seen);
    progress(fitted.states.length / states.length);
  }
  const { seed } = request;
  return seed === undefined ? fitted : { ...fitted, states: await priced(run, fitted.states, seed) };
}
