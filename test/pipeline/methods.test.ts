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
    const options = { maxAccuracyDrop: 10 };
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
