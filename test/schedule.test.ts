import { describe, expect, test } from "vitest";
import type { Importance } from "../lib/importance.js";
import { buildFrontier, schedule } from "../lib/schedule.js";
import { seededRandom } from "./support/random.js";

/** Layers given by their loss curves alone; group g is the g-th to go. */
function importanceOf(layers: { groupSize: number; loss: number[][] }[]): Importance {
  return {
    skipped: [],
    layers: layers.map(({ groupSize, loss }, operator) => {
      const groups = loss[0]!.length - 1;
      const order = Int32Array.from({ length: loss.length * groups }, (_, i) => i % groups);
      const shape = { filters: loss.length, groups, groupSize, order, loss: Float64Array.from(loss.flat()) };
      return { operator, ...shape } as unknown as Importance["layers"][number];
    }),
  };
}

/** Removed groups per filter, layer after layer. */
function removedGroups(importance: Importance, share: number): number[] {
  const chosen = schedule(buildFrontier(importance), share);
  return chosen.layers.flatMap(({ keep }, layer) => {
    const { filters, groups } = importance.layers[layer]!;
    return Array.from({ length: filters }, (_, row) =>
      keep.subarray(row * groups, (row + 1) * groups).reduce((sum, stays) => sum + (stays ? 0 : 1), 0),
    );
  });
}

/** A loss curve from its steps. */
function risingCurve(steps: number[]): number[] {
  const curve = [0];
  for (const step of steps) curve.push(curve.at(-1)! + step);
  return curve;
}

describe("schedule", () => {
  test("keeps everything at a share of 1 and nothing at 0", () => {
    const importance = importanceOf([{ groupSize: 4, loss: [[0, 1, 3]] }]);
    expect(schedule(buildFrontier(importance), 1)).toMatchObject({ keptShare: 1, predictedLoss: 0 });
    expect(schedule(buildFrontier(importance), 0)).toMatchObject({ keptShare: 0, predictedLoss: 3 });
  });

  test("takes the least loss per weight first, across layers of different widths", () => {
    // Per weight: layer 0 costs 1, then 2; layer 1 costs 0.75, then 3.
    const importance = importanceOf([
      { groupSize: 2, loss: [[0, 2, 6]] },
      { groupSize: 4, loss: [[0, 3, 15]] },
    ]);
    expect(removedGroups(importance, 1 - 4 / 12)).toEqual([0, 1]);
    expect(removedGroups(importance, 1 - 6 / 12)).toEqual([1, 1]);
    expect(removedGroups(importance, 1 - 8 / 12)).toEqual([2, 1]);
  });

  test("jumps over a dent in a curve instead of stopping in it", () => {
    const importance = importanceOf([
      {
        groupSize: 1,
        loss: [
          [0, 5, 6],
          [0, 4, 9],
        ],
      },
    ]);
    expect(removedGroups(importance, 0.5)).toEqual([2, 0]);
  });

  test("never goes below the share", () => {
    const random = seededRandom(9);
    const curve = () => risingCurve(Array.from({ length: 9 }, () => random.next()));
    const importance = importanceOf([
      { groupSize: 3, loss: Array.from({ length: 8 }, curve) },
      { groupSize: 16, loss: Array.from({ length: 5 }, curve) },
    ]);
    for (let share = 0; share <= 1; share += 0.05) {
      const { keptShare } = schedule(buildFrontier(importance), share);
      expect(keptShare).toBeGreaterThanOrEqual(share - 1e-9);
      expect(keptShare - share).toBeLessThan((9 * 16) / (8 * 27 + 5 * 144));
    }
  });

  test("is the optimum of all choices wherever a budget falls on the border of a segment", () => {
    const random = seededRandom(4);
    const convex = () => {
      const slopes = Array.from({ length: 3 }, () => random.next()).sort((a, b) => a - b);
      return risingCurve(slopes);
    };
    const loss = Array.from({ length: 5 }, convex);
    const importance = importanceOf([{ groupSize: 1, loss }]);
    for (let cut = 0; cut <= 15; cut++) {
      let best = Number.POSITIVE_INFINITY;
      for (let code = 0; code < 4 ** 5; code++) {
        const steps = loss.map((_, row) => Math.floor(code / 4 ** row) % 4);
        if (steps.reduce((a, b) => a + b) !== cut) continue;
        best = Math.min(
          best,
          steps.reduce((sum, step, row) => sum + loss[row]![step]!, 0),
        );
      }
      expect(schedule(buildFrontier(importance), 1 - cut / 15).predictedLoss).toBeCloseTo(best, 9);
    }
  });
});
