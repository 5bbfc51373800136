import { describe, expect, test } from "vitest";
import { atEqualAccuracy, costAt, onFront, paretoFront } from "../../lib/compare/fronts.js";
import { sampleComparison, samplePoint } from "../report/sample-comparison.js";

describe("a front", () => {
  const front = paretoFront([
    { drop: 0, cost: 100 },
    { drop: 4, cost: 40 },
    { drop: 2, cost: 60 },
    { drop: 3, cost: 70 },
    { drop: 2, cost: 80 },
  ]);

  test("is what no other end beats in both, the cheapest first", () => {
    expect(front).toEqual([
      { drop: 4, cost: 40 },
      { drop: 2, cost: 60 },
      { drop: 0, cost: 100 },
    ]);
  });

  test.each([
    [0, 100],
    [1, 80],
    [2, 60],
    [3, 50],
    [4, 40],
  ])("at a loss of %i it costs %i", (drop, cost) => expect(costAt(front, drop)).toBe(cost));

  test("beyond its cheapest end that stands, as far as anything was measured", () => {
    expect(costAt(front, 5, 8)).toBe(40);
    expect(costAt(front, 8.1, 8)).toBeUndefined();
  });

  test("says nothing beyond its ends", () => {
    expect(costAt(front, 4.1)).toBeUndefined();
    expect(costAt(paretoFront([{ drop: 2, cost: 1 }]), 1)).toBeUndefined();
  });
});

describe("at equal accuracy", () => {
  test("fronts begin at the lean dense model, and are read off by seed", () => {
    const points = [
      samplePoint({ method: "filterlet", bytes: 50_000, drop: 2, instructions: 1_000_000 }),
      samplePoint({ method: "chip", bytes: 70_000, drop: 2, instructions: 1_500_000 }),
      samplePoint({ method: "filterlet", bytes: 30_000, drop: 2, seed: 2 }),
      samplePoint({ method: "chip", bytes: 60_000, drop: 2, seed: 2 }),
    ];
    const cells = atEqualAccuracy({ ...sampleComparison(), points });
    const at = (drop: number) => cells.find((cell) => cell.drop === drop);
    expect(at(2)).toMatchObject({ method: "filterlet", against: "chip", seeds: 2 });
    expect(at(2)!.bytesRatio).toBeCloseTo((5 / 7 + 3 / 6) / 2, 10);
    // Instructions were counted on one seed only.
    expect(at(2)!.instructionsRatio).toBeCloseTo(1 / 1.5, 10);
    // Halfway from 90,000 bytes.
    expect(at(1)!.bytesRatio).toBeCloseTo((70 / 80 + 60 / 75) / 2, 10);
    expect(at(3)).toBeUndefined();
  });

  test("a method whose models all cost more than the dense one is taken at its own cost", () => {
    const points = [
      samplePoint({ method: "filterlet", bytes: 50_000, drop: 2 }),
      samplePoint({ method: "patdnn", bytes: 100_000, drop: 1 }),
      samplePoint({ method: "patdnn", bytes: 120_000, drop: 4 }),
    ];
    const cells = atEqualAccuracy({ ...sampleComparison(), points });
    expect(cells.map(({ drop }) => drop)).toEqual([1, 2]);
    expect(cells[0]!.bytesRatio).toBeCloseTo(70 / 100, 10);
    expect(cells[1]!.bytesRatio).toBeCloseTo(50 / 100, 10);
  });

  test("a better point than the dense model loses nothing", () => {
    const points = [
      samplePoint({ method: "filterlet", bytes: 50_000, drop: -1 }),
      samplePoint({ method: "filterlet", bytes: 40_000, drop: 2 }),
      samplePoint({ method: "chip", bytes: 60_000, drop: 2 }),
    ];
    const [one] = atEqualAccuracy({ ...sampleComparison(), points });
    expect(one).toMatchObject({ drop: 1 });
    expect(one!.bytesRatio).toBeCloseTo(45 / 75, 10);
  });
});

test("the line of a plot joins what no other point of the method beats", () => {
  const points = [
    samplePoint({ method: "a", bytes: 10, drop: 1 }),
    samplePoint({ method: "a", bytes: 20, drop: 2 }),
    samplePoint({ method: "a", bytes: 5, drop: 3 }),
    samplePoint({ method: "b", bytes: 1, drop: 0 }),
  ];
  expect(onFront(points, ({ bytes }) => bytes).map(({ bytes }) => bytes)).toEqual([10, 5, 1]);
});
