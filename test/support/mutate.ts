import type { Random } from "./random.js";

/** A range of byte offsets, the end not included. */
export type Zone = readonly [start: number, end: number];

/** Values that find off-by-one and overflow faults when they land in an offset, a length, an index or a size. */
const nasty = [0, 1, 2, 4, 127, 128, 255, 256, 32767, 65535, 0x7fffffff, 0x80000000, 0xffffffff];

/**
 * A damaged copy of `bytes`: flipped bits, an overwritten word, a moved part or a lost end. Same random, same damage.
 *
 * @param zones where flips and words go; the whole file by default
 */
export function mutate(
  bytes: Uint8Array,
  random: Random,
  zones: readonly Zone[] = [[0, bytes.length]],
): Uint8Array {
  const copy = bytes.slice();
  switch (random.integer(0, 5)) {
    case 0:
      return copy.subarray(0, random.integer(0, copy.length - 1)).slice();
    case 1:
      return movePart(copy, random);
    case 2:
    case 3:
      return overwriteWord(copy, random, zones);
    default:
      return flipBits(copy, random, zones);
  }
}

/** The file without its long constants, which are most of its bytes and hold no structure. `constants` are views on it. */
export function structureZones(bytes: Uint8Array, constants: readonly Uint8Array[]): Zone[] {
  const zones: Zone[] = [];
  let start = 0;
  const long = constants.filter(({ length }) => length > 64).sort((a, b) => a.byteOffset - b.byteOffset);
  for (const { byteOffset, length } of long) {
    const from = byteOffset - bytes.byteOffset;
    zones.push([start, from]);
    start = from + length;
  }
  zones.push([start, bytes.length]);
  return zones.filter(([from, to]) => to - from >= 4);
}

function pick(random: Random, zones: readonly Zone[]): number {
  let rest = random.integer(0, zones.reduce((sum, [from, to]) => sum + to - from, 0) - 1);
  for (const [from, to] of zones) {
    if (rest < to - from) return from + rest;
    rest -= to - from;
  }
  throw new Error("no zones to damage");
}

function flipBits(copy: Uint8Array, random: Random, zones: readonly Zone[]): Uint8Array {
  for (let count = random.integer(1, 4); count > 0; count--) {
    const at = pick(random, zones);
    copy[at] = copy[at]! ^ (1 << random.integer(0, 7));
  }
  return copy;
}

function overwriteWord(copy: Uint8Array, random: Random, zones: readonly Zone[]): Uint8Array {
  const at = Math.min(pick(random, zones), copy.length - 4) & ~3;
  new DataView(copy.buffer).setUint32(at, nasty[random.integer(0, nasty.length - 1)]!, true);
  return copy;
}

function movePart(copy: Uint8Array, random: Random): Uint8Array {
  const length = random.integer(1, 64);
  const from = random.integer(0, copy.length - length);
  return copy.copyWithin(random.integer(0, copy.length - length), from, from + length);
}
