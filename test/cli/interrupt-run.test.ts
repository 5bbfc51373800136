import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { npyBytes } from "../data/npy-bytes.js";
import { convModel, type ModelSpec, randomInputs } from "../support/models.js";
import { main } from "./support/dtmm.js";
import { tempFolder, writeFiles } from "./support/temp-folder.js";

/** Large enough that pruning it takes many times as long as the test waits. */
const spec: ModelSpec = {
  input: [1, 48, 48, 8],
  layers: [
    { kind: "conv", filters: 64, kernel: [3, 3], activation: "RELU" },
    { kind: "conv", filters: 64, kernel: [3, 3], activation: "RELU" },
    { kind: "maxPool" },
    { kind: "conv", filters: 64, kernel: [3, 3], activation: "RELU" },
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 10 },
    { kind: "softmax" },
  ],
};
const samples = 512;

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s in the middle of a prune: exit %i, nothing left behind", async (signal, code) => {
  const folder = tempFolder();
  const inputs = { descr: "|i1", shape: [samples, 48, 48, 8], data: randomInputs(spec, samples) };
  writeFiles(folder, {
    "model.tflite": convModel(spec),
    "inputs.npy": npyBytes(inputs),
    "dtmm.config.mjs":
      "process.stderr.write('config read\\n');\n" +
      "export default { model: 'model.tflite', calibration: 'inputs.npy', keep: 0.5, resume: false };\n",
  });
  const before = readdirSync(folder);
  const child = spawn(process.execPath, [main, "prune"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  const reading = new Promise<void>((resolve) => {
    child.stderr.on("data", (chunk) => {
      told += chunk;
      if (told.includes("config read")) resolve();
    });
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  await reading;
  await sleep(1500);
  child.kill(signal);
  expect(await ended).toBe(code);
  expect(told).toBe("config read\ndtmm: interrupted\n");
  expect(readdirSync(folder)).toEqual(before);
});
