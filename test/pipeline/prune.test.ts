import { beforeAll, describe, expect, test } from "vitest";
import { importModel } from "../../lib/import.js";
import { prune } from "../../lib/index.js";
import { normalizeOptions } from "../../lib/options/normalize.js";
import { blockFullyConnected } from "../../lib/pack/format.js";
import { prune as pruneWith } from "../../lib/pipeline.js";
import { silentProgress } from "../../lib/progress/progress.js";
import { type PruneResult, pruneResultSchema } from "../../lib/report/result.js";
import { runModel } from "../../lib/runs.js";
import { mainGraph, opName } from "../../lib/tflite/graph.js";
import { usePool } from "../support/interpreter.js";
import { convModel, type Layer } from "../support/models.js";
import { sha256, topClasses } from "./support/answers.js";
import {
  denseBytes,
  evalSamples,
  evalSet,
  projectMaker,
  prunable,
  spec,
  withEval,
} from "./support/project.js";

const newProject = projectMaker();
const native = usePool();

describe("keeping half of the weights", () => {
  const project = newProject();
  const before = project.listing();
  let result: PruneResult;
  beforeAll(async () => {
    result = await prune({ ...withEval, keep: 0.5 }, { cwd: project.root });
  });

  test("gives the documented result and nothing else", () => {
    expect(pruneResultSchema.parse(result)).toEqual(result);
    expect(result).toMatchObject({
      verdict: "pass",
      model: { path: "model.tflite", sha256: sha256(denseBytes) },
      dense: { bytes: denseBytes.length, accuracy: 1, samples: evalSamples },
      gates: [{ name: "bitExact", value: 0, pass: true }],
      evaluation: { path: "eval.npy", samples: evalSamples, accuracyMeans: "agreement" },
    });
  });

  test("keeps the share that was asked for, to within one filterlet of each layer", () => {
    const size = (shape: readonly number[]) => shape.reduce((product, axis) => product * axis, 1);
    const kept = result.layers.reduce((sum, layer) => sum + layer.kept * size(layer.shape), 0);
    const all = result.layers.reduce((sum, layer) => sum + size(layer.shape), 0);
    expect(result.pruned.keptWeights).toBeCloseTo(kept / all, 10);
    expect(result.pruned.keptWeights).toBeGreaterThanOrEqual(0.5);
    expect(result.pruned.keptWeights).toBeLessThan(0.5 + 24 / all);
  });

  test("packs every layer with weights into fewer bytes, bit-exact", () => {
    expect(result.layers.map(({ index, op }) => [index, op])).toEqual(prunable);
    for (const layer of result.layers) {
      expect(layer.bitExact).toBe(true);
      expect(layer.packedBytes).toBeLessThan(layer.denseBytes);
    }
    expect(result.pruned.bytes).toBeLessThan(0.6 * denseBytes.length);
  });

  test("lists the files that are there, and writes no others", () => {
    for (const { path, bytes, sha256: hash } of result.files) {
      const content = project.read(path);
      expect([path, content.length, sha256(content)]).toEqual([path, bytes, hash]);
    }
    const isFile = ([name, kind]: [string, string]) => kind !== "folder" && !name.startsWith(".dtmm/");
    const there = Object.entries(project.listing()).filter(isFile);
    const listed = result.files.map(({ path }) => path);
    const original = Object.entries(before).filter(isFile);
    expect(there.map(([name]) => name).sort()).toEqual([...original.map(([name]) => name), ...listed].sort());
    expect(there).toEqual(expect.arrayContaining(original));
  });

  test("report.json says what the library returned", () => {
    const report = JSON.parse(new TextDecoder().decode(project.read("dtmm-out/report.json")));
    const { files, seconds, ...core } = report;
    const { files: returnedFiles, seconds: _, ...returned } = result;
    expect(core).toEqual(returned);
    expect(Object.keys(seconds)).toEqual(Object.keys(result.seconds));
    // The reports cannot hold their own hashes; they come last.
    expect(files).toEqual(returnedFiles.slice(0, files.length));
    expect(returnedFiles.slice(files.length).map(({ path }) => path)).toEqual([
      "dtmm-out/report.json",
      "dtmm-out/report.html",
    ]);
  });

  test("the model file, imported and run anew, is what validate judged", async () => {
    const path = `${project.root}/dtmm-out/model.tflite`;
    const packed = await importModel(path, { purpose: "validate" });
    expect(packed.bytes.length).toBe(result.pruned.bytes);
    const names = mainGraph(packed.model).operators.map((operator) => opName(packed.model, operator));
    expect(prunable.map(([operator]) => [operator, names[operator]])).toEqual(prunable);

    const dense = await importModel(`${project.root}/model.tflite`);
    const denseRun = await runModel(dense, evalSet, native.context);
    const run = await runModel(packed, evalSet, native.context);
    expect([denseRun.arenaBytes, run.arenaBytes]).toEqual([
      result.dense.arenaBytes,
      result.pruned.arenaBytes,
    ]);
    const classes = topClasses(run.outputs, evalSamples);
    const same = topClasses(denseRun.outputs, evalSamples).filter((top, sample) => top === classes[sample]);
    expect(result.pruned.agreement).toBe(same.length / evalSamples);
  });

  test("the C array holds the model file", () => {
    const source = new TextDecoder().decode(project.read("dtmm-out/model_data.cc"));
    const listed = [...source.matchAll(/0x([0-9a-f]{2})\b/g)].map((match) => Number.parseInt(match[1]!, 16));
    expect(Uint8Array.from(listed)).toEqual(project.read("dtmm-out/model.tflite"));
  });
});

test("a network of fully connected layers alone", async () => {
  const layers: Layer[] = [
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 32, activation: "RELU" },
    { kind: "fullyConnected", outputs: 10 },
    { kind: "softmax" },
  ];
  const project = newProject({ "model.tflite": convModel({ ...spec, layers }) });
  const result = await prune({ ...withEval, keep: 0.6 }, { cwd: project.root });
  expect(result.verdict).toBe("pass");
  expect(result.layers).toContainEqual(
    expect.objectContaining({ index: 1, op: blockFullyConnected.op, bitExact: true }),
  );
  expect(result.pruned.bytes).toBeLessThan(0.75 * result.dense.bytes);
  expect(result.pruned.agreement).toBeGreaterThan(0.5);
});

describe("one seed, one result", () => {
  /** The bytes of the model, of a project of its own; `workers` overrides the number of processes. */
  async function modelOf(seed: number, workers?: number): Promise<Uint8Array> {
    const project = newProject();
    const given = { ...withEval, keep: 0.5, calibrationSamples: 20, seed, resume: false };
    const options = normalizeOptions("prune", given, undefined, project.root, "library");
    const onWorkers = { ...options, workers };
    await pruneWith(onWorkers, {
      progress: silentProgress,
      signal: new AbortController().signal,
      cwd: project.root,
    });
    return project.read("dtmm-out/model.tflite");
  }

  test("twice the same bytes, on however many workers; another seed, other bytes", async () => {
    const [first, again, onThree, other] = [
      await modelOf(7),
      await modelOf(7),
      await modelOf(7, 3),
      await modelOf(8),
    ];
    expect(again).toEqual(first);
    expect(onThree).toEqual(first);
    expect(other).not.toEqual(first);
  });
});
