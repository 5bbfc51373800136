/** The arena on the target: TFLM's own figure on an emulated core, and the one that --arena then limits. */

import { describe, expect, test } from "vitest";
import { inspect, prune, validate } from "../../lib/index.js";
import { projectMaker, withEval } from "../pipeline/support/project.js";
import { boardSkipNote, haveBoardTools } from "./support/board.js";

describe.skipIf(!haveBoardTools)(`the arena on the target${boardSkipNote}`, () => {
  const project = projectMaker()();
  const cwd = { cwd: project.root };
  const arenaTarget = true;

  test("is another than the host's, is found by every command alike, and is what --arena limits", async () => {
    const pruned = await prune({ ...withEval, keep: 0.5, arenaTarget }, cwd);
    const target = pruned.pruned.arenaTarget!;
    expect(target.from).toBe("TFLM on an emulated cortex-m4");
    // Pointers are narrower there; the scratch memory of packed layers is that of other kernels.
    expect(pruned.dense.arenaTarget!.bytes).toBeLessThan(pruned.dense.arenaBytes);
    expect(target.bytes).not.toBe(pruned.pruned.arenaBytes);
    const result = pruned.pareto!.find(({ origin }) => origin === "result")!;
    expect(result.arenaBytes).toBe(target.bytes);

    const model = "dtmm-out/model.tflite";
    expect((await inspect({ model, arenaTarget }, cwd)).arenaTarget).toEqual(target);
    // The one of the two that is larger breaks the limit.
    const host = pruned.pruned.arenaBytes;
    const limit = Math.min(host, target.bytes);
    const files = { model, against: "model.tflite", eval: "eval.npy", arena: limit };
    const gate = (value: number) => ({ name: "arena", limit, value, pass: value <= limit });
    const onTarget = await validate({ ...files, arenaTarget }, cwd);
    expect(onTarget.gates).toContainEqual(gate(target.bytes));
    expect(onTarget.warnings).toBeUndefined();
    const onHost = await validate(files, cwd);
    expect(onHost.gates).toContainEqual(gate(host));
    expect(onHost.warnings).toEqual([expect.stringContaining("--arena-target")]);
  }, 600_000);

  test("prune plans for it: layers whose line buffers are too large there stay dense", async () => {
    const dense = await inspect({ model: "model.tflite", arenaTarget }, cwd);
    const arena = dense.arenaTarget!.bytes;
    const result = await prune({ ...withEval, keep: 0.5, arena, arenaTarget, dryRun: true }, cwd);
    expect(result.verdict).toBe("pass");
    expect(result.gates).toContainEqual(expect.objectContaining({ name: "arena", limit: arena, pass: true }));
  }, 600_000);
});
