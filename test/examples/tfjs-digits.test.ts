/** The example that begins in TF.js: the committed model, and the one command that makes it ready for a board. */

import { cpSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { splitDigits } from "../../examples/digits/scripts/digit-split.mjs";
import { npyBytes } from "../../examples/digits/scripts/npy.mjs";
import { dtmm } from "../cli/support/dtmm.js";
import { tempFolder, writeFiles } from "../cli/support/temp-folder.js";
import { usePool } from "../support/interpreter.js";
import { expectSameResults, tfl, useTfjs } from "../tfjs/tfjs.js";

const example = fileURLToPath(new URL("../../examples/tfjs-digits", import.meta.url));
const modelPath = path.join(example, "model", "model.json");
const folder = tempFolder();
const workers = usePool(1);
useTfjs();

test("the committed model computes in TFLM what it computes in TF.js", async () => {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(modelPath, "utf8"));
  const weights = readFileSync(path.join(example, "model", "weights.bin"));
  const weightData = new Uint8Array(weights).buffer;
  const artifacts = { modelTopology, weightSpecs: weightsManifest[0].weights, weightData };
  const model = await tfl.loadLayersModel({ load: async () => artifacts });
  await expectSameResults(modelPath, model, [28, 28, 1], workers.context);
});

test("one command from TF.js to a pruned int8 model, no more than half a point lost by int8", async () => {
  cpSync(example, folder, {
    recursive: true,
    filter: (source) => !/\/(data|out|node_modules)$/.test(source),
  });
  const { calibration, evaluation } = splitDigits();
  const images = (digits: typeof evaluation) =>
    npyBytes([digits.length, 28, 28, 1], Buffer.concat(digits.map(({ pixels }) => pixels)));
  writeFiles(folder, {
    "data/calibration.npy": images(calibration.slice(0, 256)),
    "data/eval.npy": images(evaluation),
    "data/eval_labels.npy": npyBytes([evaluation.length], Buffer.from(evaluation.map(({ label }) => label))),
  });
  const words = ["prune", "--max-accuracy-drop", "100", "--keep", "0.5", "--json", "-", "--quiet"];
  const run = await dtmm(words, folder);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  const result = JSON.parse(run.stdout);
  expect(result.verdict).toBe("pass");
  expect(result.float.accuracy).toBeGreaterThan(0.94);
  expect(Math.abs(result.float.accuracy - result.dense.accuracy)).toBeLessThanOrEqual(0.005);
  expect(result.pruned.accuracy).toBeGreaterThan(result.dense.accuracy - 0.02);
  expect(existsSync(path.join(folder, "out/model.tflite"))).toBe(true);
});
