import { describe, expect, test } from "vitest";
import type { LayerProblem } from "../../lib/native/addon-types.js";
import { usePool } from "../support/interpreter.js";
import { seededRandom } from "../support/random.js";

const native = usePool(1);
const damping = 0.01;

/** A random problem: patches x with correlated values and a constant 1, their summed x x^T, and random filters. */
function randomProblem(seed: number, rows: number, groups: number, groupSize: number): LayerProblem {
  const random = seededRandom(seed);
  const order = groups * groupSize + 1;
  const moments = new Float64Array(order * order);
  const count = 4 * order;
  for (let sample = 0; sample < count; sample++) {
    const common = random.next() - 0.5;
    const x = Array.from({ length: order }, (_, i) => (i === order - 1 ? 1 : random.next() + common));
    for (let i = 0; i < order; i++) for (let j = 0; j < order; j++) moments[i * order + j]! += x[i]! * x[j]!;
  }
  const weights = Float64Array.from({ length: rows * order }, () => 200 * (random.next() - 0.5));
  return { order, moments, count, weights, rows, groups, groupSize };
}

/** The damped Hessian as `native/obs.h` defines it. */
function hessian({ order, moments, count }: LayerProblem): number[][] {
  const h = Array.from({ length: order }, (_, i) =>
    Array.from({ length: order }, (_, j) => moments[i * order + j]! / count),
  );
  let diagonal = 0;
  for (let i = 0; i < order - 1; i++) diagonal += h[i]![i]! / (order - 1);
  for (let i = 0; i < order - 1; i++) h[i]![i]! += damping * diagonal;
  return h;
}

/** Gaussian elimination with pivoting. */
function solve(a: number[][], b: number[]): number[] {
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

/** The best weights on a support, and what they cost: min over w of (w - w0)^T H (w - w0). */
function bestOnSupport(h: number[][], w0: number[], support: number[]): { w: number[]; cost: number } {
  const sub = support.map((i) => support.map((j) => h[i]![j]!));
  const target = support.map((i) => h[i]!.reduce((sum, value, j) => sum + value * w0[j]!, 0));
  const solved = solve(sub, target);
  const w = w0.map(() => 0);
  support.forEach((i, at) => {
    w[i] = solved[at]!;
  });
  const d = w.map((value, i) => value - w0[i]!);
  const cost = d.reduce((sum, di, i) => sum + di * h[i]!.reduce((s, value, j) => s + value * d[j]!, 0), 0);
  return { w, cost };
}

function supportWithout(problem: LayerProblem, removed: readonly number[]): number[] {
  const kept = Array.from({ length: problem.order - 1 }, (_, i) => i).filter(
    (i) => !removed.includes(Math.floor(i / problem.groupSize)),
  );
  return [...kept, problem.order - 1];
}

describe("group optimal brain surgeon", () => {
  test.each([
    [1, 6, 4, 2],
    [2, 5, 9, 1],
    [3, 12, 5, 3],
  ])(
    "seed %i: removes what a brute-force search removes, at the same cost",
    async (seed, rows, groups, size) => {
      const problem = randomProblem(seed, rows, groups, size);
      const curves = await native.pool.call("removeGroups", problem);
      const h = hessian(problem);
      for (let row = 0; row < rows; row++) {
        const w0 = Array.from(problem.weights.subarray(row * problem.order, (row + 1) * problem.order));
        const removed: number[] = [];
        expect(curves.loss[row * (groups + 1)]).toBe(0);
        for (let step = 0; step < groups; step++) {
          const left = Array.from({ length: groups }, (_, g) => g).filter((g) => !removed.includes(g));
          const tries = left.map((g) => ({
            g,
            cost: bestOnSupport(h, w0, supportWithout(problem, [...removed, g])).cost,
          }));
          const best = tries.reduce((a, b) => (b.cost < a.cost ? b : a));
          expect(curves.order[row * groups + step]).toBe(best.g);
          expect(curves.loss[row * (groups + 1) + step + 1]! / best.cost).toBeCloseTo(1, 6);
          removed.push(best.g);
        }
      }
    },
  );

  test("the masked solution is the least-squares one, zero outside the mask", async () => {
    const problem = randomProblem(4, 3, 4, 2);
    const keep = Uint8Array.from([1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0]);
    const { weights } = await native.pool.call("solveMasked", { ...problem, keep, limit: 0 });
    const h = hessian(problem);
    for (let row = 0; row < 3; row++) {
      const w0 = Array.from(problem.weights.subarray(row * problem.order, (row + 1) * problem.order));
      const removed = [0, 1, 2, 3].filter((g) => keep[row * 4 + g] === 0);
      const expected = bestOnSupport(h, w0, supportWithout(problem, removed)).w;
      expected.forEach((value, i) => {
        expect(weights[row * problem.order + i]).toBeCloseTo(value, 6);
        if (value === 0) expect(weights[row * problem.order + i]).toBe(0);
      });
    }
  });

  test("whole weights cost less than those that are rounded one by one", async () => {
    const rows = 20;
    const problem = randomProblem(8, rows, 6, 3);
    problem.weights.forEach((weight, i) => {
      problem.weights[i] = weight / 20;
    });
    const keep = Uint8Array.from({ length: rows * 6 }, (_, i) => (i % 6 === Math.floor(i / 6) % 6 ? 0 : 1));
    const real = (await native.pool.call("solveMasked", { ...problem, keep, limit: 0 })).weights;
    const whole = (await native.pool.call("solveMasked", { ...problem, keep, limit: 3 })).weights;
    const h = hessian(problem);
    const cost = (weights: Float64Array) => {
      let sum = 0;
      for (let row = 0; row < rows; row++) {
        const at = row * problem.order;
        const d = h.map((_, i) => weights[at + i]! - problem.weights[at + i]!);
        sum += d.reduce((s, di, i) => s + di * h[i]!.reduce((t, value, j) => t + value * d[j]!, 0), 0);
      }
      return sum;
    };
    const isBias = (i: number) => i % problem.order === problem.order - 1;
    expect(whole.every((w, i) => Number.isInteger(w) && (isBias(i) || Math.abs(w) <= 3))).toBe(true);
    expect(whole.every((w, i) => real[i] !== 0 || w === 0)).toBe(true);
    const oneByOne = real.map((w, i) =>
      isBias(i) ? Math.round(w) : Math.max(-3, Math.min(3, Math.round(w))),
    );
    expect(cost(whole)).toBeLessThan(0.8 * cost(oneByOne));
    expect(cost(whole)).toBeGreaterThan(cost(real));
  });

  test("a filter that keeps everything keeps its very weights", async () => {
    const problem = randomProblem(5, 2, 3, 2);
    const { weights } = await native.pool.call("solveMasked", {
      ...problem,
      keep: new Uint8Array(6).fill(1),
      limit: 0,
    });
    expect(weights).toEqual(problem.weights);
  });

  test("inputs that never vary do not make the problem singular", async () => {
    const problem = { ...randomProblem(6, 2, 3, 2), moments: new Float64Array(49), count: 10 };
    problem.moments[48] = 10;
    const curves = await native.pool.call("removeGroups", problem);
    expect(curves.loss.every((loss) => Number.isFinite(loss))).toBe(true);
  });

  test("refuses arrays that do not fit together", async () => {
    const problem = randomProblem(7, 2, 3, 2);
    const wrong = { ...problem, rows: 3 };
    await expect(native.pool.call("removeGroups", wrong)).rejects.toMatchObject({ code: "NATIVE_REJECTED" });
    const mask = { ...problem, keep: new Uint8Array(5), limit: 0 };
    await expect(native.pool.call("solveMasked", mask)).rejects.toMatchObject({ code: "NATIVE_REJECTED" });
  });
});
