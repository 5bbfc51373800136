/**
 * PatDNN (Niu et al., ASPLOS 2020): kernel patterns, then connectivity pruning, which drops whole kernels by their norm, the
 * same ratio in every layer. Only 3x3 convolutions take part. For shares that patterns alone overshoot, only as many layers get
 * them as it takes, those with the most weights first.
 */

import { dtmmError } from "../errors/index.js";
import { positions, type WeightLayer } from "../layers.js";
import type { Masked } from "../unit.js";
import { singleWeight } from "../unit.js";
import {
  assignPatterns,
  frequentPatterns,
  kernelSquares,
  kernelWeights,
  type PatternedKernel,
  patternWeights,
} from "./patterns.js";

/** A layer with a pattern for each of its kernels. */
interface PatternedLayer {
  layer: WeightLayer;
  /** [filters][channels]. */
  kernels: PatternedKernel[];
}

/** Whether patterns fit the layer. */
export function isPatterned(layer: WeightLayer): boolean {
  const { kernelHeight, kernelWidth } = layer.geometry;
  return layer.kind === "conv" && kernelHeight === 3 && kernelWidth === 3;
}

/** The mask of single weights when `kept` kernels, those of the largest norms, keep their pattern and all others nothing. */
function maskOf({ layer, kernels }: PatternedLayer, kept: number): Uint8Array {
  const { inputChannels } = layer.geometry;
  const strongest = [...kernels.keys()]
    .sort((a, b) => kernels[b]!.norm - kernels[a]!.norm || a - b)
    .slice(0, kept);
  const keep = new Uint8Array(layer.weights.length);
  for (const kernel of strongest) {
    const filter = Math.floor(kernel / inputChannels);
    for (let position = 0; position < kernelWeights; position++) {
      if (((kernels[kernel]!.pattern >> position) & 1) === 0) continue;
      keep[(filter * positions(layer) + position) * inputChannels + (kernel % inputChannels)] = 1;
    }
  }
  return keep;
}

/**
 * The layers to be patterned where that alone takes the model to `most` weights: the largest first, as many as it takes, in
 * the order of the operators.
 */
function layersFor(patterned: readonly PatternedLayer[], all: number, most: number): PatternedLayer[] {
  const largest = [...patterned].sort((a, b) => b.kernels.length - a.kernels.length);
  let left = all;
  const chosen = largest.filter(({ kernels }) => {
    if (left <= most) return false;
    left -= kernels.length * (kernelWeights - patternWeights);
    return true;
  });
  return patterned.filter((own) => chosen.includes(own));
}

/**
 * Learns the patterns of a model; the result masks it to a share of the layers' weights.
 *
 * @param layers those that may be pruned
 * @throws NOTHING_TO_PRUNE where none is a 3x3 convolution. The result throws LIMIT_OUT_OF_REACH for a share below what the
 *   other layers weigh
 */
export function openPatdnn(layers: readonly WeightLayer[], path: string): (share: number) => Masked[] {
  const chosen = layers.filter(isPatterned);
  if (chosen.length === 0) {
    throw dtmmError("NOTHING_TO_PRUNE", { path, reasons: ["no convolution is 3x3, as patterns want it"] });
  }
  const squares = chosen.map(kernelSquares);
  const patterns = frequentPatterns(squares);
  const patterned = chosen.map((layer, i) => ({ layer, kernels: assignPatterns(squares[i]!, patterns) }));
  const all = layers.reduce((sum, { weights }) => sum + weights.length, 0);
  const kernels = patterned.reduce((sum, own) => sum + own.kernels.length, 0);
  const others = all - kernels * kernelWeights;
  return (share) => {
    const most = Math.floor(share * all + 1e-6);
    if (most <= others) {
      const binds = "they are those of layers that are not 3x3 convolutions";
      const [limit, unit] = ["the budget", "weights"];
      throw dtmmError("LIMIT_OUT_OF_REACH", {
        limit,
        value: most,
        left: others,
        excess: others - most,
        unit,
        binds,
      });
    }
    const ratio = Math.min(1, (most - others) / (kernels * patternWeights));
    const masked = ratio < 1 ? patterned : layersFor(patterned, all, most);
    return masked.map((own) => ({
      layer: own.layer,
      unit: singleWeight,
      keep: maskOf(own, Math.max(1, Math.floor(ratio * own.kernels.length))),
    }));
  };
}
