import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { DtmmError } from "../../lib/errors/index.js";
import { checkModel } from "../../lib/tflite/check.js";
import { readModel } from "../../lib/tflite/reader.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { convModel, everyLayer } from "../support/models.js";
import { mutate, structureZones } from "../support/mutate.js";
import { seededRandom } from "../support/random.js";
import { readSample, samplesReason, withoutSamples } from "./samples.js";

const mutants = 800;

/** Far above what reading the largest model takes, far below what a runaway loop would. */
const maxMilliseconds = 2000;

/** Damages the model again and again; each result must read and check, or end in a coded error of the user's kind. */
function survives(original: Uint8Array, seed: number): { accepted: number; refused: number } {
  const random = seededRandom(seed);
  const zones = structureZones(
    original,
    readModel(original).buffers.flatMap(({ data }) => data ?? []),
  );
  const count = { accepted: 0, refused: 0 };
  for (let index = 0; index < mutants; index++) {
    const damaged = mutate(original, random, index % 4 === 0 ? undefined : zones);
    const start = performance.now();
    try {
      const model = readModel(damaged);
      checkModel(model);
      const again = readModel(writeModel(model));
      expect(isDeepStrictEqual(again.subgraphs, model.subgraphs), `mutant ${index} written back`).toBe(true);
      count.accepted++;
    } catch (error) {
      if (!(error instanceof DtmmError) || error.exit !== 2) throw error;
      count.refused++;
    }
    expect(performance.now() - start, `mutant ${index}`).toBeLessThan(maxMilliseconds);
  }
  return count;
}

describe(`${mutants} mutants of a model are read or refused, never anything else`, () => {
  const small = { ...everyLayer, seed: 21 };
  const residual = convModel({
    seed: 5,
    input: [1, 8, 8, 4],
    layers: [
      { kind: "conv", filters: 8, kernel: 3, stride: 2 },
      { kind: "conv", filters: 8, kernel: 3, dilation: 2, activation: "RELU" },
      { kind: "add" },
      { kind: "reshape" },
      { kind: "fullyConnected", outputs: 4 },
    ],
  });

  test.each([
    ["every layer", convModel(small), 1],
    ["every layer, shared parts", writeModel(readModel(convModel(small)), { share: true }), 2],
    ["residual", residual, 3],
  ])("%s", (_, original, seed) => {
    const { accepted, refused } = survives(original, seed);
    expect(accepted + refused).toBe(mutants);
    expect(refused).toBeGreaterThan(mutants / 4);
  });

  test.skipIf(withoutSamples)(`a real keyword model${samplesReason}`, () => {
    expect(survives(readSample("dscnn_kws_int8.tflite"), 4).refused).toBeGreaterThan(mutants / 4);
  });
});
