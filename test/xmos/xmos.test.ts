import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../lib/native/paths.js";
import { runModel } from "../../lib/runs.js";
import { readModel } from "../../lib/tflite/reader.js";
import { usePool } from "../support/interpreter.js";
import { convModel, everyLayer } from "../support/models.js";
import { makeVariants, noiseInputs } from "../witness/variants.js";
import { witnessRequired } from "../witness/witness.js";
import { buildLoop, type LoopProgram, runLoop, xmosAvailable, xmosReason } from "./tree.js";

const samples = 12;

const models: Record<string, () => Uint8Array> = {
  "every kind of layer": () => convModel(everyLayer),
  digits: () => new Uint8Array(readFileSync(join(packageRoot, "examples/digits/model/digits_int8.tflite"))),
};

test.skipIf(!witnessRequired)("XMOS's TFLM is installed (required in CI on Linux x86-64)", () => {
  expect(xmosAvailable, "build/xmos is missing: scripts/setup.sh makes it").toBe(true);
});

describe.skipIf(!xmosAvailable)(
  `kernels in a tree of another namespace, without interpreter${xmosReason}`,
  () => {
    const native = usePool();
    let folder: string;
    let program: LoopProgram;

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "dtmm-xmos-"));
      program = buildLoop(folder);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test.each(Object.entries(models))(
      "%s: packed equals stock operators, and our interpreter",
      async (_, read) => {
        const original = read();
        const inputs = noiseInputs(readModel(original), samples, 3);
        const variants = await makeVariants(original, native.context);
        const packed = variants.packed.ours;
        const inLoop = runLoop(program, packed, inputs, samples);
        const model = { model: readModel(packed), bytes: packed };
        const host = await runModel(model, { samples, bytes: inputs }, native.context);

        expect(inLoop).toEqual(host.outputs);
        expect(inLoop).toEqual(runLoop(program, variants.pruned.ours, inputs, samples));
        expect(inLoop).not.toEqual(runLoop(program, variants.masked.ours, inputs, samples));
      },
    );
  },
);
