import { seededRandom } from "../../support/random.js";

/** The seeded generator with what layers are made of. */
export class Random {
  readonly #source;

  constructor(seed: number) {
    this.#source = seededRandom(seed);
  }

  /** In [0, 1). */
  next(): number {
    return this.#source.next();
  }

  /** An integer from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return this.#source.integer(min, max);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.int(0, values.length - 1)]!;
  }

  int8(count: number, min = -128, max = 127): Int8Array {
    return Int8Array.from({ length: count }, () => this.int(min, max));
  }
}
