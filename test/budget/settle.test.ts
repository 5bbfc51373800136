import { describe, expect, test } from "vitest";
import { settle } from "../../lib/budget/settle.js";

const slopes = { bytes: 10_000, latency: 0.8 };

/** Carries shares out on a made-up path and notes them. */
function path(bytesAt: (share: number) => number, latencyAt = (share: number) => share) {
  const shares: number[] = [];
  const carryOut = async (share: number) => {
    shares.push(share);
    const figures = {
      keptWeights: share,
      bytes: Math.round(bytesAt(share)),
      latency: latencyAt(share),
      predictedLoss: 1 - share,
    };
    return { share, figures };
  };
  return { shares, carryOut };
}

describe("settle", () => {
  test("takes the planned share where its real figures use the budgets up", async () => {
    const { shares, carryOut } = path((share) => 2000 + 10_000 * share);
    const settled = await settle(carryOut, { share: 0.5, ceiling: 1 }, { flash: 7020 }, slopes);
    expect([settled.share, shares]).toEqual([0.5, [0.5]]);
  });

  test("goes down where the real file is larger than predicted", async () => {
    const { carryOut } = path((share) => 2600 + 9000 * share);
    const settled = await settle(carryOut, { share: 0.5, ceiling: 1 }, { flash: 7000 }, slopes);
    expect(settled.figures.bytes).toBeLessThanOrEqual(7000);
    expect(settled.figures.bytes).toBeGreaterThan(6800);
  });

  test("goes up where the real file leaves room, but not above the ceiling", async () => {
    const roomy = path((share) => 1000 + 10_000 * share);
    const settled = await settle(roomy.carryOut, { share: 0.5, ceiling: 1 }, { flash: 7000 }, slopes);
    expect(settled.figures.bytes).toBe(7000);
    const capped = await settle(roomy.carryOut, { share: 0.5, ceiling: 0.55 }, { flash: 7000 }, slopes);
    expect(capped.share).toBe(0.55);
  });

  test("goes up again where a share is worth fewer bytes than its weights", async () => {
    const { shares, carryOut } = path((share) => 1000 + 8000 * share);
    const settled = await settle(carryOut, { share: 0.5, ceiling: 1 }, { flash: 6800 }, slopes);
    expect(shares.length).toBe(4);
    expect(settled.figures.bytes).toBeLessThanOrEqual(6800);
    expect(settled.figures.bytes).toBeGreaterThan(6750);
  });

  test("keeps the smaller one where no larger one fits after all", async () => {
    const jump = path((share) => (share > 0.5 ? 7001 : 6000));
    const settled = await settle(jump.carryOut, { share: 0.5, ceiling: 1 }, { flash: 7000 }, slopes);
    expect([settled.share, jump.shares]).toEqual([0.5, [0.5, 0.6, 0.55, 0.525]]);
  });

  test("comes close to where the bytes jump", async () => {
    const jump = path((share) => (share > 0.56 ? 7001 : 6000));
    const settled = await settle(jump.carryOut, { share: 0.5, ceiling: 1 }, { flash: 7000 }, slopes);
    expect(settled.share).toBeCloseTo(0.55, 10);
  });

  test("the tightest of several budgets decides", async () => {
    const { carryOut } = path(
      (share) => 10_000 * share,
      (share) => 0.2 + 0.8 * share,
    );
    const budgets = { flash: 9000, latency: 0.5 };
    const settled = await settle(carryOut, { share: 0.5, ceiling: 1 }, budgets, slopes);
    expect(settled.figures.latency).toBeLessThanOrEqual(0.5);
    expect(settled.figures.latency).toBeGreaterThan(0.49);
  });

  test("gives up after some corrections and hands back the last", async () => {
    const { shares, carryOut } = path(() => 8000);
    const settled = await settle(carryOut, { share: 0.5, ceiling: 1 }, { flash: 7000 }, slopes);
    expect(settled.figures.bytes).toBe(8000);
    expect(shares.length).toBeLessThan(9);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
  });
});
