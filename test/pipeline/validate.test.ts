import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { prune, validate } from "../../lib/index.js";
import { recordOffset } from "../../lib/pack/format.js";
import { validateResultSchema } from "../../lib/report/result.js";
import { thrownBy } from "../cli/support/throws.js";
import { convModel, type Layer } from "../support/models.js";
import { sha256 } from "./support/answers.js";
import { withChanged } from "./support/packed-parts.js";
import { denseBytes, projectMaker, spec, withEval } from "./support/project.js";

const project = projectMaker()();
let pruned: Uint8Array;
beforeAll(async () => {
  const result = await prune({ ...withEval, keep: 0.5 }, { cwd: project.root });
  expect(result.verdict).toBe("pass");
  pruned = project.read("dtmm-out/model.tflite");
});

/** Writes a model into the project and holds it against another. */
function validateBytes(candidate: Uint8Array, options: Record<string, unknown> = {}) {
  writeFileSync(path.join(project.root, "candidate.tflite"), candidate);
  const given = { model: "candidate.tflite", against: "model.tflite", eval: "eval.npy", ...options };
  return validate(given, { cwd: project.root });
}

/** Filters of the last packed layer. */
const classes = 10;
const bitExact = (value: unknown, pass: boolean) => ({ name: "bitExact", limit: 0, value, pass });

describe("validate", () => {
  test("the pruned model is its own weights in stock operators, bit for bit", async () => {
    const result = await validateBytes(pruned);
    expect(validateResultSchema.parse(result)).toEqual(result);
    expect(result).toMatchObject({
      verdict: "pass",
      model: { path: "candidate.tflite", sha256: sha256(pruned) },
      against: { path: "model.tflite", sha256: sha256(denseBytes) },
      dense: { bytes: denseBytes.length, accuracy: 1 },
      pruned: { bytes: pruned.length },
      gates: [bitExact(0, true)],
    });
  });

  test("finds what prune found, and judges the limits anew", async () => {
    const report = JSON.parse(new TextDecoder().decode(project.read("dtmm-out/report.json")));
    const limits = { maxAccuracyDrop: 0, flash: pruned.length, arena: report.pruned.arenaBytes };
    const result = await validateBytes(pruned, limits);
    const { keptWeights: _, predictedLatency: __, ...figures } = report.pruned;
    expect(result.pruned).toEqual(figures);
    expect(result.dense).toEqual(report.dense);
    expect(result.verdict).toBe("fail");
    expect(result.gates.map(({ name, pass }) => [name, pass])).toEqual([
      ["bitExact", true],
      ["maxAccuracyDrop", false],
      ["flash", true],
      ["arena", true],
    ]);
  });

  test.each([
    ["weight", "weights", 0],
    ["bias", "records", recordOffset("foldedBias", classes)],
  ] as const)("another %s in the file is another model, not a fault", async (_, slot, at) => {
    const edited = withChanged(pruned, slot, (bytes) => {
      bytes[at] = bytes[at]! ^ 0x21;
    });
    expect(await validateBytes(edited)).toMatchObject({ verdict: "pass", gates: [bitExact(0, true)] });
  });

  test("another shift is another scale: another model, as good as its answers", async () => {
    const edited = withChanged(pruned, "records", (bytes) => {
      // All filters of the last layer at a fourth.
      for (let at = recordOffset("shift", classes); at < bytes.length; at++) bytes[at] = bytes[at]! - 2;
    });
    const before = await validateBytes(pruned, { maxAccuracyDrop: 100 });
    const result = await validateBytes(edited, { maxAccuracyDrop: 100 });
    expect(result.gates).toContainEqual(bitExact(0, true));
    expect(result.pruned.divergence).not.toBe(before.pruned.divergence);
  });

  test("a multiplier that no scale gives is found by the gate", async () => {
    const edited = withChanged(pruned, "records", (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let filter = 0; filter < classes; filter++) {
        const at = recordOffset("multiplier", classes) + 4 * filter;
        // Half of it: below what quantisation makes of any scale.
        view.setInt32(at, view.getInt32(at, true) >> 1, true);
      }
    });
    const result = await validateBytes(edited);
    expect([result.verdict, result.gates]).toEqual(["fail", [bitExact(expect.any(Number), false)]]);
    expect(result.gates[0]!.value).toBeGreaterThan(0);
  });

  test("another dense model of the same shape is a bad match, and that is all one can say", async () => {
    writeFileSync(path.join(project.root, "stranger.tflite"), convModel({ ...spec, seed: 99 }));
    const result = await validateBytes(pruned, { against: "stranger.tflite", maxAccuracyDrop: 10 });
    expect(result.gates.map(({ name, pass }) => [name, pass])).toEqual([
      ["bitExact", true],
      ["maxAccuracyDrop", false],
    ]);
  });
});

describe("the wrong dense model is refused", () => {
  const [first, ...rest] = spec.layers as [Layer, ...Layer[]];
  test.each([
    ["another layer", { ...spec, layers: [first, first, ...rest] }, "operators"],
    ["another operator", { ...spec, layers: swapPools(spec.layers) }, "MAX_POOL_2D"],
    ["another number of classes", { ...spec, layers: withClasses(7) }, "different shapes"],
    ["larger filters", { ...spec, layers: withKernel(5) }, "weights"],
  ])("%s", async (_, other, reason) => {
    writeFileSync(path.join(project.root, "other.tflite"), convModel(other));
    const error = await thrownBy(() => validateBytes(pruned, { against: "other.tflite" }));
    expect([error.code, error.exit]).toEqual(["MODELS_NOT_COMPARABLE", 2]);
    expect(error.message).toContain("candidate.tflite");
    expect(error.message).toContain(reason);
  });
});

function swapPools(layers: readonly Layer[]): Layer[] {
  return layers.map((layer) => (layer.kind === "maxPool" ? { kind: "averagePool" } : layer));
}

function withClasses(outputs: number): Layer[] {
  return spec.layers.map((layer) => (layer.kind === "fullyConnected" ? { ...layer, outputs } : layer));
}

function withKernel(kernel: number): Layer[] {
  return spec.layers.map((layer) => (layer.kind === "conv" ? { ...layer, kernel } : layer));
}
