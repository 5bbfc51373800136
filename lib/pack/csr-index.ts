/**
 * Single weights in compressed sparse rows: per filter the number of its entries (uint16), per entry the distance (uint8) from
 * the place of the one before; the first one's distance is its place. Entries of weight 0 bridge longer distances.
 */

import type { BlockGrid, IndexCodec, PackedBlocks } from "./block-grid.js";

const longestGap = 255;
const mostEntries = 65535;

/** The entries of one filter, as [distance, weight]. */
function entriesOf(filter: Int8Array): [gap: number, weight: number][] {
  const entries: [number, number][] = [];
  let last = 0;
  filter.forEach((weight, place) => {
    if (weight === 0) return;
    for (; place - last > longestGap; last += longestGap) entries.push([longestGap, 0]);
    entries.push([place - last, weight]);
    last = place;
  });
  return entries;
}

function rowsOf(dense: Int8Array, { filters }: BlockGrid): Int8Array[] {
  const places = dense.length / filters;
  return Array.from({ length: filters }, (_, filter) =>
    dense.subarray(filter * places, (filter + 1) * places),
  );
}

function pack(dense: Int8Array, grid: BlockGrid): PackedBlocks | string {
  const filters = rowsOf(dense, grid).map(entriesOf);
  // TFLM takes a tensor without bytes for one that an operator computes.
  if (filters.every((entries) => entries.length === 0)) filters[0]!.push([0, 0]);
  const most = Math.max(...filters.map((entries) => entries.length));
  if (most > mostEntries) return `a filter of ${most} entries, of which ${mostEntries} can be counted`;
  const all = filters.flat();
  const counts = filters.flatMap(({ length }) => [length & 0xff, length >> 8]);
  return {
    weights: Int8Array.from(all, ([, weight]) => weight),
    index: Uint8Array.from([...counts, ...all.map(([gap]) => gap)]),
  };
}

function unpack(weights: Int8Array, index: Uint8Array, grid: BlockGrid): Int8Array | string {
  const { filters, positions, channels } = grid;
  const expected = 2 * filters + weights.length;
  if (index.length !== expected) return `${index.length} bytes of index instead of ${expected}`;
  const places = positions * channels;
  const dense = new Int8Array(filters * places);
  let read = 0;
  for (let filter = 0; filter < filters; filter++) {
    const count = index[2 * filter]! | (index[2 * filter + 1]! << 8);
    let place = 0;
    for (let i = 0; i < count; i++, read++) {
      if (read >= weights.length) return `the index does not keep ${weights.length} weights`;
      place += index[2 * filters + read]!;
      if (place >= places) return `an entry of filter ${filter} lies behind its ${places} weights`;
      // A weight of 0 on the way may stand where another entry has its own.
      if (weights[read] !== 0) dense[filter * places + place] = weights[read]!;
    }
  }
  return read === weights.length ? dense : `the index does not keep ${weights.length} weights`;
}

export const csrIndex: IndexCodec = { pack, unpack };
