import { expect, test } from "vitest";
import { Random } from "../../lib/data/random.js";

test("a seed gives the same numbers for ever", () => {
  const random = new Random(1);
  const again = new Random(1);
  const numbers = Array.from({ length: 1000 }, () => random.next());
  expect(Array.from({ length: 1000 }, () => again.next())).toEqual(numbers);
  expect(new Random(2).next()).not.toBe(numbers[0]);
  expect(new Set(numbers).size).toBe(1000);
});

test("numbers below a bound are even", () => {
  const random = new Random(7);
  const counts = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < 60_000; i++) counts[random.below(6)]!++;
  for (const hits of counts) expect(Math.abs(hits - 10_000)).toBeLessThan(400);
});

test("floats are in [0, 1)", () => {
  const random = new Random(3);
  const floats = Array.from({ length: 10_000 }, () => random.float());
  expect(Math.min(...floats)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...floats)).toBeLessThan(1);
  expect(floats.reduce((sum, value) => sum + value, 0) / floats.length).toBeCloseTo(0.5, 1);
});

test("a choice has no repetition, ascends, and depends on the seed", () => {
  const chosen = new Random(5).choose(1000, 100);
  expect(new Set(chosen).size).toBe(100);
  expect(chosen).toEqual([...chosen].sort((a, b) => a - b));
  expect(chosen.at(-1)).toBeLessThan(1000);
  expect(new Random(6).choose(1000, 100)).not.toEqual(chosen);
  expect(new Random(5).choose(3, 10)).toEqual([0, 1, 2]);
});
