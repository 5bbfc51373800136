import { expect, onTestFinished, test } from "vitest";
import { compareSamples, mapSamples, runSamples } from "../../lib/native/map-samples.js";
import { WorkerPool } from "../../lib/native/pool.js";
import { type FakeFunctions, fakeAddon } from "./fake-addon.js";

async function openPool(functions: FakeFunctions): Promise<WorkerPool> {
  const pool = await WorkerPool.open({ addonPath: fakeAddon(functions), workers: 2 });
  onTestFinished(() => pool.close());
  return pool;
}

/** 11 samples of 2 bytes. */
const inputs = Uint8Array.from({ length: 22 }, (_, index) => index);
const model = new Uint8Array(4);

test("runSamples gives every sample's output, in order, whatever the batch", async () => {
  const pool = await openPool({
    runModel: `({ inputs, samples }) => {
      if (inputs.length !== 2 * samples) throw new Error("odd batch");
      const outputs = inputs.filter((_, index) => index % 2 === 1);
      return { arenaBytes: 64, outputs, strays: new Int32Array() };
    }`,
  });
  const done: number[] = [];
  for (const batch of [undefined, 1, 3, 50]) {
    const progress = (count: number, total: number) => done.push(count / total);
    const result = await runSamples(pool, { model, arenaBytes: 0, inputs, samples: 11 }, { batch, progress });
    expect(result.arenaBytes).toBe(64);
    expect([...result.outputs]).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21]);
    expect(done.at(-1)).toBe(1);
  }
});

test("compareSamples adds up the bytes that differ, per operator", async () => {
  const pool = await openPool({
    compareModels: `({ inputs, samples }) => ({
      outputs: inputs, differingBytes: Float64Array.of(0, samples), referenceArenaBytes: 1, candidateArenaBytes: 2,
      strays: Int32Array.of(inputs[0] === 0 ? 12 : 3),
    })`,
  });
  const request = { reference: model, candidate: model, arenaBytes: 0, inputs, samples: 11 };
  const result = await compareSamples(pool, request, { batch: 4 });
  expect(result).toEqual({
    outputs: inputs,
    differingBytes: Float64Array.of(0, 11),
    referenceArenaBytes: 1,
    candidateArenaBytes: 2,
    strays: Int32Array.of(3, 12),
  });
});

test.each([0, 1, 3, 11])(
  "of %i samples for TFLM's own kernels, every batch gets its share",
  async (treeSamples) => {
    const pool = await openPool({
      runModel: `({ samples, treeSamples }) => ({
      arenaBytes: 0, outputs: Uint8Array.of(samples, treeSamples), strays: new Int32Array(),
    })`,
    });
    const request = { model, arenaBytes: 0, inputs, samples: 11, treeSamples };
    const { outputs } = await runSamples(pool, request, { batch: 4 });
    const shares = { 0: [0, 0, 0], 1: [1, 1, 1], 3: [2, 2, 1], 11: [4, 4, 3] }[treeSamples]!;
    expect([...outputs]).toEqual([4, shares[0], 4, shares[1], 3, shares[2]]);
  },
);

test("a batch always goes to the same worker", async () => {
  const pool = await openPool({});
  const owners = await mapSamples(pool, 10, async ({ first, worker }, call) => [first, worker, call.worker], {
    batch: 2,
  });
  expect(owners).toEqual([
    [0, 0, 0],
    [2, 1, 1],
    [4, 0, 0],
    [6, 1, 1],
    [8, 0, 0],
  ]);
});

test("the first failure is reported and ends the other workers' batches", async () => {
  const pool = await openPool({
    runModel: "({ inputs }) => { if (inputs[0] === 2) process.abort(); for (;;); }",
  });
  await expect(
    runSamples(pool, { model, arenaBytes: 0, inputs, samples: 11 }, { batch: 1 }),
  ).rejects.toMatchObject({ code: "NATIVE_CRASHED" });
});

test("an abort ends all batches with its reason", async () => {
  const pool = await openPool({ runModel: "() => { for (;;); }" });
  const signal = AbortSignal.timeout(100);
  await expect(
    runSamples(pool, { model, arenaBytes: 0, inputs, samples: 11 }, { signal }),
  ).rejects.toMatchObject({
    name: "TimeoutError",
  });
});
