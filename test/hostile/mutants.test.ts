import { beforeAll, describe, expect, test } from "vitest";
import { arenaFor } from "../../lib/tflite/graph.js";
import { readModel } from "../../lib/tflite/reader.js";
import { bytesOf, usePool } from "../support/interpreter.js";
import { convModel, everyLayer, randomInputs } from "../support/models.js";
import { mutate, structureZones } from "../support/mutate.js";
import { seededRandom } from "../support/random.js";
import { unitFor } from "../support/units.js";
import { accepted, attack, outcomeOf, outcomes, type Tally } from "./support/attack.js";
import { mutantsOf, residual } from "./support/mutants.js";
import { packedFixture } from "./support/packed-fixture.js";

const mutantsPerModel = 700;
/** Share of accepted models that may crash TFLM: the semantic check is there to keep this near zero. */
const maxCrashes = 0.002;

const native = usePool();

const good = convModel(everyLayer);
const runGood = async () => {
  const inputs = bytesOf(randomInputs(everyLayer, 2));
  const request = { model: good, arenaBytes: arenaFor(readModel(good)), inputs, samples: 2 };
  const runs = Array.from({ length: native.pool.size }, (_, worker) =>
    native.pool.call("runModel", request, { worker }),
  );
  return (await Promise.all(runs)).map(({ outputs }) => Array.from(outputs));
};

const tallies: Record<string, Tally> = {};
let goodBefore: number[][];

beforeAll(async () => {
  goodBefore = await runGood();
  const files: Record<string, Uint8Array> = {
    "every layer": good,
    residual: convModel(residual),
    packed: packedFixture(everyLayer, unitFor).bytes,
  };
  for (const [seed, [name, file]] of Object.entries(files).entries()) {
    tallies[name] = await attack(native.pool, mutantsOf(file, mutantsPerModel, seed + 1));
  }
  for (const [name, tally] of Object.entries(tallies)) console.log(`mutants of "${name}":`, tally);
}, 120_000);

describe(`${3 * mutantsPerModel} mutants of three models`, () => {
  test.each(["every layer", "residual", "packed"])("%s: refused, run, or a coded error", (name) => {
    const tally = tallies[name]!;
    const answered = outcomes.reduce((sum, outcome) => sum + tally[outcome], 0);
    expect(tally.refused + answered).toBe(mutantsPerModel);
    // Neither side of the checks is left without something to do.
    expect(tally.refused).toBeGreaterThan(mutantsPerModel / 4);
    expect(tally.ran).toBeGreaterThan(mutantsPerModel / 5);
  });

  test("of those that the checks accept, hardly one crashes the interpreter", () => {
    const sum = (field: keyof Tally) =>
      Object.values(tallies).reduce((total, tally) => total + tally[field], 0);
    expect(sum("NATIVE_CRASHED") + sum("NATIVE_TIMEOUT")).toBeLessThan(maxCrashes * sum("accepted"));
  });

  test("every worker answers a good model as before", async () => {
    expect(await runGood()).toEqual(goodBefore);
  });

  test("without the checks the same interpreter crashes: a coded error, and the workers start anew", async () => {
    const random = seededRandom(99);
    const zones = structureZones(
      good,
      readModel(good).buffers.flatMap(({ data }) => data ?? []),
    );
    const refused = Array.from({ length: 30 }, () => mutate(good, random, zones)).filter(
      (file) => !accepted(file),
    );
    const found = await Promise.all(refused.map((file) => outcomeOf(native.pool, file, readModel(good))));
    expect(found).toContain("NATIVE_CRASHED");
    expect(found).toContain("NATIVE_REJECTED");
    expect(await runGood()).toEqual(goodBefore);
  });
});
