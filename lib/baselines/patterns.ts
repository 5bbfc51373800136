/**
 * Kernel patterns: Niu et al., "PatDNN: Achieving Real-Time DNN Execution on Mobile Devices with Pattern-based Weight
 * Pruning", ASPLOS 2020, section 4. A pattern is four of the nine weights of a 3x3 kernel, the centre among them: 56 there are.
 */

import type { WeightLayer } from "../layers.js";

/** Weights of a 3x3 kernel, and of a pattern. */
export const kernelWeights = 9;
export const patternWeights = 4;
/** Patterns that a model gets by with. */
export const mostPatterns = 8;

const centre = 4;

/** The 3x3 kernels of a layer, one input channel of one filter each: [filters][channels][9] squares of the real weights. */
export function kernelSquares({ weights, filterScales, geometry }: WeightLayer): Float64Array {
  const { inputChannels, outputChannels } = geometry;
  const squares = new Float64Array(weights.length);
  for (let filter = 0; filter < outputChannels; filter++) {
    for (let position = 0; position < kernelWeights; position++) {
      for (let channel = 0; channel < inputChannels; channel++) {
        const from = (filter * kernelWeights + position) * inputChannels + channel;
        const to = (filter * inputChannels + channel) * kernelWeights + position;
        squares[to] = (weights[from]! * filterScales[filter]!) ** 2;
      }
    }
  }
  return squares;
}

/** The pattern that keeps most of a kernel, as a mask with bit p for position p. */
function bestPattern(kernel: Float64Array): number {
  const others = [...kernel.keys()].filter((position) => position !== centre);
  const strongest = others.sort((a, b) => kernel[b]! - kernel[a]! || a - b).slice(0, patternWeights - 1);
  return strongest.reduce((mask, position) => mask | (1 << position), 1 << centre);
}

function* kernelsOf(squares: Float64Array): Generator<Float64Array> {
  for (let at = 0; at < squares.length; at += kernelWeights) yield squares.subarray(at, at + kernelWeights);
}

/** The patterns that are the best one of most kernels, the most frequent first. */
export function frequentPatterns(layers: readonly Float64Array[]): number[] {
  const counts = new Map<number, number>();
  for (const squares of layers) {
    for (const kernel of kernelsOf(squares)) {
      const best = bestPattern(kernel);
      counts.set(best, (counts.get(best) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([a, often], [b, oftener]) => oftener - often || a - b)
    .slice(0, mostPatterns)
    .map(([pattern]) => pattern);
}

/** Sum of the squares that a pattern keeps. */
function keptBy(pattern: number, kernel: Float64Array): number {
  return kernel.reduce((sum, square, position) => sum + (((pattern >> position) & 1) === 1 ? square : 0), 0);
}

/** A kernel with the pattern that keeps most of it. */
export interface PatternedKernel {
  pattern: number;
  /** Squared L2 norm of what the pattern keeps. */
  norm: number;
}

/** Every kernel of a layer, [filters][channels], with the best of the patterns. */
export function assignPatterns(squares: Float64Array, patterns: readonly number[]): PatternedKernel[] {
  return [...kernelsOf(squares)].map((kernel) => {
    const norms = patterns.map((pattern) => keptBy(pattern, kernel));
    const norm = Math.max(...norms);
    return { pattern: patterns[norms.indexOf(norm)]!, norm };
  });
}
