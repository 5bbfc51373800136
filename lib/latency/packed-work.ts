/** The work of the packed kernels in portable C and with the DSP extension; `mve-work.ts` has those of MVE. */

import type { NativeGeometry } from "../native/addon-types.js";
import type { PruningUnit } from "../unit.js";
import type { KernelWork } from "./work.js";

/** What the packed kernels see of a layer; a fully connected one is a 1x1 conv over its rows. */
export interface PackedShape {
  kind: "conv" | "fullyConnected";
  geometry: Omit<NativeGeometry, "padTop" | "padLeft">;
}

/** A packed layer, its blocks and the share of its weights that is stored, 0..1. */
export interface PackedLayerShape extends PackedShape {
  unit: PruningUnit;
  share: number;
}

/** Output positions that share one pass over the weights. */
const group = 4;

/** Positions of a tile of a 1x1 conv with DSP; with many channels they are fewer, which costs little. */
const tilePositions = 32;

/** Weights of a layer with everything kept. */
export function denseWeights({ kernelHeight, kernelWidth, ...g }: PackedShape["geometry"]): number {
  return g.outputChannels * kernelHeight * kernelWidth * g.inputChannels;
}

/** Whether every output position reads one input position and none is left out. */
export function isPointwise({ kernelHeight, kernelWidth, ...g }: PackedShape["geometry"]): boolean {
  return kernelHeight * kernelWidth * g.strideHeight * g.strideWidth === 1;
}

/** Rows or columns of the padded input that some tap reads. */
function reach(outputs: number, stride: number, kernel: number, dilation: number): number {
  return Math.min((outputs - 1) * stride + (kernel - 1) * dilation + 1, outputs * kernel);
}

/** Values of the padded input that some tap reads, with so many per position. */
export function linedUp(g: PackedShape["geometry"], values: number): number {
  const height = reach(g.outputHeight, g.strideHeight, g.kernelHeight, g.dilationHeight);
  const width = reach(g.outputWidth, g.strideWidth, g.kernelWidth, g.dilationWidth);
  return height * width * values;
}

/** `value` rounded up to a multiple of `step`. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** Blocks of a kernel position of one filter, and of all positions and bundles of filters. */
export function blocksOf({ geometry: g, unit }: PackedLayerShape): { perTap: number; all: number } {
  const perTap = Math.ceil(g.inputChannels / unit.channels);
  return {
    perTap,
    all: Math.ceil(g.outputChannels / unit.filters) * g.kernelHeight * g.kernelWidth * perTap,
  };
}

/**
 * Runs of kept blocks that are neighbours, of rows of `length` blocks in which a share is kept at random. Beyond the share
 * with the most runs there are fewer of them again; they are not taken for fewer, so that less pruning is never cheaper.
 */
function runsOf(blocks: number, length: number, share: number): number {
  const joined = 1 - 1 / length;
  const most = joined > 0 ? Math.min(share, 1 / (2 * joined)) : share;
  return blocks * most * (1 - joined * most);
}

/** Groups of positions, and the rows that they are taken from. */
function groupsAndRows(g: PackedShape["geometry"], tile: number): { groups: number; rows: number } {
  const all = g.outputHeight * g.outputWidth;
  return isPointwise(g)
    ? { groups: Math.ceil(all / group), rows: Math.ceil(all / tile) }
    : { groups: g.outputHeight * Math.ceil(g.outputWidth / group), rows: g.outputHeight };
}

/** A conv in portable C: the index is read at every group. */
export function portableConvWork(layer: PackedLayerShape): KernelWork {
  const { geometry: g, share } = layer;
  const { groups, rows } = groupsAndRows(g, Number.POSITIVE_INFINITY);
  const taps = g.kernelHeight * g.kernelWidth;
  const { perTap, all } = blocksOf(layer);
  const runs = runsOf(all, perTap > 1 ? perTap : g.kernelWidth, share);
  return {
    kernel: isPointwise(g) ? "pointwise" : "window",
    work: {
      weights: share * denseWeights(g) * groups,
      runs: runs * groups,
      outputs: g.outputChannels * groups,
      index: perTap > 1 ? g.outputChannels * taps * groups : 0,
      input: linedUp(g, g.inputChannels),
      rows,
      layer: 1,
    },
  };
}

/**
 * A conv with DSP: the index is decoded once per row to a list of runs, of whole quads of weights. Whole filterlets have a
 * decoder of their own.
 */
export function dspConvWork(layer: PackedLayerShape): KernelWork {
  const { geometry: g, share, unit } = layer;
  const { groups, rows } = groupsAndRows(g, tilePositions);
  const taps = g.kernelHeight * g.kernelWidth;
  const { perTap, all } = blocksOf(layer);
  const last = g.inputChannels - (perTap - 1) * unit.channels;
  const quads = ((perTap - 1) * roundUp(unit.channels, 4) + roundUp(last, 4)) / g.inputChannels;
  // Channels that are no whole quads take a step back at the end of their block, which is a run as well.
  const ragged = g.inputChannels % 4 === 0 ? 0 : (share * all) / perTap;
  const runs = runsOf(all, perTap, share) + ragged;
  const width = isPointwise(g) ? g.outputHeight * g.outputWidth : g.outputWidth;
  return {
    kernel: isPointwise(g) ? "pointwise" : "window",
    work: {
      weights: share * quads * denseWeights(g) * groups,
      runs: runs * groups,
      outputs: g.outputChannels * groups,
      listedFilterlets: perTap > 1 ? 0 : runs * rows,
      listedBlocks: perTap > 1 ? runs * rows : 0,
      index: perTap > 1 ? g.outputChannels * taps * rows : 0,
      filters: g.outputChannels * rows,
      narrow: width < group ? g.outputChannels * rows : 0,
      input: linedUp(g, roundUp(g.inputChannels, 4)),
      rows,
      layer: 1,
    },
  };
}

/**
 * A fully connected layer, row by row.
 *
 * @param tiles whether its blocks are those that the kernel has an inner loop of its own for
 */
export function fullyConnectedWork(layer: PackedLayerShape, tiles: boolean): KernelWork {
  const { geometry: g, share, unit } = layer;
  const rows = g.outputHeight * g.outputWidth;
  const { all } = blocksOf(layer);
  const bundles = Math.ceil(g.outputChannels / unit.filters);
  const weights = share * denseWeights(g) * rows;
  return {
    kernel: tiles ? "tiles" : "fullyConnected",
    work: {
      weights,
      blocks: share * all * rows,
      // The last bundle has fewer outputs, and a slower loop.
      remainder: (weights * (g.outputChannels % unit.filters)) / g.outputChannels,
      index: all * rows,
      bundles: bundles * rows,
      outputs: g.outputChannels * rows,
      layer: 1,
    },
  };
}
