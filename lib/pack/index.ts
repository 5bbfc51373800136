/** The pack stage: pruned layers as packed operators, then the lossless diet of the whole file. */

import type { WeightLayer } from "../layers.js";
import type { PrunedLayer, PrunedModel, Storage } from "../pruned-model.js";
import { mainGraph } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import { packBlockFullyConnectedLayer } from "./block-fc-layer.js";
import { packConvLayer } from "./conv-layer.js";
import { packCsrFullyConnectedLayer } from "./csr-fc-layer.js";
import { diet } from "./diet.js";
import type { DietStep } from "./diet-steps.js";
import {
  blockFullyConnected,
  csrConv,
  csrFullyConnected,
  filterletConv,
  type PackedFormat,
  packedFormats,
  patternConv,
} from "./format.js";
import { type DenseLayer, type PackedBytes, type PackResult, partBytes } from "./packed-parts.js";
import { packOperators } from "./rewrite.js";
import { scratchBytes } from "./scratch.js";

/** What became of one pruned layer. */
export interface PackedLayer {
  operator: number;
  /** Weights, bias and quantisation of the dense layer. */
  denseBytes: number;
  /** Name of the packed operator, and its weights, index, records and options; absent for a layer that stayed dense. */
  op?: string;
  packed?: PackedBytes;
  packedBytes: number;
  /** Why the layer stayed dense. */
  reason?: string;
}

export interface PackedModel {
  model: Model;
  bytes: Uint8Array;
  layers: PackedLayer[];
  /** As it was before the diet. */
  fat: Model;
}

/** Bytes per channel of a quantised constant: a float scale, and a 64-bit zero point. */
const [scaleBytes, zeroPointBytes] = [4, 8];

/**
 * Bytes of a stock layer's weights, bias and quantisation.
 *
 * @param sharing whether zero points, which layers have alike, count as written once for all
 */
export function stockBytes(model: Model, layer: WeightLayer, sharing = false): number {
  const quantizationBytes = scaleBytes + (sharing ? 0 : zeroPointBytes);
  const { tensors } = mainGraph(model);
  const quantised = [layer.filterTensor, layer.biasTensor]
    .map((tensor) => tensors[tensor]?.quantization?.scale?.length ?? 0)
    .reduce((sum, channels) => sum + channels * quantizationBytes, 0);
  const bias = layer.biasTensor < 0 ? 0 : 4 * layer.bias.length;
  return layer.weights.length + bias + quantised;
}

const convFormats = { blocks: filterletConv, patterns: patternConv, csr: csrConv } as const;

/** The packed operator that a layer becomes when it is stored so; patterns are for convolutions only. */
function formatFor({ kind }: WeightLayer, storage: Storage): PackedFormat {
  if (kind === "conv") return convFormats[storage];
  return storage === "csr" ? csrFullyConnected : blockFullyConnected;
}

/** Packs one layer as it is to be stored. */
function packLayer(model: Model, pruned: PrunedLayer): PackResult {
  const { layer, unit, storage = "blocks" } = pruned;
  const { geometry } = layer;
  const scales = mainGraph(model).tensors[layer.filterTensor]!.quantization?.scale?.length;
  const common: DenseLayer = {
    weights: pruned.weights,
    bias: pruned.bias,
    activation: layer.activation,
    inputScale: layer.inputScale,
    inputZeroPoint: layer.inputZeroPoint,
    // TFLM multiplies a single scale in another precision than one of many.
    filterScales: scales === 1 ? pruned.filterScales.subarray(0, 1) : pruned.filterScales,
    outputScale: layer.outputScale,
    outputZeroPoint: layer.outputZeroPoint,
  };
  const blockChannels = storage === "blocks" ? Math.min(unit.channels, geometry.inputChannels) : 1;
  if (layer.kind === "fullyConnected") {
    const connected = { ...common, outputs: geometry.outputChannels, inputs: geometry.inputChannels };
    if (storage === "csr") return packCsrFullyConnectedLayer(connected);
    const blockOutputs = Math.min(unit.filters, geometry.outputChannels);
    return packBlockFullyConnectedLayer({ ...connected, blockOutputs, blockInputs: blockChannels });
  }
  const conv = {
    ...common,
    outputChannels: geometry.outputChannels,
    kernelHeight: geometry.kernelHeight,
    kernelWidth: geometry.kernelWidth,
    inputChannels: geometry.inputChannels,
    blockChannels,
    strideHeight: geometry.strideHeight,
    strideWidth: geometry.strideWidth,
    dilationHeight: geometry.dilationHeight,
    dilationWidth: geometry.dilationWidth,
    padding: layer.padding,
  };
  return packConvLayer(conv, convFormats[storage]);
}

/**
 * Packs every pruned layer that gets smaller by it and puts the file through the given diet steps.
 *
 * @param evenIfLarger packs the others as well
 */
export function pack(pruned: PrunedModel, steps: readonly DietStep[], evenIfLarger = false): PackedModel {
  const replacements: Parameters<typeof packOperators>[1] = [];
  const layers = pruned.layers.map((layer): PackedLayer => {
    const dense = stockBytes(pruned.model, layer.layer);
    const stays = { operator: layer.operator, denseBytes: dense, packedBytes: dense };
    const result = packLayer(pruned.model, layer);
    if (!result.ok) return { ...stays, reason: `${result.reason}: ${result.detail}` };
    const bytes = partBytes(result.parts);
    const packedBytes = Object.values(bytes).reduce((sum, part) => sum + part, 0);
    if (packedBytes >= dense && !evenIfLarger)
      return { ...stays, reason: `packed it would take ${packedBytes} bytes` };
    const { op } = formatFor(layer.layer, layer.storage ?? "blocks");
    const scratch = scratchBytes(layer.layer, layer.unit, layer.storage ?? "blocks");
    replacements.push({ pruned: layer, op, parts: result.parts, scratchBytes: scratch });
    return { operator: layer.operator, denseBytes: dense, op, packed: bytes, packedBytes };
  });
  const fat = packOperators(pruned.model, replacements);
  return { ...diet(fat, steps), layers, fat };
}

/** Names of the packed operators that these layers can become, each once, in the order in which firmware registers them. */
export function packableOps(layers: readonly WeightLayer[], storage: Storage | "dense"): string[] {
  if (storage === "dense") return [];
  const packable = layers.filter(({ kind }) => kind === "conv" || storage !== "patterns");
  return inOrder(packable.map((layer) => formatFor(layer, storage).op));
}

/** Names of the packed operators that a packed model has, likewise. */
export function usedPackedOps({ layers }: PackedModel): string[] {
  return inOrder(layers.flatMap(({ op }) => op ?? []));
}

function inOrder(ops: readonly string[]): string[] {
  return packedFormats.map(({ op }) => op).filter((op) => ops.includes(op));
}
