import { describe, expect, test } from "vitest";
import {
  effectiveScale,
  perTensorEffectiveScale,
  quantizeMultiplier,
} from "../../lib/pack/quantize-multiplier.js";
import { recoverScale } from "../../lib/pack/recover-scale.js";
import { seededRandom } from "../support/random.js";

describe.each([
  ["a scale per filter", effectiveScale],
  ["a single scale", perTensorEffectiveScale],
])("%s", (_, effective) => {
  const random = seededRandom(6);
  /** Log-uniform from 2^low to 2^high. */
  const scale = (low: number, high: number) => Math.fround(2 ** (low + (high - low) * random.next()));
  const cases = Array.from({ length: 2000 }, () => {
    const [input, output, filter] = [scale(-10, 1), scale(-10, 1), scale(-16, -2)];
    return { filter, of: (value: number) => effective(input, value, output) };
  });

  test("is found again from its multiplier, whatever was there before", () => {
    for (const { filter, of } of cases) {
      const multiplier = quantizeMultiplier(of(filter));
      const found = recoverScale(multiplier, of, scale(-16, -2));
      expect(quantizeMultiplier(of(found!))).toEqual(multiplier);
      expect(Math.abs(found! / filter - 1)).toBeLessThan(2 ** -22);
    }
  });

  test("is the old one where that gives the multiplier", () => {
    for (const { filter, of } of cases) {
      expect(recoverScale(quantizeMultiplier(of(filter)), of, filter)).toBe(filter);
    }
  });

  test("is not found for multipliers that were not made from a float32", () => {
    const { filter, of } = cases[0]!;
    const { multiplier, shift } = quantizeMultiplier(of(filter));
    for (const damaged of [multiplier + 1, multiplier - 1, multiplier >> 1, 0]) {
      expect(recoverScale({ multiplier: damaged, shift }, of, filter)).toBeUndefined();
    }
  });
});
