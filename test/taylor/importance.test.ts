import { describe, expect, test } from "vitest";
import { taylorImportance } from "../../lib/taylor/importance.js";
import type { TaylorLayer } from "../../lib/taylor/problem.js";

/** Two filters of 1x2 over two channels. */
const layer: TaylorLayer = { operator: 3, filters: 2, positions: 2, channels: 2, macs: 8 };

describe("taylorImportance", () => {
  test("adds up the magnitudes of w * mean gradient, filterlet by filterlet and filter by filter", () => {
    const products = Float64Array.from([1, -3, 0, 0.5, -2, -2, 8, 0]);
    const [scores] = taylorImportance([layer], [products], 4);
    expect([...scores!.filterlets]).toEqual([1, 0.125, 1, 2]);
    expect([...scores!.filters]).toEqual([1.125, 3]);
  });

  test("keeps layers in one currency", () => {
    const weak = new Float64Array(8).fill(0.001);
    const strong = new Float64Array(8).fill(-10);
    const [first, second] = taylorImportance([layer, layer], [weak, strong], 1);
    expect(second!.filters[0]! / first!.filters[0]!).toBeCloseTo(10_000, 6);
  });

  test.each([
    ["one value too few", new Float64Array(7), 1],
    ["a value that is no number", new Float64Array(8).fill(Number.NaN), 1],
    ["no samples", new Float64Array(8), 0],
  ])("refuses %s", (_, products, samples) => {
    expect(() => taylorImportance([layer], [products], samples)).toThrow(
      expect.objectContaining({ code: "INTERNAL" }),
    );
  });
});
