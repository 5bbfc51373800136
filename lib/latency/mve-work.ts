/** The work of the packed kernels with MVE. docs/kernels.md explains cells, stacked rows and folded inputs. */

import {
  blocksOf,
  denseWeights,
  isPointwise,
  linedUp,
  type PackedLayerShape,
  type PackedShape,
  roundUp,
} from "./packed-work.js";
import type { KernelWork } from "./work.js";

/** Bytes of a vector, output positions of a group, and positions of a tile of a 1x1 conv. */
const vector = 16;
const group = 8;
const tilePositions = 32;

/** Bytes of input of a tile, and of weights that are expanded at a time. */
const tileBytes = 2048;

/** Output rows that are computed together, so that narrow ones fill a group. */
function stackedRows(height: number, width: number): number {
  let rows = group;
  while (rows > height || (rows > 1 && rows * (width - 1) >= group)) rows /= 2;
  return rows;
}

/** Groups of positions, and the rows or tiles that they are taken from. */
function groupsAndRows(g: PackedShape["geometry"]): { groups: number; rows: number } {
  const all = g.outputHeight * g.outputWidth;
  if (isPointwise(g)) {
    const fitting = Math.floor(tileBytes / roundUp(g.inputChannels, vector) / group) * group;
    const width = Math.min(all, tilePositions, Math.max(group, fitting));
    const rows = Math.ceil(all / width);
    return { groups: rows * Math.ceil(width / group), rows };
  }
  const stacked = stackedRows(g.outputHeight, g.outputWidth);
  const rows = Math.ceil(g.outputHeight / stacked);
  return { groups: rows * Math.ceil((g.outputWidth * stacked) / group), rows };
}

/** Vectors of a filter's weights: a filterlet of few channels is a part of a vector that holds a whole kernel row. */
function vectorsOf({ geometry: g, unit }: PackedLayerShape): number {
  const folded = g.inputChannels < vector && g.inputChannels % unit.channels === 0 && g.kernelWidth > 1;
  return folded
    ? g.kernelHeight * Math.ceil((g.inputChannels * g.kernelWidth) / vector)
    : g.kernelHeight * g.kernelWidth * Math.ceil(g.inputChannels / vector);
}

/** Vectors that one step multiplies: as many as divide a block, and no more than 32 steps for a filter. */
function cellVectors({ geometry: g, unit }: PackedLayerShape): number {
  const steps = (vectors: number) => (g.kernelHeight * g.kernelWidth * g.inputChannels) / (vector * vectors);
  return [8, 4, 2].find((n) => unit.channels % (vector * n) === 0 && steps(n) <= 32) ?? 1;
}

/** A conv: blocks of whole vectors are multiplied where they lie, others are expanded to vectors before. */
export function mveConvWork(layer: PackedLayerShape): KernelWork {
  const { geometry: g, share, unit } = layer;
  const filters = g.outputChannels;
  const { all } = blocksOf(layer);
  const { groups, rows } = groupsAndRows(g);
  const family = isPointwise(g) ? "pointwise" : "window";
  const common = { outputs: filters * groups, index: all, filters, layer: 1 };
  const input = linedUp(g, roundUp(g.inputChannels, vector));
  const vectors = vectorsOf(layer);
  if (g.inputChannels % unit.channels === 0 && unit.channels % vector === 0) {
    const cells = vectors / cellVectors(layer);
    const kept = share * filters;
    const work = { ...common, vectors: kept * vectors * groups, cells: kept * cells * groups };
    return { kernel: family, work: { ...work, input, table: cells * rows, rows } };
  }
  const perVector = Math.max(1, all / filters / vectors);
  const kept = filters * vectors * (1 - (1 - share) ** perVector);
  // The input is laid out anew for every lot of expanded filters.
  const lots = Math.ceil(filters / Math.max(1, Math.floor(tileBytes / vector / vectors)));
  return {
    kernel: `${family}Expanded`,
    work: {
      ...common,
      vectors: kept * groups,
      blocks: share * all,
      weights: share * denseWeights(g),
      input: input * lots,
      table: vectors * rows * lots,
      rows: rows * lots,
    },
  };
}
