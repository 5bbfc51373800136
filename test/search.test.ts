import { describe, expect, test } from "vitest";
import { descend, largestShare, smallestShare } from "../lib/search.js";

const noSteps = () => undefined;

describe("largestShare", () => {
  test.each([0.1, 0.5, 0.77])("finds the border at %f", (border) => {
    const share = largestShare((tried) => tried <= border);
    expect(share).toBeLessThanOrEqual(border);
    expect(border - share).toBeLessThan(0.002);
  });

  test("is 1 when everything fits and 0 when nothing does", () => {
    expect(largestShare(() => true)).toBe(1);
    expect(largestShare(() => false)).toBe(0);
  });
});

describe("smallestShare", () => {
  test.each([0.02, 0.31, 0.9])("finds the border at %f", async (border) => {
    const share = await smallestShare(async (tried) => tried >= border, noSteps);
    expect(share).toBeGreaterThanOrEqual(border);
    expect(share - border).toBeLessThan(0.005);
  });

  test("looks for shares that pass again below the border", async () => {
    // Fails in a narrow gap, as accuracy on a few hundred samples does.
    const passes = async (share: number) => share >= 0.5 || (share > 0.478 && share < 0.491);
    expect(await smallestShare(passes, noSteps)).toBeLessThan(0.491);
  });

  test("keeps everything when nothing passes", async () => {
    expect(await smallestShare(async () => false, noSteps)).toBe(1);
  });

  test("tells how far it is", async () => {
    const told: number[] = [];
    await smallestShare(
      async (share) => share > 0.3,
      (done) => told.push(done),
    );
    expect(told.every((done, i) => done <= 1 && done > (told[i - 1] ?? 0))).toBe(true);
    expect(told.at(-1)).toBeGreaterThan(0.9);
  });
});

describe("descend", () => {
  const stride = 0.86;

  test.each([
    ["0.5 where nothing below passes", 0.49, 0.5],
    ["half a stride below it", 0.46, 0.5 * Math.sqrt(stride)],
    ["a stride below it", 0.42, 0.5 * stride],
    ["as deep as its tries go", 0, 0.5 * stride ** 4.5],
  ])("ends at %s", async (_, border, expected) => {
    let tries = 0;
    const share = await descend(async (tried) => {
      tries++;
      return tried >= border;
    }, 0.5);
    expect(share).toBeCloseTo(expected, 12);
    expect(tries).toBeLessThanOrEqual(5);
  });
});
