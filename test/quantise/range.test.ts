import { describe, expect, test } from "vitest";
import { quantiseActivations } from "../../lib/quantise/activations.js";
import { quantiseBias, quantiseFilter, roundingShift } from "../../lib/quantise/constants.js";
import { quantisedOperators } from "../../lib/quantise/operators.js";
import { asymmetric, chooseRange } from "../../lib/quantise/range.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import { floatTwin } from "../support/float-twin.js";
import { convModelValue, everyLayer } from "../support/models.js";

/** Values spread evenly, and one far out. */
function seen(outlier: number) {
  const histogram = new Float64Array(2048);
  const width = outlier / histogram.length;
  for (let i = 0; i < 100_000; i++) histogram[Math.floor(i / 100_000 / width)]!++;
  histogram[2047]! += 2;
  return {
    min: 0,
    max: outlier,
    histogram,
    channelSums: new Float64Array(1),
    channelLargest: new Float64Array(1),
  };
}

describe("ranges", () => {
  test("minmax takes all, percentile leaves the rarest out, mse what it costs less to clamp", () => {
    expect(chooseRange(seen(10), "minmax")).toEqual({ min: 0, max: 10 });
    expect(chooseRange(seen(10), "percentile").max).toBeCloseTo(1, 1);
    const least = chooseRange(seen(4), "mse").max;
    expect(least).toBeGreaterThan(1);
    expect(least).toBeLessThan(4);
  });

  test("hold zero, whatever was seen", () => {
    const own = { ...seen(10), min: 3 };
    expect(chooseRange(own, "minmax")).toEqual({ min: 0, max: 10 });
    expect(chooseRange({ ...own, min: -5, max: -2 }, "minmax")).toEqual({ min: -5, max: 0 });
  });

  test("zero is exact, the ends are within half a step", () => {
    for (const range of [
      { min: -1, max: 1 },
      { min: 0, max: 6 },
      { min: -3.7, max: 0 },
      { min: -0.1, max: 12.3 },
    ]) {
      const { scale, zeroPoint } = asymmetric(range);
      expect(Number.isInteger(zeroPoint)).toBe(true);
      expect(Math.abs((-128 - zeroPoint) * scale - range.min)).toBeLessThanOrEqual(scale / 2 + 1e-6);
      expect(Math.abs((127 - zeroPoint) * scale - range.max)).toBeLessThanOrEqual(scale / 2 + 1e-6);
    }
  });

  test("a tensor that is always zero has a scale all the same", () => {
    expect(asymmetric({ min: 0, max: 0 }).scale).toBeGreaterThan(0);
  });
});

test("activations that must share a scale do, by the range of all; probabilities have their own", () => {
  const model = floatTwin(convModelValue(everyLayer));
  const { operators, inputs } = mainGraph(model);
  const outputs = operators.map(({ outputs: [output] }) => output!);
  const ranges = new Map([...inputs, ...outputs].map((tensor, i) => [tensor, { min: -i, max: 2 * i }]));
  const quantised = quantiseActivations(model, quantisedOperators(model), ranges);
  // Operator 3 is a max pool of operator 2's output, 8 a reshape of 7's, 7 an average pool of 6's.
  expect(quantised.get(outputs[3]!)).toEqual(quantised.get(outputs[2]!));
  expect(quantised.get(outputs[8]!)).toEqual(quantised.get(outputs[6]!));
  expect(quantised.get(outputs[6]!)).toEqual(asymmetric({ min: -9, max: 18 }));
  expect(quantised.get(outputs[10]!)).toEqual({ scale: 1 / 256, zeroPoint: -128 });
});

describe("constants", () => {
  test("filters use the whole of their channel's range, symmetrically", () => {
    const filter = Float32Array.from([0.5, -1, 0.25, 8, 2, -4]);
    const { weights, scales } = quantiseFilter(filter, [2, 1, 1, 3], 0, undefined, 1);
    expect([...weights]).toEqual([64, -127, 32, 127, 32, -64]);
    expect([...scales]).toEqual([1 / 127, 8 / 127].map(Math.fround));
    expect(quantiseFilter(filter, [2, 3], undefined, undefined, 1).scales).toHaveLength(1);
    expect([...quantiseFilter(filter, [1, 1, 2, 3], 3, undefined, 1).scales]).toEqual(
      [8, 2, 4].map((m) => Math.fround(m / 127)),
    );
  });

  test("a filter of zeros, and one whose bias would leave int32", () => {
    const zeros = quantiseFilter(new Float32Array(4), [2, 1, 1, 2], 0, undefined, 1);
    expect([...zeros.weights]).toEqual([0, 0, 0, 0]);
    expect(zeros.scales.every((scale) => scale > 0)).toBe(true);
    const bias = Float32Array.from([1000]);
    const tiny = quantiseFilter(Float32Array.from([1e-9]), [1, 1, 1, 1], 0, bias, 0.01);
    expect(Math.abs(quantiseBias(bias, 0.01, tiny.scales)[0]!)).toBeLessThan(2 ** 31);
  });

  test("what rounding shifts the mean by is that of the rounded filter on the mean input", () => {
    const filter = Float32Array.from([0.504, -1, 0.251, 0.3]);
    const quantised = quantiseFilter(filter, [2, 1, 1, 2], 0, undefined, 1);
    const means = Float64Array.from([10, -4]);
    const dot = (values: ArrayLike<number>, o: number) => values[2 * o]! * 10 + values[2 * o + 1]! * -4;
    const rounded = [...quantised.weights].map((q, i) => q * quantised.scales[Math.floor(i / 2)]!);
    const shift = roundingShift(filter, quantised, [2, 1, 1, 2], false, means);
    expect(shift[0]).toBeCloseTo(dot(rounded, 0) - dot(filter, 0), 10);
    expect(shift[1]).toBeCloseTo(dot(rounded, 1) - dot(filter, 1), 10);
  });
});
