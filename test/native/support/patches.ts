/** What a layer with weights reads, in plain loops. */

import type { WeightLayer } from "../../../lib/layers.js";

/**
 * The im2col patches of int8 samples laid end to end: [sample, then output position][order], less the zero point, a
 * constant 1 at the end.
 */
export function patchesOf({ geometry: g, inputZeroPoint }: WeightLayer, inputs: Int8Array): number[][] {
  const size = g.inputHeight * g.inputWidth * g.inputChannels;
  const patches: number[][] = [];
  for (let at = 0; at < inputs.length; at += size) {
    for (let y = 0; y < g.outputHeight; y++) {
      for (let x = 0; x < g.outputWidth; x++) {
        const patch: number[] = [];
        for (let k = 0; k < g.kernelHeight * g.kernelWidth; k++) {
          const iy = y * g.strideHeight - g.padTop + Math.floor(k / g.kernelWidth) * g.dilationHeight;
          const ix = x * g.strideWidth - g.padLeft + (k % g.kernelWidth) * g.dilationWidth;
          const inside = iy >= 0 && iy < g.inputHeight && ix >= 0 && ix < g.inputWidth;
          const pixel = at + (iy * g.inputWidth + ix) * g.inputChannels;
          for (let c = 0; c < g.inputChannels; c++)
            patch.push(inside ? inputs[pixel + c]! - inputZeroPoint : 0);
        }
        patch.push(1);
        patches.push(patch);
      }
    }
  }
  return patches;
}

/** Sum over rows of left^T right: [left columns][right columns]. */
export function productSums(left: readonly number[][], right: readonly number[][]): Float64Array {
  const [rows, columns] = [left[0]!.length, right[0]!.length];
  const sums = new Float64Array(rows * columns);
  left.forEach((l, at) => {
    const r = right[at]!;
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) sums[i * columns + j]! += l[i]! * r[j]!;
  });
  return sums;
}
