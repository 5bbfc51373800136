/** Random least-squares problems of a layer, and their solutions by plain Gaussian elimination. */

import type { LayerProblem, RemovalRequest } from "../../../lib/native/addon-types.js";
import { seededRandom } from "../../support/random.js";

const damping = 0.01;

/**
 * Patches x with correlated values and a constant 1, their summed x x^T, and random filters; all groups are there.
 *
 * @param sizes weights of each group
 */
export function randomProblem(
  seed: number,
  rows: number,
  sizes: readonly number[],
  bundle = 1,
): LayerProblem {
  const random = seededRandom(seed);
  const offsets = Int32Array.from([0, ...sizes.map((_, g) => sizes.slice(0, g + 1).reduce((a, b) => a + b))]);
  const order = offsets[sizes.length]! + 1;
  const count = 4 * order;
  const moments = new Float64Array(order * order);
  for (let sample = 0; sample < count; sample++) {
    const common = random.next() - 0.5;
    const x = Array.from({ length: order }, (_, i) => (i === order - 1 ? 1 : random.next() + common));
    for (let i = 0; i < order; i++) for (let j = 0; j < order; j++) moments[i * order + j]! += x[i]! * x[j]!;
  }
  const weights = Float64Array.from({ length: rows * order }, () => 200 * (random.next() - 0.5));
  const keep = new Uint8Array(Math.ceil(rows / bundle) * sizes.length).fill(1);
  return { order, moments, count, weights, rows, offsets, bundle, keep };
}

/** The request for the curves of the problem as it is cut, one price per row. */
export function removalsOf(problem: LayerProblem, prices: Float64Array): RemovalRequest {
  const { order, moments, count, ...cut } = problem;
  return { order, moments, count, cuts: [{ ...cut, prices }] };
}

/** The filter of one row, the bias last. */
export function filterOf({ weights, order }: LayerProblem, row: number): number[] {
  return Array.from(weights.subarray(row * order, (row + 1) * order));
}

/** Rows of a bundle. */
export function rowsOf({ rows, bundle }: LayerProblem, index: number): number[] {
  return Array.from({ length: rows }, (_, row) => row).filter((row) => Math.floor(row / bundle) === index);
}

/** Groups that the mask of a bundle keeps. */
export function keptGroups({ keep, offsets }: LayerProblem, bundle: number): number[] {
  const groups = offsets.length - 1;
  return Array.from({ length: groups }, (_, g) => g).filter((g) => keep[bundle * groups + g] === 1);
}

/** Indices of the weights in the given groups, and of the bias. */
export function supportOf({ offsets, order }: LayerProblem, groups: readonly number[]): number[] {
  const weights = Array.from({ length: order - 1 }, (_, i) => i);
  const inside = weights.filter((i) => groups.some((g) => offsets[g]! <= i && i < offsets[g + 1]!));
  return [...inside, order - 1];
}

/** The mean of x x^T with what `native/layer_problem.h` adds to its diagonal, and that share alone. */
export function dampedMean({ order, moments, count }: LayerProblem): { h: number[][]; added: number } {
  const h = Array.from({ length: order }, (_, i) =>
    Array.from({ length: order }, (_, j) => moments[i * order + j]! / count),
  );
  let diagonal = 0;
  for (let i = 0; i < order - 1; i++) diagonal += h[i]![i]! / (order - 1);
  const added = damping * diagonal;
  for (let i = 0; i < order - 1; i++) h[i]![i]! += added;
  return { h, added };
}

/** Gaussian elimination with pivoting. */
function solve(a: readonly number[][], b: readonly number[]): number[] {
  const n = b.length;
  const m = a.map((row, i) => [...row, b[i]!]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column; row < n; row++) {
      if (Math.abs(m[row]![column]!) > Math.abs(m[pivot]![column]!)) pivot = row;
    }
    [m[column], m[pivot]] = [m[pivot]!, m[column]!];
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = m[row]![column]! / m[column]![column]!;
      for (let k = column; k <= n; k++) m[row]![k]! -= factor * m[column]![k]!;
    }
  }
  return m.map((row, i) => row[n]! / row[i]!);
}

/** H v. */
export function times(h: readonly number[][], v: readonly number[]): number[] {
  return h.map((row) => row.reduce((sum, value, j) => sum + value * v[j]!, 0));
}

/** (a - b)^T H (a - b), the mean squared difference of the two filters' outputs. */
export function errorBetween(h: readonly number[][], a: readonly number[], b: readonly number[]): number {
  const d = a.map((value, i) => value - b[i]!);
  return times(h, d).reduce((sum, value, i) => sum + value * d[i]!, 0);
}

/** The w that is zero outside `support` and solves H w = target on it. */
export function solveOnSupport(
  h: readonly number[][],
  target: readonly number[],
  support: readonly number[],
): number[] {
  const solved = solve(
    support.map((i) => support.map((j) => h[i]![j]!)),
    support.map((i) => target[i]!),
  );
  const w = target.map(() => 0);
  support.forEach((i, at) => {
    w[i] = solved[at]!;
  });
  return w;
}
