import type { PackedParts } from "../../../lib/pack/packed-parts.js";
import type { Random } from "./random.js";

/**
 * Changes one to three random bytes, sizes or extents of a packed layer, in place.
 *
 * @param extents gives the extents of which one may be changed
 */
export function corruptParts(packed: PackedParts, random: Random, extents: () => number[]): void {
  for (let changes = random.int(1, 3); changes > 0; changes--) {
    const name = random.pick(["options", "weights", "index", "records"] as const);
    const part = packed[name];
    const kind = random.int(0, 9);
    if (kind < 6) part[random.int(0, part.length - 1)] = random.pick([0, 1, 2, 127, 255, random.int(0, 255)]);
    else if (kind === 6) packed[name] = part.slice(0, random.int(0, part.length)) as never;
    else if (kind === 7)
      packed[name] = (part instanceof Int8Array ? Int8Array : Uint8Array).from([...part, 0]) as never;
    else {
      const changed = extents();
      changed[random.int(0, changed.length - 1)] = random.pick([0, -1, 1, 2, 8, 70000, 2 ** 31 - 1]);
    }
  }
}
