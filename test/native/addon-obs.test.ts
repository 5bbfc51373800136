import { describe, expect, test } from "vitest";
import type { LayerProblem, RemovalCurves } from "../../lib/native/addon-types.js";
import { usePool } from "../support/interpreter.js";
import { seededRandom } from "../support/random.js";
import {
  dampedMean,
  errorBetween,
  filterOf,
  keptGroups,
  randomProblem,
  removalsOf,
  rowsOf,
  solveOnSupport,
  supportOf,
  times,
} from "./support/layer-problems.js";

const native = usePool(1);

/** The curves of one way of cutting the filters. */
async function removals(problem: LayerProblem, prices: Float64Array): Promise<RemovalCurves> {
  const { curves } = await native.pool.call("removeGroups", removalsOf(problem, prices));
  return curves[0]!;
}

/** One price per row, none like the other. */
function randomPrices(rows: number): Float64Array {
  const random = seededRandom(rows);
  return Float64Array.from({ length: rows }, () => 0.1 + random.next());
}

/**
 * What a bundle loses when only `groups` are left: for each of its filters the price times the output error of the best
 * weights on that support, against the best on the support that the bundle begins with.
 */
function bundleLoss(
  problem: LayerProblem,
  prices: Float64Array,
  bundle: number,
  groups: readonly number[],
): number {
  const { h } = dampedMean(problem);
  return rowsOf(problem, bundle).reduce((sum, row) => {
    const given = filterOf(problem, row);
    const left = solveOnSupport(h, times(h, given), supportOf(problem, groups));
    return sum + prices[row]! * errorBetween(h, left, given);
  }, 0);
}

/** The problem with random groups gone, and the weights solved for what is left: as a later step of pruning sees it. */
function halfPruned(seed: number, rows: number, sizes: readonly number[], bundle: number): LayerProblem {
  const problem = randomProblem(seed, rows, sizes, bundle);
  const random = seededRandom(seed + 100);
  const keep = problem.keep.map(() => (random.next() < 0.6 ? 1 : 0));
  const weights = Float64Array.from(problem.weights);
  const masked = { ...problem, keep };
  const { h } = dampedMean(problem);
  for (let row = 0; row < rows; row++) {
    const support = supportOf(problem, keptGroups(masked, Math.floor(row / bundle)));
    const target = times(h, filterOf(problem, row));
    weights.set(solveOnSupport(h, target, support), row * problem.order);
  }
  return { ...masked, weights };
}

const cases: [string, LayerProblem][] = [
  ["equal groups", randomProblem(1, 6, [2, 2, 2, 2])],
  ["single weights", randomProblem(2, 5, [1, 1, 1, 1, 1, 1, 1, 1, 1])],
  ["a smaller last group at every position", randomProblem(3, 5, [4, 4, 2, 4, 4, 2])],
  ["bundles of four filters, the last of two", randomProblem(4, 10, [3, 3, 1], 4)],
  ["groups that are gone already", halfPruned(5, 7, [3, 1, 2, 3, 2, 2], 1)],
  ["bundles with groups gone", halfPruned(6, 9, [4, 4, 3, 2, 4], 4)],
];

describe("group optimal brain surgeon", () => {
  test.each(cases)("%s: takes what a brute-force search takes, at the same cost", async (_, problem) => {
    const prices = randomPrices(problem.rows);
    const curves = await removals(problem, prices);
    const groups = problem.offsets.length - 1;
    const bundles = Math.ceil(problem.rows / problem.bundle);
    expect([curves.order.length, curves.loss.length]).toEqual([bundles * groups, bundles * (groups + 1)]);
    for (let bundle = 0; bundle < bundles; bundle++) {
      const order = curves.order.subarray(bundle * groups, (bundle + 1) * groups);
      const loss = curves.loss.subarray(bundle * (groups + 1), (bundle + 1) * (groups + 1));
      let left = keptGroups(problem, bundle);
      const steps = left.length;
      expect(loss[0]).toBe(0);
      for (let step = 0; step < steps; step++) {
        const tries = left.map((g) => ({
          g,
          cost: bundleLoss(
            problem,
            prices,
            bundle,
            left.filter((other) => other !== g),
          ),
        }));
        const best = tries.reduce((a, b) => (b.cost < a.cost ? b : a));
        expect(order[step]).toBe(best.g);
        expect(loss[step + 1]! / best.cost).toBeCloseTo(1, 6);
        left = left.filter((g) => g !== best.g);
      }
      expect(Array.from(order.subarray(steps))).toEqual(Array(groups - steps).fill(-1));
      for (const after of loss.subarray(steps)) expect(after).toBe(loss[steps]);
    }
  });

  test("of many groups several go at once, and every point of the curve is still that of its mask", async () => {
    const sizes = Array.from({ length: 80 }, (_, g) => 1 + (g % 2));
    const problem = randomProblem(7, 2, sizes, 2);
    const prices = randomPrices(2);
    const { order, loss } = await removals(problem, prices);
    expect(Array.from(order).sort((a, b) => a - b)).toEqual(sizes.map((_, g) => g));
    for (const step of [1, 3, 5, 6, 17, 40, 66, 79, 80]) {
      const gone = new Set(order.subarray(0, step));
      const left = sizes.map((_, g) => g).filter((g) => !gone.has(g));
      expect(loss[step]! / bundleLoss(problem, prices, 0, left)).toBeCloseTo(1, 6);
    }
  });

  test("a filter without a price loses nothing, in the order that its own error gives elsewhere", async () => {
    const problem = randomProblem(8, 2, [2, 2, 2], 2);
    const alone = { ...randomProblem(8, 2, [2, 2, 2]), keep: new Uint8Array(6).fill(1) };
    const { order, loss } = await removals(problem, Float64Array.of(0, 3));
    const apart = await removals(alone, Float64Array.of(0, 3));
    expect(Array.from(order)).toEqual(Array.from(apart.order.subarray(3)));
    expect(Array.from(apart.loss.subarray(0, 4))).toEqual([0, 0, 0, 0]);
    loss.forEach((value, step) => {
      expect(value).toBeCloseTo(apart.loss[4 + step]!, 6);
    });
  });

  test("ways of cutting that share a job give what each gives alone, to the last bit", async () => {
    const whole = randomProblem(10, 4, [6, 6, 6]);
    const { order, moments, count, ...filters } = whole;
    const finer = {
      ...filters,
      offsets: Int32Array.of(0, 3, 6, 9, 12, 15, 18),
      keep: new Uint8Array(24).fill(1),
    };
    const some = { ...finer, keep: finer.keep.map((_, i) => (i % 3 === 1 ? 0 : 1)) };
    const pairs = { ...filters, bundle: 2, keep: new Uint8Array(6).fill(1) };
    const prices = randomPrices(4);
    // One that needs no inverse of the whole comes first.
    const cuts = [some, filters, finer, pairs].map((cut) => ({ ...cut, prices }));
    const together = await native.pool.call("removeGroups", { order, moments, count, cuts });
    const apart = [];
    for (const cut of cuts) apart.push(await removals({ order, moments, count, ...cut }, prices));
    expect(together.curves).toEqual(apart);
  });

  test("inputs that never vary do not make the problem singular", async () => {
    const problem = { ...randomProblem(6, 2, [2, 2, 2]), moments: new Float64Array(49), count: 10 };
    problem.moments[48] = 10;
    const curves = await removals(problem, Float64Array.of(1, 1));
    expect(curves.loss.every((loss) => Number.isFinite(loss))).toBe(true);
  });

  test.each<[string, (problem: LayerProblem) => Partial<LayerProblem & { prices: Float64Array }>]>([
    ["another number of rows", () => ({ rows: 3 })],
    ["a bundle of none", () => ({ bundle: 0 })],
    ["groups that end before the bias", ({ offsets }) => ({ offsets: offsets.subarray(0, 3) })],
    ["an empty group", () => ({ offsets: Int32Array.of(0, 2, 2, 6) })],
    ["groups that do not begin at 0", () => ({ offsets: Int32Array.of(1, 2, 4, 6) })],
    ["a mask of another size", () => ({ keep: new Uint8Array(5) })],
    ["moments of another order", () => ({ moments: new Float64Array(36) })],
    ["no samples", () => ({ count: 0 })],
    ["too few prices", () => ({ prices: new Float64Array(1) })],
  ])("refuses %s", async (_, change) => {
    const problem = { ...randomProblem(7, 2, [2, 2, 2]), prices: new Float64Array(2).fill(1) };
    const { prices, ...changed } = { ...problem, ...change(problem) };
    await expect(removals(changed, prices)).rejects.toMatchObject({
      code: "NATIVE_REJECTED",
      message: expect.stringContaining("PROBLEM_SHAPE"),
    });
  });
});
