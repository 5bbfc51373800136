import { describe, expect, test } from "vitest";
import { weightLayers } from "../../lib/layers.js";
import { buildFrontier, schedule } from "../../lib/schedule.js";
import { convModelValue } from "../support/models.js";
import { curvesOf, wideThenNarrow } from "./support.js";

const [first, second] = weightLayers(convModelValue(wideThenNarrow)).map((layer) =>
  curvesOf(layer, { filters: 1, channels: 4 }, 1),
) as [ReturnType<typeof curvesOf>, ReturnType<typeof curvesOf>];
const layers = [first, second];
const weights = first.state.layer.weights.length;

const kept = (mask: Uint8Array) => mask.reduce((sum, stays) => sum + stays, 0) / mask.length;
const priced = (...prices: number[]) => prices.map((perWeight) => ({ perWeight, frozen: false }));

describe("a schedule in a currency", () => {
  test("takes more from the layer whose weights cost more", () => {
    const chosen = schedule(buildFrontier(layers, priced(4, 1)), 2.5 * weights);
    expect(kept(chosen.keep[0]!)).toBeLessThan(kept(chosen.keep[1]!) - 0.2);
  });

  test("does not depend on the currency's unit", () => {
    const one = schedule(buildFrontier(layers, priced(3, 1)), 2 * weights);
    const other = schedule(buildFrontier(layers, priced(3 / 7, 1 / 7)), (2 / 7) * weights);
    expect(other.keep).toEqual(one.keep);
    expect(other.predictedLoss).toBeCloseTo(one.predictedLoss, 6);
  });

  test("counts weights as such whatever they cost", () => {
    const chosen = schedule(buildFrontier(layers, priced(4, 1)), 0);
    expect(chosen.keptWeights).toBe(0);
  });

  test("leaves a frozen layer as it is", () => {
    const currency = [
      { perWeight: 1, frozen: true },
      { perWeight: 1, frozen: false },
    ];
    const chosen = schedule(buildFrontier(layers, currency), 1.25 * weights);
    expect(kept(chosen.keep[0]!)).toBe(1);
    expect(kept(chosen.keep[1]!)).toBeCloseTo(0.25, 2);
    expect(schedule(buildFrontier(layers, currency), 0).keptWeights).toBe(weights);
  });
});
