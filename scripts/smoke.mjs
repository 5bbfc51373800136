// The main job, once, on the Node that runs this script: prunes the digits through dist/cli/main.js into a folder of its
// own, reads the report, checks every file it lists, and has `dtmm validate` judge the result again. Exits 1 when
// anything is not as it should be.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { splitDigits } from "../examples/digits/scripts/digit-split.mjs";
import { npyBytes } from "../examples/digits/scripts/npy.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const main = path.join(root, "dist", "cli", "main.js");
const dense = path.join(root, "examples", "digits", "model", "digits_int8.tflite");
const calibrationDigits = 256;
const evaluationDigits = 200;

/** Writes the inputs; returns the flags that name them. */
function writeInputs(folder) {
  const { calibration, evaluation } = splitDigits();
  const write = (name, shape, bytes) => {
    writeFileSync(path.join(folder, name), npyBytes(shape, bytes));
    return path.join(folder, name);
  };
  const images = (name, digits) =>
    write(name, [digits.length, 28, 28, 1], Buffer.concat(digits.map((digit) => digit.pixels)));
  const judged = evaluation.slice(0, evaluationDigits);
  const labels = Buffer.from(judged.map((digit) => digit.label));
  return {
    calibration: ["--calibration", images("calibration.npy", calibration.slice(0, calibrationDigits))],
    evaluation: [
      ...["--eval", images("eval.npy", judged)],
      ...["--labels", write("labels.npy", [judged.length], labels)],
      ...["--input-scale", String(1 / 255)],
    ],
  };
}

/** Runs `dtmm` to its end and returns what it wrote to stdout, parsed. */
function dtmm(words, cwd) {
  const run = spawnSync(process.execPath, [main, ...words, "--json", "-"], { cwd, encoding: "utf8" });
  assert.equal(run.status, 0, `dtmm ${words[0]} ended with ${run.signal ?? run.status}:\n${run.stderr}`);
  return JSON.parse(run.stdout);
}

function checkFiles(folder, files) {
  for (const file of files) {
    const bytes = readFileSync(path.resolve(folder, file.path));
    assert.equal(bytes.length, file.bytes, file.path);
    assert.equal(createHash("sha256").update(bytes).digest("hex"), file.sha256, file.path);
  }
}

function smoke(folder) {
  const inputs = writeInputs(folder);
  const project = path.join(folder, "project");
  const out = path.join(project, "out");
  mkdirSync(project);

  const prune = ["prune", "--model", dense, ...inputs.calibration, ...inputs.evaluation];
  const told = dtmm([...prune, "--keep", "0.5", "--max-accuracy-drop", "5", "--out", out], project);
  const report = JSON.parse(readFileSync(path.join(out, "report.json"), "utf8"));
  assert.equal(report.verdict, "pass");
  assert.equal(told.verdict, "pass");
  assert.ok(report.pruned.bytes < report.dense.bytes, "the model did not get smaller");
  assert.ok(report.layers.every((layer) => layer.bitExact));
  checkFiles(project, report.files);
  for (const name of ["model.tflite", "model_data.cc", "model_data.h", "kernels", "report.html"]) {
    assert.ok(readdirSync(out).includes(name), `${name} is missing`);
  }

  const model = path.join(out, "model.tflite");
  const again = dtmm(["validate", model, "--against", dense, ...inputs.evaluation], project);
  assert.equal(again.verdict, "pass");
  assert.equal(again.pruned.bytes, report.pruned.bytes);
  return report;
}

const folder = mkdtempSync(path.join(tmpdir(), "dtmm-smoke-"));
try {
  const { dense: before, pruned } = smoke(folder);
  console.log(
    `smoke: the main job passes on Node ${process.version}: ${before.bytes} to ${pruned.bytes} bytes`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
