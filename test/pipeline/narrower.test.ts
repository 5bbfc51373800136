/** Dead channels on the whole way: those that the model comes with, and those that pruning leaves without a use. */

import { beforeAll, describe, expect, test } from "vitest";
import { importModel } from "../../lib/import.js";
import { prune, validate } from "../../lib/index.js";
import { weightLayers } from "../../lib/layers.js";
import { narrow } from "../../lib/narrow/narrow.js";
import type { PruneResult } from "../../lib/report/result.js";
import { runModel } from "../../lib/runs.js";
import { proveSlim, slim } from "../../lib/slim.js";
import { replaceData } from "../../lib/tflite/edit.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { outputShapes, silence } from "../narrow/support.js";
import { usePool } from "../support/interpreter.js";
import { convModelValue } from "../support/models.js";
import { denseBytes, evalSamples, evalSet, projectMaker, spec, withEval } from "./support/project.js";

const newProject = projectMaker();
const native = usePool();

const deadFilters = [1, 2, 7, 8, 15];
/** `spec` with dead filters in its first two convs. */
const dead = silence(silence(convModelValue(spec), 0, deadFilters), 1, [0, 23]);

/** A copy in which the given filters never get above zero, where a RELU cuts them off. */
function muted(model: Model, operator: number, filters: readonly number[]): Model {
  const graph = mainGraph(model);
  const tensors = [...graph.tensors];
  const buffers = [...model.buffers];
  const layer = weightLayers(model).find((one) => one.operator === operator)!;
  const bias = layer.bias.map((value, filter) => (filters.includes(filter) ? -(2 ** 24) : value));
  replaceData(tensors, buffers, layer.biasTensor, new Uint8Array(bias.buffer));
  return { ...model, buffers, subgraphs: [{ ...graph, tensors }] };
}

async function channelsOf(root: string) {
  const { model } = await importModel(`${root}/dtmm-out/model.tflite`, { purpose: "validate" });
  return outputShapes(model).map((shape) => shape.at(-1));
}

async function outputsOf(root: string, file: string) {
  const model = await importModel(`${root}/${file}`, { purpose: "validate" });
  return (await runModel(model, evalSet, native.context)).outputs;
}

describe("a model that comes with dead filters", () => {
  const project = newProject({ "model.tflite": writeModel(dead) });
  let result: PruneResult;
  beforeAll(async () => {
    result = await prune({ ...withEval, keep: 0.5 }, { cwd: project.root });
  });

  test("comes out narrower, held against the model that came in", async () => {
    expect(result.verdict).toBe("pass");
    expect(result.gates).toContainEqual({ name: "bitExact", limit: 0, value: 0, pass: true });
    expect(result.dense.bytes).toBe(writeModel(dead).length);
    const [first, second] = await channelsOf(project.root);
    expect(first).toBeLessThanOrEqual(11);
    expect(second).toBeLessThanOrEqual(22);
  });

  test("counts what left against the whole of the model's weights", () => {
    const size = (shape: readonly number[]) => shape.reduce((product, axis) => product * axis, 1);
    const all = result.layers.reduce((sum, { shape }) => sum + size(shape), 0);
    const kept = result.layers.reduce((sum, layer) => sum + layer.kept * size(layer.shape), 0);
    expect(result.layers.map(({ shape }) => shape[0])).toEqual([16, 24, 32, 10]);
    expect(result.layers[0]!.kept).toBeLessThanOrEqual(11 / 16);
    expect(result.pruned.keptWeights).toBeCloseTo(kept / all, 10);
    expect(result.pruned.keptWeights).toBeGreaterThan(0.48);
    expect(result.pruned.keptWeights).toBeLessThan(0.52);
  });

  test("is accepted by validate, and by no model whose channels it cannot come from", async () => {
    const given = { model: "dtmm-out/model.tflite", eval: "eval.npy" };
    const held = await validate({ ...given, against: "model.tflite" }, { cwd: project.root });
    expect(held).toMatchObject({ verdict: "pass", gates: [{ name: "bitExact", value: 0 }] });
    const { keptWeights: _, predictedLatency: __, ...figures } = result.pruned;
    expect(held.pruned).toEqual(figures);

    const few = spec.layers.map((layer, i) => (i === 0 ? { ...layer, filters: 8 } : layer));
    const other = newProject({
      "model.tflite": writeModel(convModelValue({ ...spec, layers: few as typeof spec.layers })),
      "candidate.tflite": project.read("dtmm-out/model.tflite"),
    });
    const wrong = { ...given, model: "candidate.tflite", against: "model.tflite" };
    await expect(validate(wrong, { cwd: other.root })).rejects.toMatchObject({
      code: "MODELS_NOT_COMPARABLE",
      message: expect.stringContaining("the output of operator 0 is another"),
    });
  });
});

test("keeping every weight still takes the dead channels out, and changes no output", async () => {
  const project = newProject({ "model.tflite": writeModel(dead) });
  const result = await prune({ ...withEval, keep: 1 }, { cwd: project.root });
  expect(result).toMatchObject({ verdict: "pass", pruned: { accuracy: 1, agreement: 1, divergence: 0 } });
  expect(result.pruned.bytes).toBeLessThan(0.85 * result.dense.bytes);
  expect(result.pruned.keptWeights).toBeLessThan(0.85);
  expect(await outputsOf(project.root, "dtmm-out/model.tflite")).toEqual(
    await outputsOf(project.root, "model.tflite"),
  );
});

test("filters that never fire lose their weights and leave; teaching goes on without them", async () => {
  const filters = Array.from({ length: 16 }, (_, i) => i);
  const model = muted(convModelValue(spec), 3, filters);
  const project = newProject({ "model.tflite": writeModel(model) });
  const options = { ...withEval, keep: 0.5, resume: false };
  const plain = await prune({ ...options, dryRun: true }, { cwd: project.root });
  const taught = await prune({ ...options, finetune: 3 }, { cwd: project.root });
  for (const { verdict, gates } of [plain, taught]) {
    expect(verdict).toBe("pass");
    expect(gates).toContainEqual({ name: "bitExact", limit: 0, value: 0, pass: true });
  }
  expect((await channelsOf(project.root))[3]).toBe(16);
  expect(taught.layers.map(({ kept }) => kept)).toEqual(plain.layers.map(({ kept }) => kept));
  expect(taught.pruned.bytes).toBeLessThanOrEqual(plain.pruned.bytes);
});

describe("the proof that nothing was lost", () => {
  const imported = { path: "model.tflite", sha256: "", bytes: denseBytes, model: readModel(denseBytes) };

  test("a model without dead channels stays the file that it is", () => {
    expect(slim(imported)).toEqual({ model: imported.model, bytes: denseBytes });
  });

  test("another output is an error with its code", async () => {
    const { model } = imported;
    const facts = await native.pool.call("inspectModel", { model: denseBytes, arenaBytes: 1 << 20 });
    const values = new Float32Array(10 * evalSamples);
    const baseline = { outputs: { values, samples: evalSamples, size: 10 }, accuracy: 1, arenaBytes: 0 };
    const evaluation = {
      path: "eval.npy",
      samples: evalSet,
      scoring: { kind: "values", distribution: false },
    };
    const bytes = writeModel(narrow(model).model);
    const proof = proveSlim(
      { model: readModel(bytes), bytes },
      { imported, output: facts.outputs[0]!, evaluation: evaluation as never, baseline },
      native.context,
    );
    await expect(proof).rejects.toMatchObject({ code: "NARROWING_INEXACT", exit: 4 });
  });
});
