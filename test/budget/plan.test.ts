import { describe, expect, test } from "vitest";
import { type Aim, aimOf } from "../../lib/aims.js";
import { previewer } from "../../lib/budget/figures.js";
import { forecastFront } from "../../lib/budget/front.js";
import { type Budgets, planBudgets } from "../../lib/budget/plan.js";
import type { WeightLayer } from "../../lib/layers.js";
import type { PackedModel } from "../../lib/pack/index.js";
import { scratchBytes } from "../../lib/pack/scratch.js";
import { plainCurrency } from "../../lib/schedule.js";
import { filterlet } from "../../lib/unit.js";
import { thrownBy } from "../cli/support/throws.js";
import type { ModelSpec } from "../support/models.js";
import { basisOf, wideThenNarrow } from "./support.js";

const basis = basisOf(wideThenNarrow, "cortex-m4");

const scratchOf = (layer: WeightLayer) => scratchBytes(layer, filterlet(layer), "blocks");

/** An arena that is the packed layers' scratch memory and nothing else. */
async function buffersAlone(packed: PackedModel): Promise<number> {
  const operators = packed.layers.filter(({ op }) => op !== undefined).map(({ operator }) => operator);
  const layers = basis.curves.map(({ state }) => state.layer);
  return layers
    .filter(({ operator }) => operators.includes(operator))
    .reduce((sum, layer) => sum + scratchOf(layer), 0);
}

async function planned(budgets: Budgets, on = basis, aim: Aim = aimOf(budgets)) {
  const request = { basis: on, budgets, aim, expectedShare: 0.5, goesOn: false, arenaOf: buffersAlone };
  const plan = await planBudgets(request);
  return { plan, preview: previewer({ ...on, stock: plan.stock }, plan.currency)(plan.share) };
}

describe("a plan", () => {
  test("without budgets keeps everything, and with a share alone that share", async () => {
    expect((await planned({})).plan).toMatchObject({ share: 1, ceiling: 1 });
    const { plan, preview } = await planned({ keep: 0.5 });
    expect(plan.share).toBe(0.5);
    expect(preview.figures.keptWeights).toBeCloseTo(0.5, 2);
  });

  test.each<[string, Budgets]>([
    ["flash", { flash: 6000 }],
    ["latency", { latency: 0.4 }],
    ["flash and latency", { flash: 6500, latency: 0.4 }],
    ["a share, flash and latency", { keep: 0.4, flash: 6600, latency: 0.42 }],
  ])("for %s holds every budget and leaves little of the tightest", async (_, budgets) => {
    const { preview } = await planned(budgets);
    const { bytes, latency, keptWeights } = preview.figures;
    const used = [
      bytes / (budgets.flash ?? Number.POSITIVE_INFINITY),
      latency / (budgets.latency ?? Number.POSITIVE_INFINITY),
      keptWeights / (budgets.keep ?? Number.POSITIVE_INFINITY),
    ];
    expect(Math.max(...used)).toBeGreaterThan(0.95);
    expect(Math.max(...used.slice(0, 2))).toBeLessThanOrEqual(1);
    expect(used[2]).toBeLessThanOrEqual(1.01);
  });

  test("under a latency budget takes from the layer with many positions, under a flash budget from both alike", async () => {
    const kept = ({ preview }: Awaited<ReturnType<typeof planned>>) =>
      preview.states.slice(0, 2).map(({ keep }) => keep.filter((stays) => stays).length / keep.length);
    const [wide, narrow] = kept(await planned({ latency: 0.4 })) as [number, number];
    expect(wide).toBeLessThan(narrow - 0.2);
    const [first, second] = kept(await planned({ flash: 6000 })) as [number, number];
    expect(Math.abs(first - second)).toBeLessThan(0.05);
  });

  test("the mix of prices loses less than weights alone at the same latency", async () => {
    const { preview } = await planned({ latency: 0.4 });
    const plain = previewer(basis, plainCurrency(basis.curves));
    const shares = Array.from({ length: 200 }, (_, i) => i / 200);
    const byWeights = shares.map(plain).filter(({ figures }) => figures.latency <= 0.4);
    const best = Math.min(...byWeights.map(({ figures }) => figures.predictedLoss));
    expect(preview.figures.predictedLoss).toBeLessThan(best);
  });
});

describe("a layer that is slower packed than dense", () => {
  // Filterlets of a single channel: every weight is a visit.
  const spec: ModelSpec = {
    seed: 6,
    input: [1, 20, 10, 1],
    layers: [
      { kind: "conv", filters: 32, kernel: [10, 4], activation: "RELU" },
      { kind: "conv", filters: 32, kernel: 3, activation: "RELU" },
      { kind: "averagePool" },
      { kind: "reshape" },
      { kind: "fullyConnected", outputs: 8 },
    ],
  };
  const slow = basisOf(spec, "cortex-m3");

  test("stays dense under a latency budget, where that loses less", async () => {
    const { plan, preview } = await planned({ latency: 0.7 }, slow);
    expect(plan.leftDense.get(0)).toBe("its packed form would be slower");
    expect(preview.states[0]!.keep).not.toContain(0);
    expect(preview.packed.layers.some(({ operator, op }) => operator === 0 && op !== undefined)).toBe(false);
    expect(preview.figures.latency).toBeLessThanOrEqual(0.7);
  });

  test("is pruned all the same where the budget is out of reach otherwise, or asks for nothing of time", async () => {
    const { figures } = previewer(slow, plainCurrency(slow.curves))(0);
    expect((await planned({ latency: figures.latency + 0.01 }, slow)).plan.leftDense.size).toBe(0);
    expect((await planned({ keep: 0.5 }, slow)).plan.leftDense.size).toBe(0);
  });

  test("stays dense where size and time are to become small alike, whatever is kept", async () => {
    for (const budgets of [{}, { keep: 0.5 }, { keep: 0.5, flash: 20_000 }]) {
      const { plan, preview } = await planned(budgets, slow, "both");
      expect(plan.leftDense.get(0)).toBe("its packed form would be slower");
      expect(preview.states[0]!.keep).not.toContain(0);
    }
    const fast = basisOf(wideThenNarrow, "cortex-m4");
    expect((await planned({ keep: 0.5 }, fast, "both")).plan.leftDense.size).toBe(0);
  });

  test("is pruned for both where the file would not become small enough otherwise", async () => {
    const { figures } = previewer(slow, plainCurrency(slow.curves))(0);
    const { plan } = await planned({ flash: figures.bytes + 64 }, slow, "both");
    expect(plan.leftDense.size).toBe(0);
  });
});

describe("an arena budget", () => {
  const buffers = basis.curves.map(({ state }) => scratchOf(state.layer));

  test("leaves the layer with the largest line buffer dense, and takes the weights from the others", async () => {
    const { plan, preview } = await planned({ keep: 0.7, arena: buffers[0]! - 1 });
    expect([...plan.leftDense.keys()]).toEqual([basis.curves[0]!.state.layer.operator]);
    expect(preview.states[0]!.keep).not.toContain(0);
    expect(preview.figures.keptWeights).toBeCloseTo(0.7, 1);
    expect(await buffersAlone(preview.packed)).toBe(buffers[1]);
  });

  test("is met without a detour where there is room", async () => {
    expect((await planned({ keep: 0.7, arena: buffers[0]! + buffers[1]! })).plan.leftDense.size).toBe(0);
  });

  test("out of reach: by how much, and the two largest activations at the peak", async () => {
    const arenaOf = async (packed: PackedModel) => 10_000 + (await buffersAlone(packed));
    const budgets = { keep: 0.7, arena: 9_000 };
    const request = { basis, budgets, aim: "bytes" as const, expectedShare: 0.7, goesOn: false, arenaOf };
    const error = await thrownBy(() => planBudgets(request));
    expect([error.code, error.exit]).toEqual(["LIMIT_OUT_OF_REACH", 1]);
    expect(error.message).toMatch(/arena limit of 9000 bytes .* 10000 are left, 1000 too many/);
    expect(error.message).toMatch(
      /operator 0 \(CONV_2D\).*tensor \d+.* 4096 bytes and tensor \d+.* 4096 bytes/,
    );
  });
});

describe("budgets out of reach", () => {
  test("flash: by how much, what is not in pruned layers, and the layer with most", async () => {
    const least = previewer(basis, plainCurrency(basis.curves))(0);
    const flash = least.figures.bytes - 1;
    const error = await thrownBy(() => planned({ flash }));
    expect([error.code, error.exit]).toEqual(["LIMIT_OUT_OF_REACH", 1]);
    expect(error.message).toMatch(new RegExp(`limit of ${flash} bytes .* ${flash + 1} are left, 1 too many`));
    expect(error.message).toMatch(/\d+ bytes of them \(\d+ %\) are not in pruned layers/);
    expect(error.message).toMatch(/operator 0 \(DTMM_FILTERLET_CONV_2D\) has most/);
    await expect(planned({ flash: flash + 1 })).resolves.toBeDefined();
  });

  test("latency: what is left however much is pruned", async () => {
    const error = await thrownBy(() => planned({ latency: 0.01 }));
    expect(error.code).toBe("LIMIT_OUT_OF_REACH");
    const left = Number(/dense time cannot be met: .*, ([\d.]+) are left/.exec(error.message)![1]);
    await expect(planned({ latency: left })).resolves.toBeDefined();
  });

  test("says that layers stay dense for the arena where that is so", async () => {
    const { figures } = previewer(basis, plainCurrency(basis.curves))(0);
    const error = await thrownBy(() => planned({ flash: figures.bytes + 100, arena: 500 }));
    expect(error.message).toMatch(/flash limit .*; 1 of its layers stay dense to meet the other limits/);
  });
});

test("the forecast of the front falls in bytes and time, and rises in loss", async () => {
  const { plan } = await planned({});
  const front = await forecastFront(basis, plan.currency, buffersAlone);
  expect(front).toHaveLength(9);
  for (const [i, point] of front.entries()) {
    expect(point.origin).toBe("forecast");
    expect(point.bytes).toBeLessThan(front[i - 1]?.bytes ?? Number.POSITIVE_INFINITY);
    expect(point.latency).toBeLessThan(front[i - 1]?.latency ?? 1);
    expect(point.predictedLoss).toBeGreaterThan(front[i - 1]?.predictedLoss ?? 0);
  }
});
