import { describe, expect, test } from "vitest";
import type { LayerCurves, LayerState } from "../lib/importance.js";
import { stepsBetween } from "../lib/prune.js";
import { buildFrontier, keptWeights, schedule } from "../lib/schedule.js";
import { seededRandom } from "./support/random.js";

interface Shape {
  filters: number;
  positions: number;
  channels: number;
  unit: { filters: number; channels: number };
}

/** A layer of which only the sizes matter, with everything kept. */
function stateOf({ filters, positions, channels, unit }: Shape): LayerState {
  const geometry = {
    outputChannels: filters,
    kernelHeight: positions,
    kernelWidth: 1,
    inputChannels: channels,
  };
  const groups = positions * Math.ceil(channels / unit.channels);
  const layer = { geometry, weights: new Int8Array(filters * positions * channels) };
  const keep = new Uint8Array(Math.ceil(filters / unit.filters) * groups).fill(1);
  return { layer, unit, keep } as unknown as LayerState;
}

/** Loss curves of a layer with groups of `groupSize` weights in single filters; group g is the g-th to go. */
function curvesOf(groupSize: number, loss: number[][]): LayerCurves {
  const groups = loss[0]!.length - 1;
  const unit = { filters: 1, channels: groupSize };
  const state = stateOf({ filters: loss.length, positions: groups, channels: groupSize, unit });
  const order = Int32Array.from({ length: loss.length * groups }, (_, i) => i % groups);
  return { state, order, loss: Float64Array.from(loss.flat()) };
}

const size = (curves: LayerCurves[]) => curves.reduce((sum, { state }) => sum + keptWeights(state), 0);

/** Removed groups per bundle, layer after layer. */
function removedGroups(curves: LayerCurves[], share: number): number[] {
  const chosen = schedule(buildFrontier(curves), share * size(curves));
  return chosen.keep.flatMap((keep, layer) => {
    const { order, loss } = curves[layer]!;
    const rows = loss.length - order.length;
    const groups = keep.length / rows;
    return Array.from({ length: rows }, (_, row) =>
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
    const frontier = buildFrontier([curvesOf(4, [[0, 1, 3]])]);
    expect(schedule(frontier, 8)).toMatchObject({ keptWeights: 8, predictedLoss: 0 });
    expect(schedule(frontier, 0)).toMatchObject({ keptWeights: 0, predictedLoss: 3 });
  });

  test("takes the least loss per weight first, across layers of different widths", () => {
    // Per weight: layer 0 costs 1, then 2; layer 1 costs 0.75, then 3.
    const curves = [curvesOf(2, [[0, 2, 6]]), curvesOf(4, [[0, 3, 15]])];
    expect(removedGroups(curves, 1 - 4 / 12)).toEqual([0, 1]);
    expect(removedGroups(curves, 1 - 6 / 12)).toEqual([1, 1]);
    expect(removedGroups(curves, 1 - 8 / 12)).toEqual([2, 1]);
  });

  test("jumps over a dent in a curve instead of stopping in it", () => {
    const loss = [
      [0, 5, 6],
      [0, 4, 9],
    ];
    expect(removedGroups([curvesOf(1, loss)], 0.5)).toEqual([2, 0]);
  });

  test("never goes below the share", () => {
    const random = seededRandom(9);
    const curve = () => risingCurve(Array.from({ length: 9 }, () => random.next()));
    const curves = [
      curvesOf(3, Array.from({ length: 8 }, curve)),
      curvesOf(16, Array.from({ length: 5 }, curve)),
    ];
    for (let share = 0; share <= 1; share += 0.05) {
      const kept = schedule(buildFrontier(curves), share * size(curves)).keptWeights / size(curves);
      expect(kept).toBeGreaterThanOrEqual(share - 1e-9);
      expect(kept - share).toBeLessThan((9 * 16) / (8 * 27 + 5 * 144));
    }
  });

  test("is the optimum of all choices wherever a budget falls on the border of a segment", () => {
    const random = seededRandom(4);
    const convex = () => {
      const slopes = Array.from({ length: 3 }, () => random.next()).sort((a, b) => a - b);
      return risingCurve(slopes);
    };
    const loss = Array.from({ length: 5 }, convex);
    const frontier = buildFrontier([curvesOf(1, loss)]);
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
      expect(schedule(frontier, 15 - cut).predictedLoss).toBeCloseTo(best, 9);
    }
  });

  test("counts groups by their weights: smaller ones at the end of a position, all filters of a bundle", () => {
    // Two positions of 6 channels in groups of 4 and 2; 5 filters in bundles of 4 and 1.
    const state = stateOf({ filters: 5, positions: 2, channels: 6, unit: { filters: 4, channels: 4 } });
    // Group 1 has 2 channels, group 0 four: the first bundle's removals take 8 and 16 weights, the second's 2 and 4.
    const order = Int32Array.of(1, 0, 2, 3, 1, 0, 2, 3);
    const loss = Float64Array.of(0, 8, 40, 400, 800, 0, 4, 12, 100, 200);
    const frontier = buildFrontier([{ state, order, loss }]);
    expect(frontier.keptWeights).toBe(60);
    // Loss per weight: bundle 0 takes 1, then 2; bundle 1 takes 2, then 2.
    expect(schedule(frontier, 52)).toMatchObject({ keptWeights: 52, predictedLoss: 8 });
    expect(Array.from(schedule(frontier, 52).keep[0]!)).toEqual([1, 0, 1, 1, 1, 1, 1, 1]);
    expect(schedule(frontier, 36)).toMatchObject({ keptWeights: 36, predictedLoss: 40 });
    expect(schedule(frontier, 30)).toMatchObject({ keptWeights: 30, predictedLoss: 52 });
  });

  test("goes on from what is gone already", () => {
    const state = stateOf({ filters: 2, positions: 3, channels: 2, unit: { filters: 1, channels: 2 } });
    state.keep.set([0, 1, 1, 1, 1, 0]);
    expect(keptWeights(state)).toBe(8);
    const order = Int32Array.of(2, 1, -1, 0, 1, -1);
    const loss = Float64Array.of(0, 1, 5, 5, 0, 2, 9, 9);
    const frontier = buildFrontier([{ state, order, loss }]);
    expect(frontier.keptWeights).toBe(8);
    expect(schedule(frontier, 8).keep[0]).toEqual(state.keep);
    expect(Array.from(schedule(frontier, 6).keep[0]!)).toEqual([0, 1, 0, 1, 1, 0]);
    expect(schedule(frontier, 0)).toMatchObject({ keptWeights: 0, predictedLoss: 14 });
    // The state itself is left alone.
    expect(Array.from(state.keep)).toEqual([0, 1, 1, 1, 1, 0]);
  });
});

describe("steps between two shares", () => {
  test("a short way is one step", () => {
    expect(stepsBetween(1, 0.9)).toEqual([0.9]);
    expect(stepsBetween(0.5, 0.43)).toEqual([0.43]);
  });

  test("a long way is cut evenly, each step keeping at least 86 % of the one before", () => {
    const steps = stepsBetween(1, 0.3);
    expect(steps).toHaveLength(8);
    expect(steps.at(-1)).toBe(0.3);
    const ratios = steps.map((share, i) => share / (steps[i - 1] ?? 1));
    for (const ratio of ratios) expect(ratio).toBeCloseTo(0.3 ** (1 / 8), 12);
    expect(Math.min(...ratios)).toBeGreaterThanOrEqual(0.86);
  });

  test("down to nothing there is an end", () => {
    const steps = stepsBetween(1, 0);
    expect(steps.length).toBeLessThan(30);
    expect(steps.at(-1)).toBe(0);
    expect(stepsBetween(0.001, 0)).toEqual([0]);
  });
});
