/** Several budgets at once, through the real interpreter. */

import { beforeAll, describe, expect, test } from "vitest";
import { prune } from "../../lib/index.js";
import type { PruneResult } from "../../lib/report/result.js";
import { thrownBy } from "../cli/support/throws.js";
import { npyBytes } from "../data/npy-bytes.js";
import { denseBytes, projectMaker, withEval } from "../pipeline/support/project.js";
import { convModel, randomInputs } from "../support/models.js";
import { wideThenNarrow } from "./support.js";

const newProject = projectMaker();

/** A run that leaves the disk alone: for its figures only. */
function tryOut(options: Record<string, unknown>): Promise<PruneResult> {
  return prune({ ...withEval, dryRun: true, ...options }, { cwd: newProject().root });
}

const gateValue = (result: PruneResult, name: string) =>
  result.gates.find((gate) => gate.name === name)?.value;

describe("flash, arena, latency and accuracy at once", () => {
  const limits = { flash: 14_000, latency: 0.8, arena: 200_000, maxAccuracyDrop: 40, target: "cortex-m4" };
  let result: PruneResult;
  beforeAll(async () => {
    result = await tryOut(limits);
  });

  test("every gate is judged and met", () => {
    expect(result.verdict).toBe("pass");
    for (const name of ["flash", "latency", "arena", "maxAccuracyDrop"] as const) {
      expect(gateValue(result, name)).toBeLessThanOrEqual(limits[name]);
    }
    expect(gateValue(result, "flash")).toBe(result.pruned.bytes);
    expect(gateValue(result, "latency")).toBe(result.pruned.predictedLatency);
  });

  test("the front has the predicted grid, what was tried with its accuracy, and the result", () => {
    const of = (origin: string) => result.pareto!.filter((point) => point.origin === origin);
    expect(of("forecast")).toHaveLength(9);
    expect(of("forecast").every((point) => point.accuracy === undefined)).toBe(true);
    expect(of("tried").filter(({ accuracy }) => accuracy !== undefined).length).toBeGreaterThan(3);
    const { bytes, arenaBytes, accuracy, agreement, keptWeights, predictedLatency } = result.pruned;
    expect(of("result")).toEqual([
      expect.objectContaining({ bytes, arenaBytes, accuracy, agreement, keptWeights, predictedLatency }),
    ]);
  });

  test("is the smallest that was tried within all of them", () => {
    const within = result.pareto!.filter(
      ({ origin, bytes, accuracy = 0, predictedLatency }) =>
        origin !== "forecast" &&
        bytes <= limits.flash &&
        predictedLatency <= limits.latency &&
        100 * (result.dense.accuracy - accuracy) <= limits.maxAccuracyDrop,
    );
    expect(Math.min(...within.map(({ bytes }) => bytes))).toBe(result.pruned.bytes);
  });

  test("and the same again from the same seed", async () => {
    const again = await tryOut(limits);
    expect(again.pareto).toEqual(result.pareto);
    const modelFile = ({ files }: PruneResult) => files.find(({ path }) => path.endsWith("model.tflite"));
    expect(modelFile(again)).toEqual(modelFile(result));
  });
});

describe("--latency", () => {
  test("the predicted time is within it and close to it", async () => {
    const result = await tryOut({ latency: 0.5, target: "cortex-m4" });
    expect(result.verdict).toBe("pass");
    expect(gateValue(result, "latency")).toBeLessThanOrEqual(0.5);
    expect(gateValue(result, "latency")).toBeGreaterThan(0.45);
  });

  test("beside a share lowers the share where it has to", async () => {
    const slow = await tryOut({ keep: 0.9, target: "cortex-m4" });
    const fast = await tryOut({ keep: 0.9, latency: 0.5, target: "cortex-m4" });
    expect(slow.pruned.predictedLatency).toBeGreaterThan(0.5);
    expect(fast.pruned.keptWeights).toBeLessThan(0.9);
    expect(fast.pruned.predictedLatency).toBeLessThanOrEqual(0.5);
  });
});

describe("--arena", () => {
  // Its first conv reads so wide an image that the line buffer is what the arena is short of.
  const samples = 16;
  const inputs = randomInputs(wideThenNarrow, samples);
  const [, ...shape] = wideThenNarrow.input;
  const npy = npyBytes({ descr: "|i1", shape: [samples, ...shape], data: inputs });
  const files = { "model.tflite": convModel(wideThenNarrow), "calibration.npy": npy, "eval.npy": npy };
  const run = (options: Record<string, unknown>) =>
    prune({ ...withEval, dryRun: true, keep: 0.7, ...options }, { cwd: newProject(files).root });

  test("one byte less than the packed model has: the layer that binds stays dense and says why", async () => {
    const free = await run({});
    const result = await run({ arena: free.pruned.arenaBytes - 1 });
    expect(result.verdict).toBe("pass");
    expect(result.pruned.arenaBytes).toBeLessThan(free.pruned.arenaBytes);
    const dense = result.layers.filter(({ denseReason }) => denseReason?.includes("too much arena"));
    expect(dense).toMatchObject([{ index: 0, op: "CONV_2D" }]);
    expect(result.pruned.keptWeights).toBeCloseTo(free.pruned.keptWeights, 1);
  });
});

describe("a budget out of reach ends the run and leaves the disk as it was", () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "flash",
      { flash: 100 },
      /flash limit of 100 bytes .* too many: \d+ bytes of them .* not in pruned layers/,
    ],
    ["latency", { latency: 0.001 }, /latency limit of 0.001 .* too many: .* packed layers/],
    ["arena", { keep: 0.5, arena: 1 }, /arena limit of 1 bytes .* largest are tensor \d+/],
    ["one of several", { flash: denseBytes.length, latency: 0.001 }, /latency limit/],
  ])("%s", async (_, limits, says) => {
    const project = newProject();
    const before = project.listing();
    const error = await thrownBy(() => prune({ ...withEval, ...limits, patch: true }, { cwd: project.root }));
    expect([error.code, error.exit]).toEqual(["LIMIT_OUT_OF_REACH", 1]);
    expect(error.message).toMatch(says);
    expect(project.listing()).toEqual(before);
  });
});
