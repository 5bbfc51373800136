/** Whole packed models in the real TFLM interpreter on emulated boards: their outputs are the host's. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { BoardCore } from "../../lib/board/boards.js";
import { ensureModelRunner, runModelOnBoard } from "../../lib/board/model-runner.js";
import type { WeightLayer } from "../../lib/layers.js";
import { pack, usedPackedOps } from "../../lib/pack/index.js";
import { runModel } from "../../lib/runs.js";
import { mainGraph, tensorBytes } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { locateTflm } from "../../lib/tflm/locate.js";
import { randomlyPruned } from "../pack/support/randomly-pruned.js";
import { usePool } from "../support/interpreter.js";
import { convModelValue, everyLayer } from "../support/models.js";
import { seededRandom } from "../support/random.js";
import { readSample, samplesReason, withoutSamples } from "../tflite/samples.js";
import { boardSkipNote, haveBoardTools } from "./support/board.js";

const cores: readonly BoardCore[] = ["cortex-m4", "cortex-m55"];
const sampleCount = 20;
const native = usePool();

const digits = fileURLToPath(new URL("../../examples/digits/model/digits_int8.tflite", import.meta.url));

/** Blocks of 16 and of 4 channels, and whole filterlets, in turn; tiles of 4x16 in fully connected layers. */
function unitOf({ kind, operator, geometry }: WeightLayer) {
  if (kind === "fullyConnected") return { filters: 4, channels: 16 };
  const channels = [16, 4, geometry.inputChannels][operator % 3]!;
  return { filters: 1, channels: Math.min(channels, geometry.inputChannels) };
}

const models: { name: string; skip: boolean; note: string; model: () => Model }[] = [
  { name: "a model of every layer", skip: false, note: "", model: () => convModelValue(everyLayer) },
  { name: "digits", skip: false, note: "", model: () => readModel(readFileSync(digits), digits) },
  {
    name: "ResNet8",
    skip: withoutSamples,
    note: samplesReason,
    model: () => readModel(readSample("resnet8_cifar10_int8.tflite"), "resnet8"),
  },
];

describe.skipIf(!haveBoardTools)(`packed models on an emulated board${boardSkipNote}`, () => {
  for (const core of cores) {
    describe(core, () => {
      let program = "";
      beforeAll(async () => {
        program = await ensureModelRunner({ core, tflm: await locateTflm() });
      }, 600_000);

      for (const { name, skip, note, model } of models) {
        test.skipIf(skip)(
          `${name}: the host's outputs for ${sampleCount} inputs${note}`,
          async () => {
            const packed = pack(randomlyPruned(model(), 0.5, unitOf), []);
            expect(usedPackedOps(packed).length).toBeGreaterThan(0);
            const input = mainGraph(packed.model).tensors[mainGraph(packed.model).inputs[0]!]!;
            const random = seededRandom(1);
            const length = sampleCount * tensorBytes(input)!;
            const inputs = Uint8Array.from({ length }, () => random.integer(0, 255));
            const samples = { bytes: inputs, samples: sampleCount };
            const host = await runModel(packed, samples, native.context);
            // Pointers of the host are twice as wide, so its arena is surely enough for a board.
            const request = { ...samples, model: packed.bytes, arenaBytes: 2 * host.arenaBytes, inputs };
            const board = await runModelOnBoard(core, program, request);
            expect(Buffer.from(board.outputs).equals(Buffer.from(host.outputs))).toBe(true);
            expect(new Set(board.outputs).size).toBeGreaterThan(1);
            expect(board.operators).toHaveLength(mainGraph(packed.model).operators.length);
            expect(Math.min(...board.operators)).toBeGreaterThan(0);
          },
          300_000,
        );
      }
    });
  }
});
