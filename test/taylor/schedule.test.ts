import { describe, expect, test } from "vitest";
import { filterletConv } from "../../lib/pack/format.js";
import { authorsPlan } from "../../lib/taylor/anneal.js";
import { cutsOf, keptMacs, keptWeights, layerFlashBytes, total } from "../../lib/taylor/cost.js";
import { sharesWithin, tightestImportance } from "../../lib/taylor/limits.js";
import { type ActivationStep, peakActivations } from "../../lib/taylor/memory.js";
import type { TaylorProblem } from "../../lib/taylor/problem.js";
import { type TaylorSchedule, taylorSchedule } from "../../lib/taylor/schedule.js";
import { layerOf, removableChain, scoresOf, twoLayers } from "./fixtures.js";

const anyImportance = Number.POSITIVE_INFINITY;
/** A short search for tests that do not ask how good it is. */
const brief = { ...authorsPlan, candidates: 5 };

const uniform = (problem: TaylorProblem, share: number) =>
  cutsOf(problem.layers, {
    alpha: new Float64Array(problem.layers.length).fill(share),
    beta: new Float64Array(problem.layers.length),
  });

/** The highest score among the removed filterlets. */
function worstRemoved(problem: TaylorProblem, keeps: readonly Uint8Array[]): number {
  const removed = keeps.flatMap((keep, l) =>
    [...problem.scores[l]!.filterlets].filter((_, filterlet) => keep[filterlet] === 0),
  );
  return Math.max(...removed);
}

const keeps = (schedule: TaylorSchedule) => schedule.layers.map(({ keep }) => keep);
const cutsFrom = (schedule: TaylorSchedule, problem: TaylorProblem) =>
  cutsOf(problem.layers, {
    alpha: Float64Array.from(schedule.layers, ({ alpha }) => alpha),
    beta: Float64Array.from(schedule.layers, ({ beta }) => beta),
  });

describe("taylorSchedule", () => {
  test("removes the lowest filterlets of a single layer", () => {
    const layer = layerOf(5, 2, 2, 1);
    const filterlets = Float64Array.from([9, 1, 8, 2, 7, 3, 6, 4, 5, 1, 9, 9, 9, 9, 9, 9, 9, 9]);
    const problem = {
      layers: [layer],
      scores: [scoresOf(layer, filterlets)],
      limits: { budget: { keepShare: 14 / 18 } },
    };
    const { layers, keptShare, importance } = taylorSchedule(problem, 1, brief);
    expect([...layers[0]!.keep]).toEqual([1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(layers[0]).toMatchObject({ operator: 5, keptWeights: 28, weights: 36, beta: 0 });
    expect({ keptShare, importance }).toEqual({ keptShare: 28 / 36, importance: 3 });
  });

  test("takes whole filters first where these can leave the model", () => {
    const layer = layerOf(0, 2, 4, 1, { removal: { bytesPerFilter: 0 } });
    const filterlets = Float64Array.from({ length: 36 }, (_, i) => (i >= 9 && i < 18 ? 0 : 1 + i));
    const problem = {
      layers: [layer],
      scores: [scoresOf(layer, filterlets)],
      limits: { budget: { keepShare: 0.75 } },
    };
    const [chosen] = taylorSchedule(problem, 1, brief).layers;
    expect(chosen!.keep.reduce((sum, stays) => sum + stays, 0)).toBe(27);
    expect(chosen!.keep.subarray(9, 18).every((stays) => stays === 0)).toBe(true);
  });

  test.each([0.9, 0.5, 0.2, 0.05])("meets a share of %d, and no less than needed", (keepShare) => {
    for (const importance of [undefined, anyImportance]) {
      const schedule = taylorSchedule(twoLayers({ budget: { keepShare }, importance }), 3, brief);
      expect(schedule.keptShare).toBeLessThanOrEqual(keepShare);
      expect(schedule.keptShare).toBeGreaterThan(keepShare - 0.01);
      const kept = schedule.layers.map(({ keep }) => keep.reduce((sum, stays) => sum + 16 * stays, 0));
      expect(schedule.layers.map(({ keptWeights }) => keptWeights)).toEqual(kept);
    }
  });

  test.each([15_000, 10_000, 5_000])("meets %d bytes of flash, and no less than needed", (flashBytes) => {
    const schedule = taylorSchedule(removableChain({ budget: { flashBytes } }), 3, brief);
    expect(schedule.flashBytes).toBeLessThanOrEqual(flashBytes);
    expect(schedule.flashBytes).toBeGreaterThan(0.95 * flashBytes);
  });

  test("keeps a model that is small enough as it is", () => {
    const schedule = taylorSchedule(removableChain({ budget: { flashBytes: 1e6 } }), 3, brief);
    expect(schedule).toMatchObject({ keptShare: 1, latency: 1 });
    expect(keeps(schedule).every((keep) => keep.every((stays) => stays === 1))).toBe(true);
  });

  test("removes nothing above the importance limit", () => {
    const importance = 1.3;
    const problem = twoLayers({ budget: { keepShare: 0.4 }, importance });
    const schedule = taylorSchedule(problem, 2, brief);
    expect(schedule.importance).toBe(importance);
    expect(worstRemoved(problem, keeps(schedule))).toBeLessThanOrEqual(importance);
  });

  test("holds the activations under their limit by removing filters of the layers that write them", () => {
    const steps: ActivationStep[] = [
      { operator: 0, fixedBytes: 3072, narrowing: [{ layer: 0, filters: 16, bytesPerFilter: 1024 }] },
      {
        operator: 2,
        fixedBytes: 0,
        narrowing: [
          { layer: 0, filters: 16, bytesPerFilter: 256 },
          { layer: 1, filters: 32, bytesPerFilter: 256 },
        ],
      },
    ];
    const memory = { bytes: 12_000, steps };
    const problem = removableChain({ budget: { keepShare: 0.8 }, memory, importance: anyImportance });
    const schedule = taylorSchedule(problem, 4, brief);
    const cuts = cutsFrom(schedule, problem);
    expect(peakActivations(steps, cuts).bytes).toBeLessThanOrEqual(memory.bytes);
    expect(cuts[0]!.filters).toBeGreaterThanOrEqual(8);
    expect(schedule.keptShare).toBeLessThanOrEqual(0.8);
  });

  test("one seed gives one result, another seed another", () => {
    const problem = removableChain({ budget: { keepShare: 0.5 }, importance: anyImportance });
    const [first, again, other] = [7, 7, 8].map((seed) => taylorSchedule(problem, seed, brief));
    expect(again).toEqual(first);
    expect(other!.layers.map(({ alpha }) => alpha)).not.toEqual(first!.layers.map(({ alpha }) => alpha));
  });
});

describe("against the same share in every layer", () => {
  test("a wide importance limit gives a faster model of the same size", () => {
    const problem = twoLayers({ budget: { keepShare: 0.5 }, importance: anyImportance });
    const schedule = taylorSchedule(problem, 1);
    expect(keptMacs(problem.layers, uniform(problem, 0.5))).toBe(0.5);
    expect(schedule.latency).toBeLessThan(0.15);
    expect(schedule.keptShare).toBeGreaterThan(0.49);
  });

  test("a longer search is never slower than its own beginning", () => {
    const problem = removableChain({ budget: { keepShare: 0.5 }, importance: anyImportance });
    const latencies = [90, 60, 20].map(
      (endTemperature) => taylorSchedule(problem, 1, { ...brief, endTemperature }).latency,
    );
    expect(latencies[1]).toBeLessThanOrEqual(latencies[0]!);
    expect(latencies[2]).toBeLessThanOrEqual(latencies[1]!);
  });

  test("the default importance limit removes nothing as important", () => {
    const layers = [layerOf(0, 8, 8, 64), layerOf(1, 8, 8, 64)];
    const scores = layers.map((layer, l) =>
      scoresOf(
        layer,
        Float64Array.from({ length: 72 }, (_, i) => (l === 0 ? 1 : 10) * (1 + i / 72)),
      ),
    );
    const problem = { layers, scores, limits: { budget: { keepShare: 0.6 } } };
    const schedule = taylorSchedule(problem, 1, brief);
    expect(worstRemoved(problem, keeps(schedule))).toBeLessThan(2);
    const [first, second] = uniform(problem, 0.4);
    expect([first!.filterlets, second!.filterlets]).toEqual([28, 28]);
    expect(scores[1]!.filterlets[27]).toBeGreaterThan(10);
  });

  test("a latency of the caller's own is what the search lowers", () => {
    const limits = { budget: { keepShare: 0.5 }, importance: anyImportance };
    const latency: TaylorProblem["latency"] = (layers, cuts) => keptWeights(layers, cuts, 1);
    const byMacs = taylorSchedule(twoLayers(limits), 1);
    const byLast = taylorSchedule({ ...twoLayers(limits), latency }, 1);
    expect(byLast.layers[1]!.keptWeights).toBeLessThan(byMacs.layers[1]!.keptWeights);
    expect(byLast.layers[0]!.keptWeights).toBeGreaterThan(byMacs.layers[0]!.keptWeights);
  });
});

describe("the tightest importance limit", () => {
  test("is the lowest score under which the budget can be met", () => {
    const problem = removableChain({ budget: { flashBytes: 9000 } });
    const tightest = tightestImportance(problem);
    const scores = problem.scores.flatMap(({ filterlets, filters }) => [...filterlets, ...filters]);
    const below = Math.max(...scores.filter((score) => score < tightest));
    const smallest = (limit: number) => {
      const { alpha, beta } = sharesWithin(problem, limit);
      const cuts = cutsOf(problem.layers, { alpha: alpha.map((a, l) => a - beta[l]!), beta });
      return total(layerFlashBytes, problem.layers, cuts);
    };
    expect(smallest(tightest)).toBeLessThanOrEqual(9000);
    expect(smallest(below)).toBeGreaterThan(9000);
  });
});

describe("limits out of reach", () => {
  const failure = (problem: TaylorProblem) => {
    try {
      taylorSchedule(problem, 1, brief);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  test("a flash size below what one filterlet of each layer takes", () => {
    // One filterlet of 16 weights, index, records and options each: the second layer has more filters, so more bytes.
    const { bytes } = filterletConv.options;
    const least = 16 + 18 + 9 * 16 + bytes + (16 + 72 + 9 * 64 + bytes);
    expect(taylorSchedule(twoLayers({ budget: { flashBytes: least } }), 1, brief).flashBytes).toBe(least);
    expect(failure(twoLayers({ budget: { flashBytes: least - 1 } }))).toMatchObject({
      code: "LIMIT_OUT_OF_REACH",
      exit: 1,
      message: expect.stringMatching(new RegExp(`${least} are left, 1 too many: most of them at operator 2`)),
    });
  });

  test("a share that the importance limit does not allow", () => {
    const limits = { budget: { keepShare: 0.3 }, importance: 0.6 };
    expect(failure(twoLayers(limits))).toMatchObject({ code: "LIMIT_OUT_OF_REACH" });
  });

  test("activations that no filter can lower enough", () => {
    const steps: ActivationStep[] = [
      { operator: 0, fixedBytes: 100, narrowing: [] },
      { operator: 6, fixedBytes: 900, narrowing: [{ layer: 0, filters: 16, bytesPerFilter: 10 }] },
    ];
    const problem = removableChain({ budget: { keepShare: 0.5 }, memory: { bytes: 500, steps } });
    expect(failure(problem)).toMatchObject({
      code: "LIMIT_OUT_OF_REACH",
      message: expect.stringMatching(/activations of 500 bytes .* 910 are left, 410 too many: .* operator 6/),
    });
  });

  test("scores of another shape, or a source whose filters are not the layer's channels", () => {
    const problem = removableChain({ budget: { keepShare: 0.5 } });
    expect(failure({ ...problem, scores: problem.scores.slice(1) })).toMatchObject({ code: "INTERNAL" });
    const [first, second, third] = problem.layers;
    const wrong = { ...third!, source: 0 };
    expect(failure({ ...problem, layers: [first!, second!, wrong] })).toMatchObject({ code: "INTERNAL" });
  });
});
