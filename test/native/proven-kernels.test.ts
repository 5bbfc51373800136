/** What runs do when a host kernel gives other bytes than TFLM's own: an addon of plain functions plays both. */

import { expect, onTestFinished, test } from "vitest";
import { WorkerPool } from "../../lib/native/pool.js";
import { compareModels, type RunContext, runModel } from "../../lib/runs.js";
import { quietStage } from "../support/interpreter.js";
import { convModel, convModelValue, everyLayer } from "../support/models.js";
import { fakeAddon } from "./fake-addon.js";

/** Outputs say how many samples of the batch TFLM's own kernels were to run; with `stray`, operator 5 differs. */
const answer = (stray: boolean) => `({ samples, treeSamples }) => ({
  outputs: new Uint8Array(samples).fill(treeSamples),
  strays: Int32Array.from(${stray} && treeSamples > 0 ? [5] : []),
  differingBytes: Float64Array.of(0),
  arenaBytes: 0, hostOperators: new Int32Array(), referenceArenaBytes: 0, candidateArenaBytes: 0,
})`;

async function open(stray: boolean): Promise<RunContext> {
  const addonPath = fakeAddon({ runModel: answer(stray), compareModels: answer(stray) });
  const pool = await WorkerPool.open({ addonPath, workers: 1 });
  onTestFinished(() => pool.close());
  return { pool, signal: new AbortController().signal, progress: quietStage };
}

const model = { model: convModelValue(everyLayer), bytes: convModel(everyLayer) };
/** Eight batches of ten. */
const samples = { samples: 80, bytes: new Uint8Array(80) };

test("a run proves the host kernels in every batch", async () => {
  const result = await runModel(model, samples, await open(false));
  expect(new Set(result.outputs)).toEqual(new Set([1]));
  expect(result.strays).toEqual(new Int32Array());
});

test("a run with a stray host kernel is made anew without any", async () => {
  const result = await runModel(model, samples, await open(true));
  expect(new Set(result.outputs)).toEqual(new Set([0]));
  expect(result.strays).toEqual(Int32Array.of(5));
});

test("a comparison runs as many samples as it was told to on TFLM's own kernels", async () => {
  const result = await compareModels(model, model, samples, await open(false), 24);
  expect(new Set(result.outputs)).toEqual(new Set([3]));
  expect(result.treeSamples).toBe(24);
});

test("a comparison with a stray host kernel runs all samples on TFLM's own kernels", async () => {
  const result = await compareModels(model, model, samples, await open(true), 24);
  expect(new Set(result.outputs)).toEqual(new Set([0]));
  expect(result).toMatchObject({ treeSamples: 80, strays: Int32Array.of(5) });
});

test("a comparison runs all samples on TFLM's own kernels where it is not told how many", async () => {
  const result = await compareModels(model, model, samples, await open(false));
  expect(new Set(result.outputs)).toEqual(new Set([10]));
  expect(result.treeSamples).toBe(80);
});
