import { describe, expect, test } from "vitest";
import { loadData } from "../../lib/evaluation.js";
import { prune } from "../../lib/index.js";
import { runModel } from "../../lib/runs.js";
import { arenaFor } from "../../lib/tflite/graph.js";
import { readModel } from "../../lib/tflite/reader.js";
import { npyBytes } from "../data/npy-bytes.js";
import { zipBytes } from "../data/npz-bytes.js";
import { usePool } from "../support/interpreter.js";
import { convModel } from "../support/models.js";
import { topClasses } from "./support/answers.js";
import {
  calibrationInputs,
  calibrationSamples,
  denseBytes,
  evalInputs,
  evalSamples,
  evalSet,
  inputsNpy,
  labelsNpy,
  projectMaker,
  spec,
  withEval,
} from "./support/project.js";

const newProject = projectMaker();
const native = usePool();
const shape = [calibrationSamples, ...spec.input.slice(1)];
const half = { ...withEval, keep: 0.5, dryRun: true };

describe("calibration inputs", () => {
  /** SHA-256 of the model that these calibration inputs lead to. */
  async function modelFrom(calibration: Uint8Array, options: Record<string, unknown> = {}) {
    const project = newProject({ "calibration.npy": calibration });
    const { files } = await prune({ ...half, ...options }, { cwd: project.root });
    return files.find(({ path }) => path === "dtmm-out/model.tflite")!.sha256;
  }

  test("int8 is taken as quantised; real values and raw bytes come to the same", async () => {
    const quantised = npyBytes({ descr: "|i1", shape, data: calibrationInputs });
    // The fixture's input tensor: real = q * 2 / 255.
    const real = Float32Array.from(calibrationInputs, (value) => (value * 2) / 255);
    const raw = Uint8Array.from(calibrationInputs, (value) => value + 128);
    const model = await modelFrom(quantised);
    expect(await modelFrom(quantised, { inputScale: 9, inputOffset: 3 })).toBe(model);
    expect(await modelFrom(npyBytes({ descr: "<f4", shape, data: real }))).toBe(model);
    const scaling = { inputScale: 2 / 255, inputOffset: -256 / 255 };
    expect(await modelFrom(npyBytes({ descr: "|u1", shape, data: raw }), scaling)).toBe(model);
    expect(await modelFrom(npyBytes({ descr: "|u1", shape, data: raw }))).not.toBe(model);

    const x = npyBytes({ descr: "|u1", shape, data: raw });
    const size = calibrationInputs.length / calibrationSamples;
    const rows = Array.from({ length: calibrationSamples }, (_, i) => raw.slice(i * size, (i + 1) * size));
    const files: Record<string, Uint8Array | string> = {
      "data.npz": zipBytes([{ name: "x.npy", content: x, compressed: true }]),
      "data.bin": raw,
      "data.csv": rows.map((row) => row.join(",")).join("\n"),
      "data.ts": `export default ${JSON.stringify(rows.map((row) => ({ input: [...row] })))};`,
    };
    for (const calibration of Object.keys(files)) {
      const project = newProject(files);
      const options = { ...half, ...scaling, calibration, inputType: "uint8" as const };
      const { files: written } = await prune(options, { cwd: project.root });
      expect(written.find(({ path }) => path === "dtmm-out/model.tflite")!.sha256, calibration).toBe(model);
    }
  });
});

describe("what accuracy means", () => {
  test("without labels: agreement with the dense model", async () => {
    const result = await prune(half, { cwd: newProject().root });
    expect(result.evaluation).toMatchObject({ path: "eval.npy", accuracyMeans: "agreement" });
    expect(result.dense.accuracy).toBe(1);
    expect(result.pruned.accuracy).toBe(result.pruned.agreement);
  });

  test("with labels: the share of hits, of the dense model and of the pruned one", async () => {
    const model = readModel(denseBytes);
    const { outputs } = await runModel({ model, bytes: denseBytes }, evalSet, native.context);
    // The dense model is right on three samples out of four.
    const labels = topClasses(outputs, evalSamples).map((top, i) => (i % 4 === 0 ? (top + 1) % 10 : top));
    const project = newProject({ "labels.npy": labelsNpy(labels) });
    const result = await prune({ ...half, labels: "labels.npy", dryRun: false }, { cwd: project.root });
    expect(result.evaluation!.accuracyMeans).toBe("labels");
    expect(result.dense.accuracy).toBe(0.75);

    const bytes = project.read("dtmm-out/model.tflite");
    const pruned = await runModel({ model: readModel(bytes), bytes }, evalSet, native.context);
    const hits = topClasses(pruned.outputs, evalSamples).filter((top, i) => top === labels[i]);
    expect(result.pruned.accuracy).toBe(hits.length / evalSamples);
  });

  test("labels in an archive beside the inputs are used, unless they are off", async () => {
    const y = labelsNpy(Array.from({ length: evalSamples }, (_, i) => i % 10));
    const project = newProject({
      "eval.npz": zipBytes([
        { name: "x_test.npy", content: inputsNpy(evalInputs, evalSamples) },
        { name: "y_test.npy", content: y },
      ]),
    });
    const judged = async (options: object) => {
      const result = await prune({ ...half, eval: "eval.npz", ...options }, { cwd: project.root });
      return result.evaluation!.accuracyMeans;
    };
    expect(await judged({})).toBe("labels");
    expect(await judged({ labels: "off" })).toBe("agreement");
  });

  test("a model that does not end in a softmax: closeness of its values", async () => {
    const values = convModel({ ...spec, layers: spec.layers.slice(0, -1) });
    const project = newProject({ "model.tflite": values });
    const result = await prune({ ...half, keep: 0.8 }, { cwd: project.root });
    expect(result.evaluation!.accuracyMeans).toBe("closeness");
    expect(result.dense.accuracy).toBe(1);
    expect(result.pruned.accuracy).toBeGreaterThan(0.5);
    expect(result.pruned.accuracy).toBeLessThan(1);
  });
});

describe("without --eval", () => {
  test("classes that came with the calibration inputs judge the part that is held out", async () => {
    const { eval: _, ...withoutEval } = half;
    const y = labelsNpy(Array.from({ length: calibrationSamples }, (_, i) => i % 10));
    const members = [
      { name: "x.npy", content: inputsNpy(calibrationInputs, calibrationSamples) },
      { name: "y.npy", content: y },
    ];
    const project = newProject({ "calibration.npz": zipBytes(members) });
    const options = { ...withoutEval, calibration: "calibration.npz" };
    const { evaluation } = await prune(options, { cwd: project.root });
    expect(evaluation).toMatchObject({ accuracyMeans: "labels", samples: calibrationSamples / 4 });
  });

  test("a quarter of the calibration inputs is held out to judge on", async () => {
    const { eval: _, ...withoutEval } = half;
    const { evaluation, dense } = await prune(withoutEval, { cwd: newProject().root });
    expect(evaluation).toMatchObject({ path: "calibration.npy", samples: calibrationSamples / 4 });
    expect(dense.samples).toBe(calibrationSamples / 4);
  });

  test("what is held out is not learnt from", async () => {
    const size = calibrationInputs.length / calibrationSamples;
    // Every sample consists of its own number.
    const numbered = Int8Array.from(calibrationInputs, (_, i) => Math.floor(i / size));
    const project = newProject({ "calibration.npy": inputsNpy(numbered, calibrationSamples) });
    const model = readModel(denseBytes);
    const facts = await native.pool.call("inspectModel", { model: denseBytes, arenaBytes: arenaFor(model) });
    const options = {
      calibration: `${project.root}/calibration.npy`,
      calibrationSamples: 30,
      inputScale: 1,
      inputOffset: 0,
      seed: 1,
    };
    const { calibration, evaluation } = await loadData(options, model, facts);
    const numbers = ({ bytes }: { bytes: Uint8Array }) => Array.from(bytes).filter((_, i) => i % size === 0);
    expect([calibration.samples, evaluation.samples.samples]).toEqual([22, 8]);
    const seen = [...numbers(calibration), ...numbers(evaluation.samples)];
    expect(new Set(seen).size).toBe(30);
  });
});
