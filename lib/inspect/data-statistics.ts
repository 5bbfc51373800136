/** What recorded values are like, gathered sample by sample. */

import type { Elements } from "../data/elements.js";

export interface ValueStatistics {
  min: number;
  max: number;
  mean: number;
  /** Of all values together. */
  std: number;
}

/** Gathers statistics in one pass (Chan, Golub, LeVeque, "Updating Formulae and a Pairwise Algorithm", 1979). */
export class Statistics {
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #mean = 0;
  /** Sum of squared distances from the mean. */
  #spread = 0;
  /** Values that are NaN or infinite; they are left out of everything else. */
  notFinite = 0;

  add(values: Elements): void {
    let count = 0;
    let sum = 0;
    for (const value of values) {
      const number = Number(value);
      if (!Number.isFinite(number)) continue;
      count++;
      sum += number;
      if (number < this.#min) this.#min = number;
      if (number > this.#max) this.#max = number;
    }
    this.notFinite += values.length - count;
    if (count === 0) return;
    const mean = sum / count;
    let spread = 0;
    for (const value of values) {
      const number = Number(value);
      if (Number.isFinite(number)) spread += (number - mean) ** 2;
    }
    const all = this.#count + count;
    const shift = mean - this.#mean;
    this.#spread += spread + (shift ** 2 * this.#count * count) / all;
    this.#mean += (shift * count) / all;
    this.#count = all;
  }

  /** Undefined while there are no finite values. */
  result(): ValueStatistics | undefined {
    if (this.#count === 0) return undefined;
    return { min: this.#min, max: this.#max, mean: this.#mean, std: Math.sqrt(this.#spread / this.#count) };
  }
}

/** Statistics of value * scale + offset. */
export function scaled(of: ValueStatistics, scale: number, offset: number): ValueStatistics {
  const at = (value: number) => value * scale + offset;
  return { min: at(of.min), max: at(of.max), mean: at(of.mean), std: of.std * scale };
}
