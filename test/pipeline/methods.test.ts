/** Teaching, and the methods that are there to compare with: through the same packing and proof as everything else. */

import { describe, expect, test } from "vitest";
import { importModel } from "../../lib/import.js";
import { prune } from "../../lib/index.js";
import { weightLayers } from "../../lib/layers.js";
import {
  calibrationSamples,
  denseBytes,
  labelsNpy,
  projectMaker,
  randomLabels,
  withEval,
} from "./support/project.js";

const newProject = projectMaker();
const labelled = { train: "calibration.npy", trainLabels: "labels.npy" };

/** A run that leaves nothing in its project but what it wrote. */
async function run(options: Record<string, unknown>) {
  const project = newProject({ "labels.npy": labelsNpy(randomLabels(calibrationSamples)) });
  const all = { ...withEval, resume: false, ...options };
  return { project, result: await prune(all, { cwd: project.root }) };
}

describe("--finetune", () => {
  test("brings a deep cut closer to the dense model, masks and proof intact", async () => {
    const options = { keep: 0.15 };
    const [{ result: plain }, { result: taught }] = [
      await run(options),
      await run({ ...options, finetune: 30 }),
    ];
    expect(taught.verdict).toBe("pass");
    expect(taught.gates).toContainEqual({ name: "bitExact", limit: 0, value: 0, pass: true });
    expect(taught.finetune?.epochs).toBe(30);
    expect(taught.finetune!.after.loss).toBeLessThan(taught.finetune!.before.loss);
    expect(taught.pruned.keptWeights).toBe(plain.pruned.keptWeights);
    expect(taught.layers.map(({ kept }) => kept)).toEqual(plain.layers.map(({ kept }) => kept));
    expect(plain.finetune).toBeUndefined();
  });

  test("counts in a search for an accuracy: the share goes below what holds untaught", async () => {
    const options = { maxAccuracyDrop: 10, aim: "bytes" as const };
    const { result: plain } = await run(options);
    const { result: taught } = await run({ ...options, finetune: 8 });
    expect([plain.verdict, taught.verdict]).toEqual(["pass", "pass"]);
    expect(taught.pruned.keptWeights).toBeLessThan(plain.pruned.keptWeights);
    expect(taught.pruned.bytes).toBeLessThan(plain.pruned.bytes);
    expect(taught.finetune!.epochs).toBe(8);
  });

  test("leaves a model alone that lost nothing", async () => {
    const { result } = await run({ keep: 1, finetune: 4 });
    expect(result.finetune).toBeUndefined();
  });

  test("gives the same bytes again for the same seed, others for another", async () => {
    const bytes = async (seed: number) => {
      const { project } = await run({ keep: 0.4, finetune: 3, augment: ["blend"], seed });
      return project.read("dtmm-out/model.tflite");
    };
    const first = await bytes(1);
    expect(await bytes(1)).toEqual(first);
    expect(await bytes(2)).not.toEqual(first);
  });
});

describe("--method taylor", () => {
  test("prunes whole filterlets of convs by labels, to the size that is asked for", async () => {
    const { result } = await run({ method: "taylor", flash: 10_000, ...labelled });
    expect([result.method, result.verdict]).toEqual(["taylor", "pass"]);
    expect(result.pruned.bytes).toBeLessThanOrEqual(10_000);
    const connected = result.layers.find(({ op }) => op === "FULLY_CONNECTED")!;
    // What it lost are the inputs that come from filters without weights.
    expect(connected.denseReason).toContain("whole channels");
    expect(result.layers.filter(({ kept }) => kept < 1).length).toBeGreaterThan(0);
  });

  test("is taught by labels as well", async () => {
    const { result } = await run({ method: "taylor", keep: 0.5, finetune: 4, ...labelled });
    expect(result.verdict).toBe("pass");
    expect(result.finetune!.after.loss).toBeLessThanOrEqual(result.finetune!.before.loss);
  });

  test("says how small it gets where a size is out of its reach", async () => {
    await expect(run({ method: "taylor", flash: 2_000, ...labelled })).rejects.toMatchObject({
      code: "LIMIT_OUT_OF_REACH",
      message: expect.stringContaining("the flash limit of 2000 bytes"),
    });
  });

  test("without labels says what it needs", async () => {
    await expect(run({ method: "taylor", keep: 0.5 })).rejects.toMatchObject({ code: "OPTION_MISSING" });
  });
});

describe("--method filter-l1", () => {
  test("gives a narrower model of stock operators, which can be taught", async () => {
    const { project, result } = await run({ method: "filter-l1", keep: 0.5, finetune: 4 });
    expect([result.method, result.verdict]).toEqual(["filter-l1", "pass"]);
    expect(result.pruned.bytes).toBeLessThan(0.75 * denseBytes.length);
    expect(result.layers.every(({ op }) => !op.startsWith("DTMM_"))).toBe(true);
    expect(result.finetune!.epochs).toBe(4);
    const written = await importModel(`${project.root}/dtmm-out/model.tflite`, { purpose: "validate" });
    const filters = weightLayers(written.model).map(({ geometry }) => geometry.outputChannels);
    expect(filters[0]).toBeLessThan(16);
    expect(filters.at(-1)).toBe(10);
  });
});

describe("--method chip, patdnn and unstructured", () => {
  test.each([
    ["chip", 0.3, []],
    ["patdnn", 0.3, ["DTMM_PATTERN_CONV_2D"]],
    ["unstructured", 0.1, ["DTMM_CSR_CONV_2D", "DTMM_CSR_FULLY_CONNECTED"]],
  ])(
    "%s: packed equals stock at every operator, and its kernels are written out",
    async (method, keep, ops) => {
      const { project, result } = await run({ method, keep, maxAccuracyDrop: 100 });
      expect([result.method, result.verdict]).toEqual([method, "pass"]);
      expect(result.gates).toContainEqual({ name: "bitExact", limit: 0, value: 0, pass: true });
      expect(result.pruned.keptWeights).toBeLessThanOrEqual(keep + 0.01);
      expect(new Set(result.layers.map(({ op }) => op).filter((op) => op.startsWith("DTMM_")))).toEqual(
        new Set(ops),
      );
      const kernels = result.files.filter(({ path }) => path.endsWith("conv_s8.c"));
      expect(kernels.length > 0).toBe(ops.length > 0);
      const written = await importModel(`${project.root}/dtmm-out/model.tflite`, { purpose: "validate" });
      expect(written.bytes.length).toBe(result.pruned.bytes);
    },
  );

  test.each(["chip", "patdnn", "unstructured", "filter-l1"])(
    "%s: the refit brings it closer",
    async (method) => {
      const options = { method, keep: 0.3, maxAccuracyDrop: 100, dryRun: true };
      const { result: fitted } = await run({ ...options, refit: true });
      const { result: plain } = await run({ ...options, refit: false });
      expect(fitted.pruned.divergence!).toBeLessThan(plain.pruned.divergence!);
    },
  );

  test("a file size is met by fitted weights too", async () => {
    const { result } = await run({ method: "unstructured", flash: 12_000, dryRun: true });
    expect(result.verdict).toBe("pass");
    expect(result.pruned.bytes).toBeLessThanOrEqual(12_000);
    expect(result.pruned.bytes).toBeGreaterThan(10_000);
  });

  test("filterlet without the refit keeps the dense weights", async () => {
    const options = { keep: 0.3, maxAccuracyDrop: 100, dryRun: true };
    const [{ result: plain }, { result: fitted }] = [
      await run({ ...options, refit: false }),
      await run(options),
    ];
    expect(plain.pruned.keptWeights).toBe(fitted.pruned.keptWeights);
    expect(plain.pruned.divergence!).toBeGreaterThan(fitted.pruned.divergence!);
  });
});
