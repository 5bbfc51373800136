/** How the index of a packed layer cuts its weights into blocks, one bit each; the same for all packed operators. */

import type { PruningUnit } from "../unit.js";

/**
 * Dense weights [filters][positions][channels] in blocks of `unit`: bundle of filters after bundle, in it kernel
 * positions, in it blocks of channels. The last block of a position and the last bundle may be smaller.
 */
export interface BlockGrid {
  filters: number;
  /** Kernel positions; 1 for a fully connected layer. */
  positions: number;
  channels: number;
  unit: PruningUnit;
}

/** A way to store which weights of a layer are there, and where. */
export interface IndexCodec {
  /** Packs dense weights; says why where the way of storing cannot hold them. */
  pack(dense: Int8Array, grid: BlockGrid): PackedBlocks | string;
  /** The inverse, for parts as any file may hold them; says what is wrong where they do not fit each other. */
  unpack(weights: Int8Array, index: Uint8Array, grid: BlockGrid): Int8Array | string;
}

/** Contiguous runs of dense weights, all of the same length and equally far apart, that a block has: one per filter. */
interface BlockRuns {
  start: number;
  stride: number;
  /** Behind the start of the last run. */
  end: number;
  length: number;
}

/** What packing makes of dense weights. */
export interface PackedBlocks {
  /** The kept blocks in index order; in a block the filters one after the other. */
  weights: Int8Array;
  index: Uint8Array;
}

function blocksPerPosition({ channels, unit }: BlockGrid): number {
  return Math.ceil(channels / unit.channels);
}

/** Blocks of a layer, which is bits of its index. */
export function blockCount(grid: BlockGrid): number {
  return Math.ceil(grid.filters / grid.unit.filters) * grid.positions * blocksPerPosition(grid);
}

/** Bytes of the index. */
function indexBytes(grid: BlockGrid): number {
  return Math.ceil(blockCount(grid) / 8);
}

function blockRuns(grid: BlockGrid, block: number): BlockRuns {
  const { filters, positions, channels, unit } = grid;
  const perPosition = blocksPerPosition(grid);
  const channel = (block % perPosition) * unit.channels;
  const position = Math.floor(block / perPosition) % positions;
  const first = Math.floor(block / (perPosition * positions)) * unit.filters;
  const stride = positions * channels;
  const start = first * stride + position * channels + channel;
  const end = start + Math.min(unit.filters, filters - first) * stride;
  return { start, stride, end, length: Math.min(unit.channels, channels - channel) };
}

function hasWeight(dense: Int8Array, { start, stride, end, length }: BlockRuns): boolean {
  for (let run = start; run < end; run += stride) {
    for (let i = run; i < run + length; i++) if (dense[i] !== 0) return true;
  }
  return false;
}

/**
 * Packs dense weights: a block is kept if one of its weights is not zero. At least one block is kept, because TFLM takes
 * a tensor without bytes for one that an operator computes.
 */
function pack(dense: Int8Array, grid: BlockGrid): PackedBlocks {
  const index = new Uint8Array(indexBytes(grid));
  const weights = new Int8Array(dense.length);
  let written = 0;
  const keep = (block: number, { start, stride, end, length }: BlockRuns) => {
    index[block >> 3]! |= 1 << (block & 7);
    for (let run = start; run < end; run += stride) {
      for (let i = run; i < run + length; i++) weights[written++] = dense[i]!;
    }
  };
  const blocks = blockCount(grid);
  for (let block = 0; block < blocks; block++) {
    const runs = blockRuns(grid, block);
    if (hasWeight(dense, runs)) keep(block, runs);
  }
  if (written === 0) keep(0, blockRuns(grid, 0));
  return { weights: weights.slice(0, written), index };
}

function unpack(weights: Int8Array, index: Uint8Array, grid: BlockGrid): Int8Array | string {
  const expected = indexBytes(grid);
  if (index.length !== expected) return `${index.length} bytes of index instead of ${expected}`;
  const otherwise = `the index does not keep ${weights.length} weights`;
  const dense = new Int8Array(grid.filters * grid.positions * grid.channels);
  let read = 0;
  for (let block = 0; block < blockCount(grid); block++) {
    if (((index[block >> 3]! >> (block & 7)) & 1) === 0) continue;
    const { start, stride, end, length } = blockRuns(grid, block);
    for (let run = start; run < end; run += stride) {
      if (read + length > weights.length) return otherwise;
      dense.set(weights.subarray(read, read + length), run);
      read += length;
    }
  }
  return read === weights.length ? dense : otherwise;
}

/** One bit per block. */
export const bitmapIndex: IndexCodec = { pack, unpack };
