/** The arena on the target: TFLM's own figure on an emulated core, and the one that --arena then limits. */

import { describe, expect, test } from "vitest";
import { inspect, prune, validate } from "../../lib/index.js";
import { projectMaker, withEval } from "../pipeline/support/project.js";
import { boardSkipNote, haveBoardTools } from "./support/board.js";

describe.skipIf(!haveBoardTools)(`the arena on the target${boardSkipNote}`, () => {
  const project = projectMaker()();
  const cwd = { cwd: project.root };
  const arenaTarget = true;

  test("is smaller than the host's, is found by every command alike, and is what --arena limits", async () => {
    const pruned = await prune({ ...withEval, keep: 0.5, arenaTarget }, cwd);
    const target = pruned.pruned.arenaTarget!;
    expect(target.from).toBe("TFLM on an emulated cortex-m4");
    expect(target.bytes).toBeGreaterThan(0);
    expect(target.bytes).toBeLessThan(pruned.pruned.arenaBytes);
    expect(pruned.dense.arenaTarget!.bytes).toBeLessThan(pruned.dense.arenaBytes);
    const result = pruned.pareto!.find(({ origin }) => origin === "result")!;
    expect(result.arenaBytes).toBe(target.bytes);

    const model = "dtmm-out/model.tflite";
    expect((await inspect({ model, arenaTarget }, cwd)).arenaTarget).toEqual(target);
    const files = { model, against: "model.tflite", eval: "eval.npy", arena: target.bytes };
    const gate = { name: "arena", limit: target.bytes };
    const onTarget = await validate({ ...files, arenaTarget }, cwd);
    expect(onTarget.gates).toContainEqual({ ...gate, value: target.bytes, pass: true });
    const onHost = await validate(files, cwd);
    expect(onHost.gates).toContainEqual({ ...gate, value: pruned.pruned.arenaBytes, pass: false });
  }, 600_000);

  test("a budget that only the target meets is met by prune", async () => {
    const dense = await inspect({ model: "model.tflite", arenaTarget }, cwd);
    const arena = Math.floor((dense.arenaBytes + dense.arenaTarget!.bytes) / 2);
    const result = await prune({ ...withEval, keep: 0.5, arena, arenaTarget, dryRun: true }, cwd);
    expect(result.verdict).toBe("pass");
    expect(result.gates).toContainEqual(expect.objectContaining({ name: "arena", limit: arena, pass: true }));
  }, 600_000);
});
