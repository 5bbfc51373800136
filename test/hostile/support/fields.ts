/** Damage below the checks of the file format: a well-formed file in which one field holds a value that it should not. */

import { DtmmError } from "../../../lib/errors/index.js";
import type { Model } from "../../../lib/tflite/model.js";
import { writeModel } from "../../../lib/tflite/writer.js";
import type { Random } from "../../support/random.js";

/** Borders of the integer types and of what shapes, indices and sizes may be. */
const integers = [0, 1, -1, 2, 3, 7, 127, 128, 255, 256, -128, 32767, 65536, 2 ** 31 - 1, -(2 ** 31)];
const reals = [0, -1, 1e-45, 1e-30, 1e30, 3.4e38, Number.NaN, Number.POSITIVE_INFINITY];

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.integer(0, from.length - 1)]!;
}

function nastyNumber(old: number, random: Random): number {
  if (!Number.isInteger(old)) return random.next() < 0.3 ? old * 2 : pick(random, reals);
  const near = [old + 1, old - 1, old * 2, old * 16];
  return random.next() < 0.5 ? pick(random, near) : pick(random, integers);
}

/** A damaged array: an element less, an element twice, or all of them gone. */
function resized<T>(array: readonly T[], random: Random): T[] {
  const at = random.integer(0, array.length - 1);
  return pick(random, [array.toSpliced(at, 1), array.toSpliced(at, 0, array[at]!), []]);
}

function damagedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length > 0 && random.next() < 0.5) {
    const copy = bytes.slice();
    copy[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
    return copy;
  }
  const longer = new Uint8Array(bytes.length + random.integer(1, 16));
  longer.set(bytes);
  return random.next() < 0.3 ? longer : bytes.slice(0, random.integer(0, bytes.length));
}

/** A copy of `value` with one place in it damaged; the way down takes every field of a table with the same chance. */
function damaged(value: unknown, random: Random): unknown {
  if (typeof value === "number") return nastyNumber(value, random);
  if (typeof value === "bigint") return BigInt(nastyNumber(Number(value), random));
  if (typeof value === "boolean") return !value;
  if (value instanceof Uint8Array) return damagedBytes(value, random);
  if (Array.isArray(value)) {
    if (value.length === 0 || random.next() < 0.15) return value.length === 0 ? [0] : resized(value, random);
    const at = random.integer(0, value.length - 1);
    return value.with(at, damaged(value[at], random));
  }
  if (typeof value !== "object" || value === null) return undefined;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  if (fields.length === 0) return undefined;
  const [key, field] = pick(random, fields);
  return { ...value, [key]: random.next() < 0.05 ? undefined : damaged(field, random) };
}

/** A file of the model with one damaged field; what the writer itself refuses is drawn anew. */
export function fieldMutant(model: Model, random: Random): Uint8Array {
  for (;;) {
    // Nine fields in ten are tensors' and operators': there TFLM trusts the file most.
    const graph = model.subgraphs[0]!;
    const mutant =
      random.next() < 0.9
        ? { ...model, subgraphs: [damaged(graph, random)] }
        : (damaged(model, random) as object);
    try {
      return writeModel(mutant as Model);
    } catch (error) {
      if (!(error instanceof DtmmError || error instanceof TypeError || error instanceof RangeError))
        throw error;
    }
  }
}
