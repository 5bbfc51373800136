import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { packageRoot } from "../../lib/native/paths.js";
import { WorkerPool } from "../../lib/native/pool.js";
import { temporaryFolder } from "../tflm/fake-tree.js";
import { type FakeFunctions, fakeAddon, modelRequest } from "./fake-addon.js";
import { randomProblem, removalsOf } from "./support/layer-problems.js";

async function openPool(functions: FakeFunctions, workers = 1): Promise<WorkerPool> {
  const pool = await WorkerPool.open({ addonPath: fakeAddon(functions), workers });
  onTestFinished(() => pool.close());
  return pool;
}

const facts = { operators: 1, registration: "TFLMRegistration", kernels: ["a"] };
const answerFacts = `() => (${JSON.stringify(facts)})`;
const answerPid = "() => ({ operators: process.pid })";

function isAlive(pid: number): boolean {
  try {
    // A zombie still has a pid; its state says that it no longer runs.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

test("typed arrays go there and back as they are", async () => {
  const pool = await openPool({
    removeGroups:
      "({ cuts: [{ weights, rows }] }) => ({ order: Int32Array.of(rows), loss: weights.map((w) => 2 * w) })",
  });
  const problem = { ...randomProblem(1, 7, [2]), weights: Float64Array.of(1, 2.5, -3) };
  const result = await pool.call("removeGroups", removalsOf(problem, new Float64Array(7)));
  expect(result).toEqual({ order: Int32Array.of(7), loss: Float64Array.of(2, 5, -6) });
});

test("a thrown error keeps its code and text", async () => {
  const pool = await openPool({
    inspectModel: "() => { throw Object.assign(new Error('arena is full'), { code: 'TFLM_ALLOCATE' }); }",
    treeFacts: answerFacts,
  });
  await expect(pool.call("inspectModel", modelRequest)).rejects.toMatchObject({
    code: "NATIVE_REJECTED",
    message: "inspectModel was refused (TFLM_ALLOCATE): arena is full",
    cause: { name: "NativeError", code: "TFLM_ALLOCATE" },
  });
  expect(await pool.call("treeFacts", {})).toEqual(facts);
});

test("a crash names the signal and the function, and the next call gets a new process", async () => {
  const pool = await openPool({ inspectModel: "() => process.abort()", treeFacts: answerPid });
  const before = await pool.call("treeFacts", {});
  await expect(pool.call("inspectModel", modelRequest)).rejects.toMatchObject({
    code: "NATIVE_CRASHED",
    exit: 2,
    message: expect.stringMatching(/inspectModel \(SIGABRT\) on this model/),
  });
  const after = await pool.call("treeFacts", {});
  expect(after.operators).not.toBe(before.operators);
});

test("a crash without a model is our bug, and stderr tells more", async () => {
  const script =
    "() => { require('node:fs').writeSync(2, 'heap-buffer-overflow'); process.kill(process.pid, 'SIGKILL'); }";
  const pool = await openPool({ treeFacts: script });
  await expect(pool.call("treeFacts", {})).rejects.toMatchObject({
    code: "NATIVE_FAULT",
    exit: 4,
    message: "the native code crashed in treeFacts (SIGKILL):\nheap-buffer-overflow",
  });
});

test("a hang is stopped after the timeout, and the worker comes back", async () => {
  const pool = await openPool({ inspectModel: "() => { for (;;); }", treeFacts: answerFacts });
  await expect(pool.call("inspectModel", modelRequest, { timeoutMs: 200 })).rejects.toMatchObject({
    code: "NATIVE_TIMEOUT",
    message: "inspectModel did not end within 0.2 s and was stopped",
  });
  expect(await pool.call("treeFacts", {})).toEqual(facts);
});

test("an abort ends a running call with the signal's reason, and one that waits as well", async () => {
  const pool = await openPool({ inspectModel: "() => { for (;;); }", treeFacts: answerFacts });
  const controller = new AbortController();
  const running = pool.call("inspectModel", modelRequest, { signal: controller.signal });
  const waiting = pool.call("treeFacts", {}, { signal: controller.signal });
  setTimeout(() => controller.abort(new Error("stopped by the test")), 50);
  await expect(running).rejects.toThrow("stopped by the test");
  await expect(waiting).rejects.toThrow("stopped by the test");
  expect(await pool.call("treeFacts", {})).toEqual(facts);
});

test("calls run at once on as many workers as there are, and a worker can be chosen", async () => {
  const pool = await openPool({ treeFacts: answerPid }, 2);
  const pids = await Promise.all([0, 1, 0, 1].map((worker) => pool.call("treeFacts", {}, { worker })));
  const [first, second, third, fourth] = pids.map((result) => result.operators);
  expect([third, fourth]).toEqual([first, second]);
  expect(first).not.toBe(second);
});

test("an addon that does not load is an error with the loader's words", async () => {
  const addonPath = fakeAddon({}, "throw new Error('undefined symbol: Register_CONV_2D');");
  await expect(WorkerPool.open({ addonPath, workers: 2 })).rejects.toMatchObject({
    code: "NATIVE_LOAD_FAILED",
    exit: 3,
    message: expect.stringContaining("undefined symbol: Register_CONV_2D"),
  });
});

test("close ends the processes and the calls that still run", async () => {
  const pool = await openPool({ treeFacts: answerPid, inspectModel: "() => { for (;;); }" });
  const { operators: pid } = await pool.call("treeFacts", {});
  const running = expect(pool.call("inspectModel", modelRequest)).rejects.toMatchObject({
    code: "INTERNAL",
    message: expect.stringContaining("closed while inspectModel ran"),
  });
  await pool.close();
  await running;
  expect(isAlive(pid)).toBe(false);
  await expect(pool.call("treeFacts", {})).rejects.toMatchObject({ code: "INTERNAL" });
});

const hasProc = existsSync("/proc/self/status");

test.skipIf(!hasProc)(
  "a worker in an endless call dies with a parent that was killed (needs /proc)",
  async () => {
    const folder = temporaryFolder();
    const addon = fakeAddon({ treeFacts: answerPid, inspectModel: "() => { for (;;); }" });
    const pool = pathToFileURL(join(packageRoot, "dist/native/pool.js")).href;
    const script = join(folder, "parent.mjs");
    writeFileSync(
      script,
      `import { WorkerPool } from ${JSON.stringify(pool)};
     const pool = await WorkerPool.open({ addonPath: ${JSON.stringify(addon)}, workers: 1 });
     const { operators } = await pool.call("treeFacts", {});
     void pool.call("inspectModel", {});
     console.log(operators);`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const [output] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(output.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    const deadline = Date.now() + 8000;
    while (isAlive(pid) && Date.now() < deadline) await sleep(50);
    expect(isAlive(pid)).toBe(false);
  },
  15_000,
);
