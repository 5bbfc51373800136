/**
 * A small seeded generator of pseudo-random numbers, so that one seed gives one result on every machine.
 * Algorithm: SplitMix32, a 32-bit counter with the finaliser of MurmurHash3 (constants by C. Wellons,
 * "Prospecting for Hash Functions", 2018). Period 2^32; for sampling, never for secrets.
 */
export class Random {
  #state: number;

  /** @param seed any integer; its low 32 bits count */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number in 0..2^32-1. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }

  /** A number in [0, 1). */
  float(): number {
    return this.next() / 2 ** 32;
  }

  /** A whole number in 0..bound-1, every one equally likely; bound is 1..2^32. */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let value = this.next();
    while (value >= limit) value = this.next();
    return value % bound;
  }

  /** The numbers 0..total-1 in a random order. */
  shuffle(total: number): number[] {
    return this.drawFirst(total, total);
  }

  /**
   * Chooses `count` of the numbers 0..total-1 without repetition, in ascending order.
   * When `count` is `total` or more, all of them.
   */
  choose(total: number, count: number): number[] {
    if (count >= total) return Array.from({ length: total }, (_, i) => i);
    return this.drawFirst(total, count).sort((a, b) => a - b);
  }

  /** The first `count` places of a Fisher-Yates shuffle of 0..total-1. */
  private drawFirst(total: number, count: number): number[] {
    const all = Array.from({ length: total }, (_, i) => i);
    for (let i = 0; i < count; i++) {
      const j = i + this.below(total - i);
      [all[i], all[j]] = [all[j]!, all[i]!];
    }
    return all.slice(0, count);
  }
}
