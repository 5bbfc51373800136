/** The work of dense operators: layers with weights in CMSIS-NN's kernels, and every operator in TFLM's reference kernels. */

import type { NativeGeometry } from "../native/addon-types.js";
import type { KernelWork } from "./work.js";

/** A conv, a depthwise conv or a fully connected layer, which is a 1x1 conv over its rows. */
export interface DenseShape {
  kind: "conv" | "depthwise" | "fullyConnected";
  geometry: NativeGeometry;
}

/** Pairs of an output and a tap along one axis of which the tap lies inside the input. */
function insidePairs(outputs: number, kernel: number, tap: (output: number, k: number) => boolean): number {
  let count = 0;
  for (let output = 0; output < outputs; output++) {
    for (let k = 0; k < kernel; k++) if (tap(output, k)) count++;
  }
  return count;
}

/** Output positions by kernel positions that lie inside the input. */
function insideTaps(g: NativeGeometry): number {
  const rows = insidePairs(g.outputHeight, g.kernelHeight, (y, k) => {
    const at = y * g.strideHeight + k * g.dilationHeight - g.padTop;
    return at >= 0 && at < g.inputHeight;
  });
  const columns = insidePairs(g.outputWidth, g.kernelWidth, (x, k) => {
    const at = x * g.strideWidth + k * g.dilationWidth - g.padLeft;
    return at >= 0 && at < g.inputWidth;
  });
  return rows * columns;
}

function sizesOf({ kind, geometry: g }: DenseShape) {
  const positions = g.outputHeight * g.outputWidth;
  const taps = g.kernelHeight * g.kernelWidth;
  const depth = kind === "depthwise" ? 1 : g.inputChannels;
  const outputs = positions * g.outputChannels;
  return { positions, taps, depth, outputs };
}

/** TFLM's reference kernel: whether a tap lies inside is asked for every multiply-accumulate. */
export function referenceWork(shape: DenseShape): KernelWork {
  const { taps, depth, outputs } = sizesOf(shape);
  const inside = insideTaps(shape.geometry) * shape.geometry.outputChannels;
  return {
    kernel: shape.kind,
    work: { macs: outputs * taps * depth, inside: inside * depth, taps: outputs * taps, outputs, layer: 1 },
  };
}

/**
 * CMSIS-NN's kernel.
 *
 * @param lanes int8 values that one step of its inner loop takes: 16 with MVE, 4 with DSP and without
 */
export function cmsisNnWork(shape: DenseShape, lanes: number): KernelWork {
  const { kind, geometry: g } = shape;
  const { positions, taps, depth, outputs } = sizesOf(shape);
  if (kind === "depthwise") {
    return {
      kernel: taps === 9 ? "depthwise3x3" : "depthwise",
      work: { macs: outputs * taps, outputs, taps: positions * taps, positions, layer: 1 },
    };
  }
  const patch = taps * depth;
  const pointwise = g.strideHeight * g.strideWidth === 1 ? "pointwise" : "pointwiseStrided";
  return {
    kernel: kind === "conv" ? (taps === 1 ? pointwise : "window") : kind,
    work: {
      macs: outputs * Math.floor(patch / lanes) * lanes,
      // What is left of a patch after whole steps, and whether anything is.
      remainder: outputs * (patch % lanes),
      remainders: patch % lanes === 0 ? 0 : outputs,
      outputs,
      laidOut: taps > 1 ? positions * patch : 0,
      taps: positions * taps,
      positions,
      layer: 1,
    },
  };
}
