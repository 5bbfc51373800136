/** Dense layers on their way through `board/cmsis_nn_runner.c`. */

import { quantizeMultiplier } from "../pack/quantize-multiplier.js";
import type { RunnerRequest } from "./requests.js";

/** Kinds of layers, numbered as in the runner. */
const kinds = { conv: 0, depthwise: 1, fullyConnected: 2 } as const;

/** A dense int8 layer as CMSIS-NN takes it. */
export interface CmsisLayer {
  kind: keyof typeof kinds;
  kernel: readonly [height: number, width: number];
  stride: readonly [height: number, width: number];
  /** Rows above the input and columns left of it. */
  padding: readonly [top: number, left: number];
  dilation: readonly [height: number, width: number];
  inputZeroPoint: number;
  outputZeroPoint: number;
  activation: { min: number; max: number };
  weights: Int8Array;
  bias: Int32Array;
  /** Real factor from accumulator to output, one per output channel. */
  effectiveScales: readonly number[];
  input: Int8Array;
  /** NHWC; a fully connected layer has rows for N and its inputs for C. */
  inputShape: readonly number[];
  outputShape: readonly number[];
}

/** The layer as `board/cmsis_nn_runner.c` reads it. */
export function cmsisRequest(layer: CmsisLayer): RunnerRequest {
  const { kind, kernel, stride, padding, dilation, activation } = layer;
  const parameters = [
    kinds[kind],
    ...[...kernel, ...stride, ...padding, ...dilation],
    ...[-layer.inputZeroPoint, layer.outputZeroPoint, activation.min, activation.max],
  ];
  const scales = layer.effectiveScales.map(quantizeMultiplier);
  return {
    packed: {
      options: bytesOf(parameters),
      weights: layer.weights,
      index: bytesOf([...layer.bias]),
      records: bytesOf([...scales.map(({ multiplier }) => multiplier), ...scales.map(({ shift }) => shift)]),
    },
    input: layer.input,
    extents: [...layer.inputShape, ...layer.outputShape],
  };
}

/** int32, little endian as this machine and the boards are. */
function bytesOf(values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}
