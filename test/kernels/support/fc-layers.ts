import {
  type DenseFullyConnectedLayer,
  packBlockFullyConnectedLayer,
} from "../../../lib/pack/block-fc-layer.js";
import {
  activationRange,
  effectiveScale,
  type FusedActivation,
  perTensorEffectiveScale,
  quantizeMultiplier,
} from "../../../lib/pack/quantize-multiplier.js";
import type { Random } from "./random.js";
import { multiplyByQuantizedMultiplier } from "./reference.js";
import type { RunnerRequest } from "./requests.js";
import { randomFilterScales } from "./scales.js";

/** What `randomFcLayer` may be told; the rest is drawn. */
export interface FcWish extends Partial<DenseFullyConnectedLayer> {
  /** Share of blocks that are zero. */
  pruned?: number;
}

/** A seeded fully connected layer whose outputs use the whole int8 range; half of them have a single filter scale. */
export function randomFcLayer(random: Random, wish: FcWish = {}): DenseFullyConnectedLayer {
  const { pruned = 0.5, ...given } = wish;
  const inputs = given.inputs ?? random.int(1, 70);
  const outputs = given.outputs ?? random.int(1, 14);
  const blockInputs = given.blockInputs ?? random.int(1, inputs);
  const blockOutputs = given.blockOutputs ?? random.int(1, Math.min(4, outputs));
  const weights = random.int8(outputs * inputs);
  for (let output = 0; output < outputs; output += blockOutputs) {
    for (let input = 0; input < inputs; input += blockInputs) {
      if (random.next() >= pruned) continue;
      const end = Math.min(input + blockInputs, inputs);
      for (let o = output; o < Math.min(output + blockOutputs, outputs); o++) {
        weights.fill(0, o * inputs + input, o * inputs + end);
      }
    }
  }
  const scales = { inputScale: 0.02 + random.next(), outputScale: 0.5 + random.next() };
  return {
    inputs,
    outputs,
    blockInputs,
    blockOutputs,
    weights,
    bias: Int32Array.from({ length: outputs }, () => random.int(-20000, 20000)),
    activation: random.int(0, 3),
    ...scales,
    inputZeroPoint: random.pick([-128, 127, 0, random.int(-128, 127)]),
    filterScales: randomFilterScales(random, random.pick([1, outputs]), inputs, scales),
    outputZeroPoint: random.int(-128, 127),
    ...given,
  };
}

/** Packs `layer`, which must be packable, for rows of inputs. */
export function packFcRequest(layer: DenseFullyConnectedLayer, input: Int8Array): RunnerRequest {
  const result = packBlockFullyConnectedLayer(layer);
  if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`);
  const rows = input.length / layer.inputs;
  return { packed: result.parts, input, extents: [input.length, rows, layer.outputs] };
}

/** TFLite's reference int8 FullyConnected, written down plainly: the yardstick for every kernel. */
export function referenceFullyConnected(layer: DenseFullyConnectedLayer, input: Int8Array): Int8Array {
  const { inputs, outputs, filterScales, inputScale, outputScale, outputZeroPoint } = layer;
  const clamp = activationRange(layer.activation as FusedActivation, outputScale, outputZeroPoint);
  const single = filterScales.length === 1;
  return Int8Array.from({ length: (input.length / inputs) * outputs }, (_, at) => {
    const output = at % outputs;
    const row = (at - output) / outputs;
    let sum = layer.bias?.[output] ?? 0;
    for (let i = 0; i < inputs; i++) {
      sum += layer.weights[output * inputs + i]! * (input[row * inputs + i]! - layer.inputZeroPoint);
    }
    const scale = single ? perTensorEffectiveScale : effectiveScale;
    const real = scale(inputScale, filterScales[single ? 0 : output]!, outputScale);
    const { multiplier, shift } = quantizeMultiplier(real);
    const scaled = multiplyByQuantizedMultiplier(sum, multiplier, shift);
    return Math.min(clamp.max, Math.max(clamp.min, (scaled + outputZeroPoint) | 0));
  });
}
