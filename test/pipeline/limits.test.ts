import { describe, expect, test } from "vitest";
import { prune } from "../../lib/index.js";
import { denseBytes, projectMaker, withEval } from "./support/project.js";

const newProject = projectMaker();

/** A run that leaves the disk alone: for its figures only. */
function tryOut(options: Record<string, unknown>) {
  return prune({ ...withEval, dryRun: true, ...options }, { cwd: newProject().root });
}

describe("--flash", () => {
  const flash = 11_000;

  test("the file fits, and no larger share would", async () => {
    const project = newProject();
    const result = await prune({ ...withEval, flash }, { cwd: project.root });
    expect(result.gates).toContainEqual({
      name: "flash",
      limit: flash,
      value: result.pruned.bytes,
      pass: true,
    });
    expect(project.read("dtmm-out/model.tflite")).toHaveLength(result.pruned.bytes);
    expect(result.pruned.bytes).toBeLessThanOrEqual(flash);
    const more = await tryOut({ keep: result.pruned.keptWeights + 1 / 128 });
    expect(more.pruned.bytes).toBeGreaterThan(flash);
  });

  test("as large as the dense model: everything stays, and the diet shrinks the file all the same", async () => {
    const result = await tryOut({ flash: denseBytes.length });
    expect(result.pruned.keptWeights).toBe(1);
    expect(result.pruned.accuracy).toBe(1);
    expect(result.pruned.bytes).toBeLessThan(denseBytes.length);
  });
});

describe("--max-accuracy-drop", () => {
  test("the search obeys the measured limit, and more slack gives a smaller file", async () => {
    const [none, some, all] = [
      await tryOut({ maxAccuracyDrop: 0 }),
      await tryOut({ maxAccuracyDrop: 15 }),
      await tryOut({ maxAccuracyDrop: 100 }),
    ];
    for (const result of [none, some, all]) {
      const gate = result.gates.find(({ name }) => name === "maxAccuracyDrop")!;
      expect(gate.value).toBeCloseTo(100 * (result.dense.accuracy - result.pruned.accuracy), 6);
      expect(gate.value).toBeLessThanOrEqual(gate.limit);
      expect([gate.pass, result.verdict]).toEqual([true, "pass"]);
    }
    expect(some.pruned.bytes).toBeLessThan(none.pruned.bytes);
    expect(all.pruned.bytes).toBeLessThan(some.pruned.bytes);
    expect(all.pruned.keptWeights).toBeLessThan(0.02);
  });

  test("is 1 point when nothing else says how much to keep", async () => {
    const result = await tryOut({});
    expect(result.gates).toContainEqual(expect.objectContaining({ name: "maxAccuracyDrop", limit: 1 }));
  });
});

/** So little that no pruning to it holds the accuracy. */
const smallFlash = 6_000;

describe("a limit that is not met: verdict fail, the disk as it was", () => {
  test.each([
    ["maxAccuracyDrop", { keep: 0.05, maxAccuracyDrop: 0 }],
    ["maxAccuracyDrop", { flash: smallFlash, maxAccuracyDrop: 0 }],
  ])("%s of %j", async (name, limits) => {
    const project = newProject();
    const before = project.listing();
    const result = await prune({ ...withEval, ...limits, patch: true }, { cwd: project.root });
    expect([result.verdict, result.files]).toEqual(["fail", []]);
    expect(result.gates.filter(({ pass }) => !pass).map((gate) => gate.name)).toEqual([name]);
    expect(project.listing()).toEqual(before);
  });

  test("nor does it touch what an earlier run wrote", async () => {
    const project = newProject();
    await prune({ ...withEval, keep: 0.5, patch: true }, { cwd: project.root });
    const before = project.listing();
    const limits = { keep: 0.05, maxAccuracyDrop: 0 };
    const result = await prune({ ...withEval, ...limits, patch: true }, { cwd: project.root });
    expect(result.verdict).toBe("fail");
    expect(project.listing()).toEqual(before);
  });
});
