/** `dtmm bench` as a user runs it: the digits model, pruned at random, against itself on an emulated board. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { dietSteps } from "../../lib/pack/diet-steps.js";
import { pack } from "../../lib/pack/index.js";
import { type BenchResult, benchResultSchema } from "../../lib/report/result.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import { readModel } from "../../lib/tflite/reader.js";
import { candidateUnits } from "../../lib/unit-choice.js";
import { dtmm } from "../cli/support/dtmm.js";
import { tempFolder, writeFiles } from "../cli/support/temp-folder.js";
import { randomlyPruned } from "../pack/support/randomly-pruned.js";
import { boardSkipNote, haveBoardTools } from "./support/board.js";

const core = "cortex-m4";
const digits = fileURLToPath(new URL("../../examples/digits/model/digits_int8.tflite", import.meta.url));
const folder = tempFolder();

const model = readModel(readFileSync(digits), digits);
const packed = pack(
  randomlyPruned(model, 0.4, (layer) => candidateUnits(layer, core).at(-1)),
  dietSteps,
);
const packedOperators = packed.layers.flatMap(({ operator, op }) => (op === undefined ? [] : [operator]));
writeFiles(folder, { "packed.tflite": packed.bytes });

/** A checkout of CMSIS-NN to compare with, where the environment names one. */
const cmsisNn = process.env.CMSIS_NN_DIR;
const cmsisNote = cmsisNn ? "" : " (skipped: no CMSIS_NN_DIR in the environment)";

const sum = (values: (number | undefined)[]) => values.reduce<number>((all, value) => all + (value ?? 0), 0);

/** Runs the command and checks that the result is what the schema says and adds up. */
async function benchJson(words: string[]): Promise<BenchResult> {
  const run = await dtmm(["bench", ...words, "--target", core, "--json", "-", "--quiet"], folder);
  expect([run.code, run.stderr]).toEqual([0, ""]);
  const result = benchResultSchema.strict().parse(JSON.parse(run.stdout));
  const { layers, totals } = result;
  expect(layers).toHaveLength(mainGraph(model).operators.length);
  expect(totals.instructions).toBeCloseTo(sum(layers.map(({ instructions }) => instructions)), 3);
  expect(totals.predicted).toBe(sum(layers.map(({ predicted }) => predicted)));
  return result;
}

describe.skipIf(!haveBoardTools)(`dtmm bench${boardSkipNote}`, () => {
  test("counts a pruned model beside the dense one, and foretold both within 10 %", async () => {
    const result = await benchJson(["packed.tflite", "--against", digits]);
    const { layers, totals } = result;
    expect(result).toMatchObject({ target: core, equalsHost: true });
    expect(result.warnings).toBeUndefined();
    expect(Math.abs(totals.predicted / totals.instructions - 1)).toBeLessThan(0.1);
    expect(totals.instructions).toBeLessThan(totals.dense! / 4);
    for (const { index, op, instructions, dense, cmsisNn: absent } of layers) {
      expect(absent).toBeUndefined();
      expect(op.startsWith("DTMM_")).toBe(packedOperators.includes(index));
      if (packedOperators.includes(index)) expect(instructions).toBeLessThan(dense!);
      // The same kernel on other values.
      else if (op === "MAX_POOL_2D") expect(Math.abs(instructions / dense! - 1)).toBeLessThan(0.1);
    }
  }, 600_000);

  test("the table for people has a row per operator and one for all", async () => {
    const run = await dtmm(["bench", "packed.tflite", "--target", core], folder);
    expect([run.code, run.stderr]).toEqual([0, ""]);
    const lines = run.stdout.split("\n");
    expect(lines[0]).toMatch(/^layer +op +this model +predicted/);
    expect(lines.filter((line) => /^ *\d+ {2}[A-Z_0-9]+ /.test(line))).toHaveLength(
      mainGraph(model).operators.length,
    );
    expect(run.stdout).toMatch(/^ +all +[\d,]+ +[\d,]+/m);
    expect(run.stdout).toContain("outputs equal the host's");
  }, 600_000);

  test.skipIf(!cmsisNn)(
    `sets CMSIS-NN's kernels beside it${cmsisNote}`,
    async () => {
      const words = ["packed.tflite", "--against", digits, "--cmsis-nn", cmsisNn!];
      const { layers, totals } = await benchJson(words);
      const weighted = layers.filter(({ op }) => /CONV|FULLY/.test(op));
      expect(weighted.every((layer) => layer.cmsisNn! < layer.dense!)).toBe(true);
      expect(totals.withCmsisNn).toBeLessThan(totals.cmsisNn!);
      for (const { index, instructions, withCmsisNn } of layers) {
        if (packedOperators.includes(index)) expect(withCmsisNn).toBe(instructions);
      }
    },
    600_000,
  );

  test.each([
    ["OPTION_VALUE", ["--target", "generic"], 2],
    ["CMSIS_NN_INVALID", ["--target", core, "--cmsis-nn", "."], 2],
    ["MODEL_UNREADABLE", ["--target", core, "--against", "absent.tflite"], 2],
  ])("%s before anything is built", async (code, words, exit) => {
    const run = await dtmm(["bench", "packed.tflite", ...words], folder);
    expect([run.code, run.stdout]).toEqual([exit, ""]);
    expect(run.stderr).toMatch(new RegExp(`^dtmm: error ${code}: `));
  });
});
