/**
 * Predicted latency: what a model costs per inference on a core, packed against dense. A prediction from a table, not a
 * measurement of the model at hand.
 *
 * The table comes from running the kernels' prototypes and CMSIS-NN (commit 99f736a, `arm_convolve_wrapper_s8`) with the
 * same flags (GCC 12.2 -O3) in QEMU 7.2; cycles are from the reference manuals' timings, never from silicon. There, a packed
 * layer took `mac` cycles per kept multiply-accumulate and `output` cycles per output value, whatever its share.
 */

import { positions, type WeightLayer, weightLayers } from "./layers.js";
import type { Target } from "./options/types.js";
import { elementCount, mainGraph, opName } from "./tflite/graph.js";
import type { Model, Operator, Pool2DOptions } from "./tflite/model.js";
import type { PruningUnit } from "./unit.js";

/** What the kernels cost on a core, and how the packed ones with everything kept compare to the dense ones. */
interface CoreCosts {
  /** Cycles per multiply-accumulate of a packed kernel in blocks of 16 weights or more. */
  mac: number;
  /** Cycles per output value of a packed kernel. */
  output: number;
  /** Cycles per visit of a block; blocks of 16 and more have theirs in `mac`. */
  visit: number;
  /** Packed by dense time at 0 % pruned, by input channels, for kernels larger than 1x1; ascending. */
  window: readonly (readonly [channels: number, ratio: number])[];
  /** The same for 1x1. */
  pointwise: number;
  /** The same for fully connected layers. */
  fullyConnected: number;
}

/**
 * M4 with the DSP extension: 1.43 to 1.49 cycles per multiply-accumulate, 19 to 22 per output; 3x3 at 0 %: .55, .67, .70 and
 * .72 of CMSIS-NN at 16, 32, 64 and 128 channels; 1x1 .70 in blocks of 16 and .85 in blocks of 4, from which the visit
 * follows; fully connected .89 of the instructions in tiles of 4x4.
 */
const dsp: CoreCosts = {
  mac: 1.46,
  output: 20.5,
  visit: 2.04,
  window: [
    [16, 0.55],
    [32, 0.67],
    [64, 0.7],
    [128, 0.72],
  ],
  pointwise: 0.7,
  fullyConnected: 0.89,
};

/**
 * M55 with MVE: .15 to .19 cycles per multiply-accumulate, 8 to 9 per output; 3x3 at 0 %: .60, .77, .85 and .96 of
 * CMSIS-NN; 1x1 .74 in blocks of 16; fully connected .52 of the instructions in tiles of 4x16. A block narrower than a
 * vector of 16 costs a whole one.
 */
const mve: CoreCosts = {
  mac: 0.17,
  output: 8.5,
  visit: 0.17 * 16,
  window: [
    [16, 0.6],
    [32, 0.77],
    [64, 0.85],
    [128, 0.96],
  ],
  pointwise: 0.74,
  fullyConnected: 0.52,
};

/**
 * M3, portable C against CMSIS-NN without DSP, in units of about one dense multiply-accumulate: 1.0 to 1.1 at 0 %, .54 to .59
 * at 50 % and .12 to .18 at 90 %. A block's visit was not measured there; it is taken as on the M4, relative to `mac`.
 */
const portable: CoreCosts = {
  mac: 1,
  output: 12,
  visit: 1.4,
  window: [[16, 1.05]],
  pointwise: 1.05,
  fullyConnected: 1.05,
};

/**
 * Costs by core. The M7 and the M33 run the M4's kernels and were not measured: the M4's figures stand in. `generic` is
 * portable C against TFLM's reference kernels, assumed to take equally long per multiply-accumulate: what is predicted is
 * the gain from sparsity alone.
 */
const costsOf: Record<Target, CoreCosts> = {
  generic: { ...portable, window: [[16, 1]], pointwise: 1, fullyConnected: 1 },
  "cortex-m3": portable,
  "cortex-m4": dsp,
  "cortex-m7": dsp,
  "cortex-m33": dsp,
  "cortex-m55": mve,
};

/** Weights of a block from which on its visit is hidden in `mac`. */
const wideBlock = 16;

/** Ratio at a number of channels: between the table's points along the logarithm, beyond them that of the last. */
function windowRatio({ window }: CoreCosts, channels: number): number {
  const above = window.findIndex(([from]) => from >= channels);
  if (above === 0) return window[0]![1];
  if (above < 0) return window.at(-1)![1];
  const [[low, first], [high, last]] = [window[above - 1]!, window[above]!];
  return first + ((last - first) * Math.log(channels / low)) / Math.log(high / low);
}

function rows({ geometry }: WeightLayer): number {
  return geometry.outputHeight * geometry.outputWidth;
}

/** Cycles of a packed layer in blocks so wide that their visits cost nothing. */
function wideCycles({ mac, output }: CoreCosts, layer: WeightLayer, keptWeights: number): number {
  return rows(layer) * (mac * keptWeights + output * layer.geometry.outputChannels);
}

/** Cycles that one kept weight of a packed layer costs per inference. */
export function cyclesPerWeight(target: Target, layer: WeightLayer, unit: PruningUnit): number {
  const { mac, visit } = costsOf[target];
  const block = unit.filters * unit.channels;
  return rows(layer) * (mac + visit * Math.max(0, 1 / block - 1 / wideBlock));
}

/** Cycles of a layer in the packed kernel. */
export function packedCycles(
  target: Target,
  layer: WeightLayer,
  unit: PruningUnit,
  keptWeights: number,
): number {
  return wideCycles(costsOf[target], layer, 0) + keptWeights * cyclesPerWeight(target, layer, unit);
}

/** Cycles of a layer in the dense kernel. */
export function denseCycles(target: Target, layer: WeightLayer): number {
  const costs = costsOf[target];
  const conv = positions(layer) === 1 ? costs.pointwise : windowRatio(costs, layer.geometry.inputChannels);
  const ratio = layer.kind === "fullyConnected" ? costs.fullyConnected : conv;
  return wideCycles(costs, layer, layer.weights.length) / ratio;
}

/** Cycles per multiply-accumulate of any other operator: those of a dense 3x3 conv of 64 channels. */
function plainMac(target: Target): number {
  const costs = costsOf[target];
  const patch = 9 * 64;
  return (costs.mac + costs.output / patch) / windowRatio(costs, 64);
}

/** Operators that only rename or move what is there. */
const free = new Set(["RESHAPE", "SQUEEZE", "EXPAND_DIMS", "QUANTIZE", "DEQUANTIZE"]);

/** Multiply-accumulates of an operator without a packed form; elementwise ones count one per output value. */
function plainMacs(model: Model, operator: Operator): number {
  const { tensors } = mainGraph(model);
  const outputs = elementCount(tensors[operator.outputs[0] ?? -1]?.shape ?? [0]);
  const op = opName(model, operator);
  if (free.has(op)) return 0;
  if (op === "DEPTHWISE_CONV_2D") {
    const filter = tensors[operator.inputs[1] ?? -1]?.shape ?? [1];
    return (outputs * elementCount(filter)) / filter.at(-1)!;
  }
  if (op === "MAX_POOL_2D" || op === "AVERAGE_POOL_2D") {
    const { filterHeight = 1, filterWidth = 1 } = (operator.builtinOptions?.value ??
      {}) as Partial<Pool2DOptions>;
    return outputs * filterHeight * filterWidth;
  }
  return outputs;
}

/** A layer that became a packed operator. */
export interface PackedShare {
  layer: WeightLayer;
  unit: PruningUnit;
  keptWeights: number;
}

/** Predicts a model's latency on a core as layers of it become packed. */
export interface LatencyModel {
  /** Cycles of one inference of the dense model; for `generic` and `cortex-m3` in units of a dense multiply-accumulate. */
  dense: number;
  /** Predicted time per inference, as a share of the dense model's. */
  ratio(packed: readonly PackedShare[]): number;
}

/** The latency model of a dense model on a core. */
export function latencyModel(model: Model, target: Target): LatencyModel {
  const layers = weightLayers(model);
  const weighted = new Set(layers.map(({ operator }) => operator));
  const others = (mainGraph(model).operators ?? []).filter((_, index) => !weighted.has(index));
  const otherCycles =
    plainMac(target) * others.reduce((sum, operator) => sum + plainMacs(model, operator), 0);
  const dense = layers.reduce((sum, layer) => sum + denseCycles(target, layer), otherCycles);
  const ratio = (packed: readonly PackedShare[]) => {
    const change = packed.reduce(
      (sum, { layer, unit, keptWeights }) =>
        sum + packedCycles(target, layer, unit, keptWeights) - denseCycles(target, layer),
      0,
    );
    return dense === 0 ? 1 : (dense + change) / dense;
  };
  return { dense, ratio };
}
