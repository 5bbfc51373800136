import { describe, expect, test } from "vitest";
import type { LayerProblem } from "../../lib/native/addon-types.js";
import { usePool } from "../support/interpreter.js";
import { seededRandom } from "../support/random.js";
import {
  dampedMean,
  errorBetween,
  filterOf,
  keptGroups,
  randomProblem,
  removalsOf,
  solveOnSupport,
  supportOf,
  times,
} from "./support/layer-problems.js";

const native = usePool(1);
const none = new Float64Array();

/** `problem` with about the given share of its groups left. */
function masked(problem: LayerProblem, share: number): LayerProblem {
  const random = seededRandom(17);
  return { ...problem, keep: problem.keep.map(() => (random.next() < share ? 1 : 0)) };
}

function supportOfRow(problem: LayerProblem, row: number): number[] {
  return supportOf(problem, keptGroups(problem, Math.floor(row / problem.bundle)));
}

const isBias = ({ order }: LayerProblem, i: number) => i % order === order - 1;

/** Squared output error of the solution's rows against the given real weights, by the damped moments. */
function errors(problem: LayerProblem, wanted: Float64Array, weights: Float64Array, ratio?: Float64Array) {
  const { h } = dampedMean(problem);
  return Array.from({ length: problem.rows }, (_, row) => {
    const scale = ratio?.[row] ?? 1;
    const is = filterOf({ ...problem, weights }, row).map((weight) => weight * scale);
    return errorBetween(h, is, filterOf({ ...problem, weights: wanted }, row));
  });
}

describe("the masked solution", () => {
  test.each<[string, LayerProblem]>([
    ["of single filters", masked(randomProblem(4, 5, [2, 2, 1, 3]), 0.5)],
    ["of bundles, the last one smaller", masked(randomProblem(5, 10, [4, 4, 3], 4), 0.5)],
  ])("%s is the least-squares one, zero outside the mask", async (_, problem) => {
    const request = { ...problem, cross: none, limit: 0, rescale: 0 };
    const { weights, ratio } = await native.pool.call("solveMasked", request);
    const { h } = dampedMean(problem);
    for (let row = 0; row < problem.rows; row++) {
      const support = supportOfRow(problem, row);
      const expected = solveOnSupport(h, times(h, filterOf(problem, row)), support);
      expected.forEach((value, i) => {
        const solved = weights[row * problem.order + i]!;
        if (support.includes(i)) expect(solved).toBeCloseTo(value, 6);
        else expect(solved).toBe(0);
      });
    }
    expect(ratio).toEqual(new Float64Array(problem.rows).fill(1));
  });

  test("follows wanted outputs from elsewhere, drawn to the given weights by the damping", async () => {
    const problem = masked(randomProblem(6, 4, [3, 2, 2, 1]), 0.6);
    const random = seededRandom(3);
    const { order, count, rows } = problem;
    const cross = Float64Array.from({ length: rows * order }, () => count * 100 * (random.next() - 0.5));
    const request = { ...problem, cross, limit: 0, rescale: 0 };
    const { weights } = await native.pool.call("solveMasked", request);
    const { h, added } = dampedMean(problem);
    for (let row = 0; row < rows; row++) {
      const given = filterOf(problem, row);
      const target = Array.from(cross.subarray(row * order, (row + 1) * order), (sum, i) =>
        i === order - 1 ? sum / count : sum / count + added * given[i]!,
      );
      const expected = solveOnSupport(h, target, supportOfRow(problem, row));
      expected.forEach((value, i) => {
        expect(weights[row * order + i]).toBeCloseTo(value, 5);
      });
    }
  });

  test("of the dense filters' own outputs, given as cross moments, is that without them", async () => {
    const problem = masked(randomProblem(7, 6, [2, 2, 2, 2], 2), 0.5);
    const { order, rows, moments } = problem;
    const cross = new Float64Array(rows * order);
    for (let row = 0; row < rows; row++) {
      const filter = filterOf(problem, row);
      for (let i = 0; i < order; i++) {
        for (let j = 0; j < order; j++) cross[row * order + i]! += moments[i * order + j]! * filter[j]!;
      }
    }
    const solve = async (wanted: Float64Array) =>
      (await native.pool.call("solveMasked", { ...problem, cross: wanted, limit: 0, rescale: 0 })).weights;
    const [implied, explicit] = [await solve(none), await solve(cross)];
    implied.forEach((weight, i) => {
      expect(explicit[i]).toBeCloseTo(weight, 6);
    });
  });

  test("of a filter that keeps everything is its very weights", async () => {
    const problem = randomProblem(5, 2, [2, 2, 2]);
    const request = { ...problem, cross: none, limit: 127, rescale: 1 };
    const { weights, ratio } = await native.pool.call("solveMasked", request);
    expect(weights).toEqual(problem.weights);
    expect(ratio).toEqual(Float64Array.of(1, 1));
  });

  test("is where the removals of the same groups end", async () => {
    const problem = randomProblem(9, 3, [2, 3, 2, 1]);
    const request = removalsOf(problem, Float64Array.of(1, 1, 1));
    const { order, loss } = (await native.pool.call("removeGroups", request)).curves[0]!;
    const keep = problem.keep.map((_, i) =>
      order.subarray(4 * Math.floor(i / 4), 4 * Math.floor(i / 4) + 2).includes(i % 4) ? 0 : 1,
    );
    const { weights } = await native.pool.call("solveMasked", {
      ...{ ...problem, keep, cross: none },
      ...{ limit: 0, rescale: 0 },
    });
    errors(problem, problem.weights, weights).forEach((error, row) => {
      expect(error / loss[row * 5 + 2]!).toBeCloseTo(1, 6);
    });
  });
});

describe("whole weights", () => {
  const rows = 20;
  const groups = 6;
  /** Small filters: rounding hurts. */
  function coarse(): LayerProblem {
    const problem = randomProblem(8, rows, Array(groups).fill(3));
    const keep = problem.keep.map((_, i) => (i % groups === Math.floor(i / groups) % groups ? 0 : 1));
    return { ...problem, keep, weights: problem.weights.map((weight) => weight / 20) };
  }
  const sum = (values: number[]) => values.reduce((a, b) => a + b);

  test("lose less than those that are rounded one by one", async () => {
    const problem = coarse();
    const request = { ...problem, cross: none, rescale: 0 };
    const real = (await native.pool.call("solveMasked", { ...request, limit: 0 })).weights;
    const whole = (await native.pool.call("solveMasked", { ...request, limit: 3 })).weights;
    expect(whole.every((w, i) => Number.isInteger(w) && (isBias(problem, i) || Math.abs(w) <= 3))).toBe(true);
    expect(whole.every((w, i) => real[i] !== 0 || w === 0)).toBe(true);
    const oneByOne = real.map((w, i) =>
      isBias(problem, i) ? Math.round(w) : Math.max(-3, Math.min(3, Math.round(w))),
    );
    const cost = (weights: Float64Array) => sum(errors(problem, problem.weights, weights));
    expect(cost(whole)).toBeLessThan(0.8 * cost(oneByOne));
    expect(cost(whole)).toBeGreaterThan(cost(real));
  });

  test("get a new scale where the old one is too small or too coarse, and only where that loses less", async () => {
    const problem = coarse();
    // A third of the filters burst the limit, a third use a fraction of it, a third are whole already.
    const weights = problem.weights.map((weight, i) => {
      const row = Math.floor(i / problem.order);
      if (row % 3 === 0) return 40 * weight;
      return row % 3 === 1 ? weight / 4 : Math.round(weight);
    });
    const scaled = {
      ...problem,
      weights,
      keep: problem.keep.map((stays, i) => (i < 18 * groups ? stays : 1)),
    };
    const request = { ...scaled, cross: none, limit: 7 };
    const real = (await native.pool.call("solveMasked", { ...request, limit: 0, rescale: 0 })).weights;
    const fixed = await native.pool.call("solveMasked", { ...request, rescale: 0 });
    const free = await native.pool.call("solveMasked", { ...request, rescale: 1 });
    expect(fixed.ratio).toEqual(new Float64Array(rows).fill(1));
    const before = errors(scaled, real, fixed.weights);
    const after = errors(scaled, real, free.weights, free.ratio);
    for (let row = 0; row < 18; row++) {
      if (free.ratio[row] === 1) {
        expect(after[row]).toBe(before[row]);
        continue;
      }
      expect(after[row]).toBeLessThan(before[row]!);
      const filter = free.weights.subarray(row * scaled.order, (row + 1) * scaled.order - 1);
      expect(Math.max(...filter.map(Math.abs))).toBeLessThanOrEqual(7);
      const largest = Math.max(
        ...real.subarray(row * scaled.order, (row + 1) * scaled.order - 1).map(Math.abs),
      );
      expect(free.ratio[row]).toBeCloseTo(largest / 7, 9);
    }
    const changed = (third: number) =>
      Array.from(free.ratio).filter((ratio, row) => row < 18 && row % 3 === third && ratio !== 1).length;
    expect([changed(0), changed(1)]).toEqual([6, 6]);
  });
});

test("refuses cross moments that do not fit the rows", async () => {
  const problem = randomProblem(7, 2, [2, 2, 2]);
  const request = { ...problem, cross: new Float64Array(13), limit: 0, rescale: 0 };
  await expect(native.pool.call("solveMasked", request)).rejects.toMatchObject({ code: "NATIVE_REJECTED" });
});
