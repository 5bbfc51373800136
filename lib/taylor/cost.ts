/** What a choice of shares costs: counts, weights, bytes of flash, latency. All fall as a share rises. */

import { filterletConv, recordBytesPerFilter } from "../pack/format.js";
import type { LayerCut, Shares, TaylorLayer } from "./problem.js";

/** A dense filter beside its weights: int32 bias, and float scale and 64-bit zero point of weights and bias. */
const denseBytesPerFilter = 4 + 2 * 12;

/** Counts are floors of share times size; this keeps a share that was made from a count at that count. */
const rounding = 1e-9;

/** The counts that leave each layer. Only layers with `removal` lose whole filters. */
export function cutsOf(layers: readonly TaylorLayer[], { alpha, beta }: Shares): LayerCut[] {
  return layers.map((layer, l) => {
    const total = layer.filters * layer.positions;
    const filters = layer.removal === undefined ? 0 : Math.floor(beta[l]! * layer.filters + rounding);
    const filterlets = Math.floor((alpha[l]! + beta[l]!) * total + rounding);
    return { filters, filterlets: Math.max(filterlets, filters * layer.positions) };
  });
}

/** Input channels of layer `l` that its source still writes. */
function keptChannels(layers: readonly TaylorLayer[], cuts: readonly LayerCut[], l: number): number {
  const { channels, source } = layers[l]!;
  return source === undefined ? channels : channels - cuts[source]!.filters;
}

/** Weights of layer `l` that stay. */
export function keptWeights(layers: readonly TaylorLayer[], cuts: readonly LayerCut[], l: number): number {
  const { filters, positions } = layers[l]!;
  return (filters * positions - cuts[l]!.filterlets) * keptChannels(layers, cuts, l);
}

/** Weights of the layer before pruning. */
export function denseWeights({ filters, positions, channels }: TaylorLayer): number {
  return filters * positions * channels;
}

/**
 * Bytes of flash of layer `l`: packed (weights, index, records, options), or dense where that is less, minus what its
 * removed filters take along elsewhere.
 */
export function layerFlashBytes(
  layers: readonly TaylorLayer[],
  cuts: readonly LayerCut[],
  l: number,
): number {
  const { filters, positions, removal } = layers[l]!;
  const removed = cuts[l]!.filters;
  const kept = filters - removed;
  const indexBytes = Math.ceil((kept * positions) / 8);
  const packed =
    keptWeights(layers, cuts, l) + indexBytes + recordBytesPerFilter * kept + filterletConv.options.bytes;
  const dense = kept * (positions * keptChannels(layers, cuts, l) + denseBytesPerFilter);
  return Math.min(packed, dense) - removed * (removal?.bytesPerFilter ?? 0);
}

/** Sum over all layers of one of the figures above. */
export function total(
  figure: (layers: readonly TaylorLayer[], cuts: readonly LayerCut[], l: number) => number,
  layers: readonly TaylorLayer[],
  cuts: readonly LayerCut[],
): number {
  return layers.reduce((sum, _, l) => sum + figure(layers, cuts, l), 0);
}

/** Share of the layers' multiply-accumulates that stay: latency where a kernel's time follows its kept weights. */
export function keptMacs(layers: readonly TaylorLayer[], cuts: readonly LayerCut[]): number {
  const all = layers.reduce((sum, { macs }) => sum + macs, 0);
  const kept = layers.reduce(
    (sum, layer, l) => sum + (layer.macs * keptWeights(layers, cuts, l)) / denseWeights(layer),
    0,
  );
  return kept / all;
}
