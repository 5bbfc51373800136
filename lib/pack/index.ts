/** The pack stage: pruned layers as packed operators, then the lossless diet of the whole file. */

import { positions } from "../layers.js";
import type { PrunedLayer, PrunedModel } from "../prune.js";
import { mainGraph } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import { type DietResult, diet } from "./diet.js";
import type { DietStep } from "./diet-steps.js";
import { type PackedFilterletLayer, packFilterletLayer } from "./filterlet-layer.js";
import { packOperators } from "./rewrite.js";

/** What became of one pruned layer. */
export interface PackedLayer {
  operator: number;
  /** Weights, bias and quantisation of the dense layer. */
  denseBytes: number;
  /** Weights, index, records and options; absent for a layer that stayed dense. */
  packed?: PackedFilterletLayer["bytes"];
  packedBytes: number;
  /** Why the layer stayed dense. */
  reason?: string;
}

export interface PackedModel {
  model: Model;
  bytes: Uint8Array;
  layers: PackedLayer[];
  diet: DietResult["steps"];
}

/** Bytes per channel of a quantised constant: float scale and 64-bit zero point. */
const quantizationBytes = 12;

function denseBytes(model: Model, pruned: PrunedLayer): number {
  const { tensors } = mainGraph(model);
  const { layer } = pruned;
  const quantised = [layer.filterTensor, layer.biasTensor]
    .map((tensor) => tensors[tensor]!.quantization?.scale?.length ?? 0)
    .reduce((sum, channels) => sum + channels * quantizationBytes, 0);
  return pruned.weights.length + 4 * pruned.bias.length + quantised;
}

function packLayer(pruned: PrunedLayer) {
  const { layer, weights, bias } = pruned;
  return packFilterletLayer({
    outputChannels: layer.geometry.outputChannels,
    kernelHeight: layer.geometry.kernelHeight,
    kernelWidth: layer.geometry.kernelWidth,
    inputChannels: weights.length / (layer.geometry.outputChannels * positions(layer)),
    weights,
    bias,
    strideHeight: layer.geometry.strideHeight,
    strideWidth: layer.geometry.strideWidth,
    dilationHeight: layer.geometry.dilationHeight,
    dilationWidth: layer.geometry.dilationWidth,
    padding: layer.padding,
    activation: layer.activation,
    inputScale: layer.inputScale,
    inputZeroPoint: layer.inputZeroPoint,
    filterScales: layer.filterScales,
    outputScale: layer.outputScale,
    outputZeroPoint: layer.outputZeroPoint,
  });
}

/** Packs every pruned layer that gets smaller by it and puts the file through the given diet steps. */
export function pack(pruned: PrunedModel, steps: readonly DietStep[]): PackedModel {
  const replacements: Parameters<typeof packOperators>[1] = [];
  const layers = pruned.layers.map((layer): PackedLayer => {
    const dense = denseBytes(pruned.model, layer);
    const stays = { operator: layer.operator, denseBytes: dense, packedBytes: dense };
    const result = packLayer(layer);
    if (!result.ok) return { ...stays, reason: `${result.reason}: ${result.detail}` };
    const packedBytes = Object.values(result.layer.bytes).reduce((sum, bytes) => sum + bytes, 0);
    if (packedBytes >= dense) return { ...stays, reason: `packed it would take ${packedBytes} bytes` };
    replacements.push({ pruned: layer, packed: result.layer });
    return { operator: layer.operator, denseBytes: dense, packed: result.layer.bytes, packedBytes };
  });
  const slim = diet(packOperators(pruned.model, replacements), steps);
  return { model: slim.model, bytes: slim.bytes, layers, diet: slim.steps };
}
