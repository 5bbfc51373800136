import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { type Field, integerRange, planOf } from "../../lib/tflite/fields.js";
import type { Model } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { enums, type TableName, type UnionName, unions } from "../../lib/tflite/schema.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { convModel, convModelValue, everyLayer } from "../support/models.js";
import { type Random, seededRandom } from "../support/random.js";
import { readSample, sampleNames, samplesReason, withoutSamples } from "./samples.js";

describe("a model written and read again", () => {
  test("is the model that was written", () => {
    const model = convModelValue(everyLayer);
    expect(readModel(writeModel(model))).toEqual(model);
  });

  test.skipIf(withoutSamples)(`equals the original, for every real model${samplesReason}`, () => {
    for (const name of sampleNames) {
      const model = readModel(readSample(name), name);
      expect(isDeepStrictEqual(readModel(writeModel(model)), model), name).toBe(true);
      const shared = readModel(writeModel(model, { share: true }));
      expect(isDeepStrictEqual(shared, model), `${name}, shared`).toBe(true);
    }
  });

  test("keeps every field of every table of the schema", () => {
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed);
      const model = randomTable("Model", random) as Model;
      model.operatorCodes = model.operatorCodes.map((code) => ({
        ...code,
        deprecatedBuiltinCode: Math.min(code.builtinCode, 127),
      }));
      model.subgraphs[0]!.operators = everyUnionMember(random) as Model["subgraphs"][number]["operators"];
      expect(readModel(writeModel(model))).toStrictEqual(model);
      expect(readModel(writeModel(model, { share: true }))).toStrictEqual(model);
    }
  });

  test("tells absent from empty", () => {
    const model = convModelValue(everyLayer);
    const [first, second] = model.subgraphs[0]!.tensors;
    first!.shapeSignature = [];
    first!.name = "";
    second!.name = undefined;
    model.buffers[0]!.data = new Uint8Array(0);
    const [readFirst, readSecond] = readModel(writeModel(model)).subgraphs[0]!.tensors;
    expect(readFirst!.shapeSignature).toEqual([]);
    expect(readFirst!.name).toBe("");
    expect(readSecond).not.toHaveProperty("name");
    expect(readSecond).not.toHaveProperty("shapeSignature");
    expect(readModel(writeModel(model)).buffers[0]!.data).toEqual(new Uint8Array(0));
  });
});

describe("the fixtures", () => {
  test("are the same bytes for the same seed, others for another", () => {
    expect(convModel(everyLayer)).toEqual(convModel(everyLayer));
    expect(convModel({ ...everyLayer, seed: 8 })).not.toEqual(convModel(everyLayer));
  });
});

/** One operator per member of the two option unions. */
function everyUnionMember(random: Random): Record<string, unknown>[] {
  const first = Object.keys(unions.BuiltinOptions);
  const second = Object.keys(unions.BuiltinOptions2);
  return first.map((type, index) => ({
    ...randomTable("Operator", random),
    builtinOptions: { type, value: randomTable(type as TableName, random) },
    builtinOptions2: member(second[index % second.length] as TableName, random),
  }));
}

function member(type: TableName, random: Random): { type: TableName; value: Record<string, unknown> } {
  return { type, value: randomTable(type, random) };
}

/** A value of table `table` with every field set. */
function randomTable(table: TableName, random: Random): Record<string, unknown> {
  return Object.fromEntries(planOf(table).fields.map((field) => [field.name, randomField(field, random)]));
}

function randomField(field: Field, random: Random): unknown {
  const two = <T>(make: () => T) => [make(), make()];
  switch (field.kind) {
    case "string":
      return `näme ${random.integer(0, 9)}`;
    case "table":
      return randomTable(field.table, random);
    case "tables":
      return two(() => randomTable(field.table, random));
    case "union": {
      const members = Object.keys(unions[field.union as UnionName]) as TableName[];
      return member(members[random.integer(0, members.length - 1)]!, random);
    }
    case "scalars":
      if (field.scalar === "ubyte") return Uint8Array.from(two(() => random.integer(0, 255)));
      return two(() => randomScalar(field, random));
    case "scalar":
      return randomScalar(field, random);
  }
}

function randomScalar(field: Field & { kind: "scalar" | "scalars" }, random: Random): unknown {
  if (field.enumName) {
    const values = Object.values(enums[field.enumName].values);
    return values[random.integer(0, values.length - 1)];
  }
  if (field.scalar === "bool") return random.next() < 0.5;
  if (field.scalar === "float") return Math.fround(random.next() * 100 - 50);
  return integerRange[field.scalar]?.[random.integer(0, 1)];
}
