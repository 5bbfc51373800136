import { describe, expect, test } from "vitest";
import { htmlReport } from "../../lib/report/html.js";
import { type ParetoPoint, pruneResultSchema } from "../../lib/report/result.js";
import { scatter } from "../../lib/report/scatter.js";
import { pruneSummary } from "../../lib/report/summary.js";
import { sampleResult } from "./sample-result.js";

function point(changes: Partial<ParetoPoint>): ParetoPoint {
  return {
    origin: "forecast",
    keptWeights: 0.5,
    bytes: 50_000,
    arenaBytes: 20_000,
    predictedLatency: 0.5,
    predictedLoss: 0.1,
    ...changes,
  };
}

const forecast = [0.9, 0.5, 0.1].map((kept) =>
  point({ keptWeights: kept, bytes: 100_000 * kept, predictedLoss: 1 - kept }),
);
const tried = point({ origin: "tried", bytes: 60_000, accuracy: 0.91, agreement: 0.97 });
const untested = point({ origin: "tried", bytes: 70_000 });
const result = point({ origin: "result", bytes: 54_000, accuracy: 0.8925, agreement: 0.96 });

const circles = (page: string, kind: string) =>
  [...page.matchAll(new RegExp(`<circle class="${kind}" cx="([\\d.]+)" cy="([\\d.]+)" r`, "g"))].map(
    ([, x, y]) => ({ x: Number(x), y: Number(y) }),
  );

describe("the front in the report", () => {
  const whole = sampleResult({ pareto: [...forecast, tried, untested, result] });

  test("fits the documented schema", () => {
    expect(pruneResultSchema.parse(whole)).toEqual(whole);
  });

  test("shows every point by predicted loss, and the measured ones by accuracy as well", () => {
    const page = htmlReport(whole);
    expect(circles(page, "forecast").filter(({ x }) => x > 1)).toHaveLength(3);
    expect(circles(page, "tried").filter(({ x }) => x > 1)).toHaveLength(2 + 1);
    expect(circles(page, "result").filter(({ x }) => x > 1)).toHaveLength(2);
    expect(page).toContain("accuracy, measured; the dense model has 90.0 %");
    expect(page).toContain("tried: 50.0 % kept, 60,000 bytes, predicted loss 0.1, accuracy 91.0 %");
  });

  test("has no chart of accuracy where only the result was measured, and none at all without points", () => {
    const one = htmlReport(sampleResult({ pareto: [...forecast, result] }));
    expect(one).not.toContain("accuracy, measured");
    expect(one).toContain("predicted loss, logarithmic");
    expect(htmlReport(sampleResult())).not.toContain("Size against loss");
  });

  test("the predicted time stands in report and summary, and is called predicted", () => {
    const pruned = { ...sampleResult().pruned, predictedLatency: 0.437 };
    expect(htmlReport(sampleResult({ pruned }))).toMatch(/Time per inference, predicted[^%]*43\.7 %/);
    expect(pruneSummary(sampleResult({ pruned }))).toMatch(/time, predicted +43\.7 %/);
    expect(pruneSummary(sampleResult())).not.toContain("predicted");
  });
});

describe("scatter", () => {
  const axes = { x: { name: "x", label: String }, y: { name: "y", label: String } };
  const mark = (x: number, y: number) => ({ x, y, kind: "tried" as const, title: `${x}` });

  test("more is further right and further up, and all is inside", () => {
    const [low, high] = circles(scatter([mark(10, 1), mark(20, 3)], axes, "chart").text, "tried");
    expect(low!.x).toBeLessThan(high!.x);
    expect(low!.y).toBeGreaterThan(high!.y);
    for (const { x, y } of [low!, high!]) expect(x > 64 && x < 624 && y > 12 && y < 196).toBe(true);
  });

  test.each([[mark(10, 1)], [mark(0, 0)]])("a single point has a place: %j", (only) => {
    const [at] = circles(scatter([only], axes, "chart").text, "tried");
    expect([Number.isFinite(at!.x), Number.isFinite(at!.y)]).toEqual([true, true]);
  });
});
