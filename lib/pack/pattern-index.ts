/**
 * 3x3 kernels in patterns of four weights: the arrays of PatDNN's FKW format (Niu et al., ASPLOS 2020, section 5.2) without those
 * that follow from the others. Filters are stored by their number of kernels, the kernels of a filter by pattern:
 *
 *     uint8 patterns | uint8 taps[patterns][4] | uint16 reorder[filters] | uint8 stride[filters][patterns] | uint8 channel[kernels]
 */

import type { BlockGrid, IndexCodec, PackedBlocks } from "./block-grid.js";

const taps = 9;
const perPattern = 4;
const mostPatterns = 8;
const centre = 4;

/** A kernel with weights: its filter and channel, the taps that have one, and the number of its pattern. */
interface Kernel {
  filter: number;
  channel: number;
  mask: number;
  pattern: number;
}

function tapsOf(mask: number): number[] {
  return Array.from({ length: taps }, (_, tap) => tap).filter((tap) => (mask >> tap) & 1);
}

/** A pattern of four taps with all of the mask's; the centre and the first others fill it up. */
function patternFor(mask: number): number {
  let pattern = mask;
  for (const tap of [centre, ...Array.from({ length: taps }, (_, i) => i)]) {
    if (tapsOf(pattern).length < perPattern) pattern |= 1 << tap;
  }
  return pattern;
}

function place({ channels }: BlockGrid, filter: number, tap: number, channel: number): number {
  return (filter * taps + tap) * channels + channel;
}

function kernelsOf(dense: Int8Array, grid: BlockGrid): Kernel[] {
  const kernels: Kernel[] = [];
  for (let filter = 0; filter < grid.filters; filter++) {
    for (let channel = 0; channel < grid.channels; channel++) {
      let mask = 0;
      for (let tap = 0; tap < taps; tap++) {
        if (dense[place(grid, filter, tap, channel)] !== 0) mask |= 1 << tap;
      }
      if (mask !== 0) kernels.push({ filter, channel, mask, pattern: -1 });
    }
  }
  return kernels;
}

/** Gives every kernel a pattern that has all of its taps; those with most taps come first. Returns the patterns. */
function assign(kernels: readonly Kernel[]): number[] {
  const patterns: number[] = [];
  const fullest = [...kernels].sort((a, b) => tapsOf(b.mask).length - tapsOf(a.mask).length);
  for (const kernel of fullest) {
    const known = patterns.findIndex((pattern) => (kernel.mask & ~pattern) === 0);
    kernel.pattern = known >= 0 ? known : patterns.push(patternFor(kernel.mask)) - 1;
  }
  return patterns;
}

function pack(dense: Int8Array, grid: BlockGrid): PackedBlocks | string {
  if (grid.positions !== taps) return `kernels of ${grid.positions} weights, not of ${taps}`;
  if (grid.channels > 255) return `${grid.channels} input channels, of which 255 can be told apart`;
  const kernels = kernelsOf(dense, grid);
  // TFLM takes a tensor without bytes for one that an operator computes.
  if (kernels.length === 0) kernels.push({ filter: 0, channel: 0, mask: 1 << centre, pattern: -1 });
  const most = Math.max(...kernels.map(({ mask }) => tapsOf(mask).length));
  if (most > perPattern) return `a kernel of ${most} weights, more than a pattern has`;
  const patterns = assign(kernels);
  if (patterns.length > mostPatterns) return `${patterns.length} patterns, more than ${mostPatterns}`;
  const byFilter = Array.from({ length: grid.filters }, (_, filter) =>
    kernels.filter((kernel) => kernel.filter === filter).sort((a, b) => a.pattern - b.pattern),
  );
  const order = [...byFilter.keys()].sort((a, b) => byFilter[a]!.length - byFilter[b]!.length || a - b);
  const stored = order.flatMap((filter) => byFilter[filter]!);
  const strides = order.flatMap((filter) =>
    patterns.map((_, pattern) => byFilter[filter]!.filter((kernel) => kernel.pattern === pattern).length),
  );
  const index = [
    patterns.length,
    ...patterns.flatMap(tapsOf),
    ...order.flatMap((filter) => [filter & 0xff, filter >> 8]),
    ...strides,
    ...stored.map(({ channel }) => channel),
  ];
  const weights = stored.flatMap(({ filter, channel, pattern }) =>
    tapsOf(patterns[pattern]!).map((tap) => dense[place(grid, filter, tap, channel)]!),
  );
  return { weights: Int8Array.from(weights), index: Uint8Array.from(index) };
}

function unpack(weights: Int8Array, index: Uint8Array, grid: BlockGrid): Int8Array | string {
  const { filters, channels } = grid;
  const count = index[0] ?? 0;
  if (grid.positions !== taps) return `kernels of ${grid.positions} weights, not of ${taps}`;
  if (count < 1 || count > mostPatterns) return `${count} patterns, not 1 to ${mostPatterns}`;
  const [orderAt, stridesAt] = [1 + perPattern * count, 1 + perPattern * count + 2 * filters];
  const channelsAt = stridesAt + filters * count;
  const expected = channelsAt + weights.length / perPattern;
  if (index.length !== expected) return `${index.length} bytes of index instead of ${expected}`;
  const patterns = Array.from({ length: count }, (_, p) => [
    ...index.subarray(1 + perPattern * p, 1 + perPattern * (p + 1)),
  ]);
  const ascending = (places: number[]) =>
    places.every((tap, i) => tap < taps && (i === 0 || tap > places[i - 1]!));
  if (!patterns.every(ascending)) return "a pattern is not of four ascending places of nine";
  const order = Array.from(
    { length: filters },
    (_, f) => index[orderAt + 2 * f]! | (index[orderAt + 2 * f + 1]! << 8),
  );
  if (new Set(order).size !== filters || order.some((filter) => filter >= filters)) {
    return "the order of the filters does not name each once";
  }
  const dense = new Int8Array(filters * taps * channels);
  let kernel = 0;
  for (const [stored, filter] of order.entries()) {
    for (const [pattern, places] of patterns.entries()) {
      for (let left = index[stridesAt + stored * count + pattern]!; left > 0; left--, kernel++) {
        if (perPattern * kernel >= weights.length) return `the index does not keep ${weights.length} weights`;
        const channel = index[channelsAt + kernel]!;
        if (channel >= channels) return `a kernel of channel ${channel}, and there are ${channels}`;
        places.forEach((tap, i) => {
          dense[place(grid, filter, tap, channel)] = weights[perPattern * kernel + i]!;
        });
      }
    }
  }
  return perPattern * kernel === weights.length ? dense : `the index does not keep ${weights.length} weights`;
}

export const patternIndex: IndexCodec = { pack, unpack };
