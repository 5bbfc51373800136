import { Builder, ByteBuffer } from "flatbuffers";
import { describe, expect, test } from "vitest";
import { DtmmError, type ErrorCode } from "../../lib/errors/index.js";
import { readModel } from "../../lib/tflite/reader.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { convModel, convModelValue, everyLayer } from "../support/models.js";

function errorOf(bytes: Uint8Array): DtmmError {
  try {
    readModel(bytes, "m.tflite");
  } catch (error) {
    if (error instanceof DtmmError) return error;
    throw error;
  }
  throw new Error("readModel accepted the file");
}

/** Position of a field in the file: `path` alternates vtable offsets of vectors of tables and indices, then the field. */
function locate(file: Uint8Array, path: readonly number[]): number {
  const bytes = new ByteBuffer(file);
  let table = bytes.readInt32(0);
  for (let step = 0; step + 1 < path.length; step += 2) {
    const vector = bytes.__vector(table + bytes.__offset(table, path[step]!));
    table = bytes.__indirect(vector + 4 * path[step + 1]!);
  }
  return table + bytes.__offset(table, path.at(-1)!);
}

const subgraphs = 8;
const buffers = 12;
const operators = 10;
const tensors = 4;

describe("files that are no model", () => {
  const text = new TextEncoder().encode("const unsigned char model[] = {0x1c, 0x00};");
  const cases: [string, Uint8Array][] = [
    ["nothing", new Uint8Array(0)],
    ["seven bytes", new Uint8Array(7)],
    ["C source", text],
  ];
  test.each(cases)("%s", (_, bytes) => {
    expect(errorOf(bytes)).toMatchObject({ code: "MODEL_NOT_TFLITE", exit: 2 });
  });

  test("a header without a body", () => {
    const header = convModel(everyLayer).slice(0, 8);
    expect(errorOf(header)).toMatchObject({ code: "MODEL_CORRUPT" });
  });
});

describe("damage names the field and the byte", () => {
  const cases: [what: string, path: number[], word: number, code: ErrorCode, field: string][] = [
    ["a buffer's length", [buffers, 2, 4], 0, "MODEL_CORRUPT", "buffers[2].data"],
    [
      "an offset behind the end",
      [subgraphs, 0, tensors, 3, 4],
      0x7ffffff0,
      "MODEL_CORRUPT",
      "subgraphs[0].tensors[3].shape",
    ],
    [
      "an unaligned offset",
      [subgraphs, 0, tensors, 3, 4],
      5,
      "MODEL_CORRUPT",
      "subgraphs[0].tensors[3].shape",
    ],
    [
      "options' offset",
      [subgraphs, 0, operators, 1, 12],
      0xfffffff0,
      "MODEL_CORRUPT",
      "subgraphs[0].operators[1].builtinOptions",
    ],
  ];
  test.each(cases)("%s", (_, path, word, code, field) => {
    const file = convModel(everyLayer);
    const at = locate(file, path);
    new DataView(file.buffer).setUint32(at, word, true);
    const error = errorOf(file);
    expect(error.code).toBe(code);
    expect(error.message).toContain(`m.tflite is broken at ${field} (byte `);
  });

  test("a field inside a union's table has the union in its path", () => {
    const file = convModel(everyLayer);
    const operator = new ByteBuffer(file).__indirect(locate(file, [subgraphs, 0, operators, 0, 12]));
    const padding = operator + new ByteBuffer(file).__offset(operator, 10);
    file[padding] = 77;
    expect(errorOf(file)).toMatchObject({ code: "MODEL_UNKNOWN_VALUE" });
    expect(errorOf(file).message).toContain(
      `subgraphs[0].operators[0].builtinOptions.fusedActivationFunction (byte ${padding}) is 77`,
    );
  });

  test("a truncated file", () => {
    const file = convModel(everyLayer);
    expect(errorOf(file.slice(0, file.length / 2))).toMatchObject({ code: "MODEL_CORRUPT" });
  });
});

describe("what the schema does not know", () => {
  test("a field of a later schema is refused, by table and slot", () => {
    const builder = new Builder();
    builder.startObject(11);
    builder.addFieldInt32(0, 3, 0);
    builder.addFieldInt32(10, 42, 0);
    builder.finish(builder.endObject(), "TFL3");
    const error = errorOf(builder.asUint8Array());
    expect(error.code).toBe("MODEL_UNKNOWN_FIELD");
    expect(error.message).toContain("slot 10 of table Model");
  });

  test("a union's tag", () => {
    const file = convModel(everyLayer);
    file[locate(file, [subgraphs, 0, operators, 0, 10])] = 200;
    expect(errorOf(file).message).toContain("subgraphs[0].operators[0].builtinOptions");
    expect(errorOf(file)).toMatchObject({ code: "MODEL_UNKNOWN_VALUE" });
  });

  test("a tensor type", () => {
    const file = convModel(everyLayer);
    file[locate(file, [subgraphs, 0, tensors, 1, 6])] = 99;
    expect(errorOf(file)).toMatchObject({ code: "MODEL_UNKNOWN_VALUE" });
    expect(errorOf(file).message).toContain("subgraphs[0].tensors[1].type");
    expect(errorOf(file).message).toContain("is 99, which is no TensorType");
  });

  test("a missing part that TFLM follows without a look", () => {
    const builder = new Builder();
    builder.startObject(1);
    builder.addFieldInt32(0, 3, 0);
    builder.finish(builder.endObject(), "TFL3");
    expect(errorOf(builder.asUint8Array()).message).toContain("Model.operatorCodes is absent");
  });
});

test("parts that share bytes many times over do not unfold without end", () => {
  const fanOut = 2000;
  const builder = new Builder();
  builder.startVector(4, fanOut, 4);
  for (let index = 0; index < fanOut; index++) builder.addInt32(1);
  const shape = builder.endVector();
  builder.startObject(1);
  builder.addFieldOffset(0, shape, 0);
  const tensor = builder.endObject();
  builder.startVector(4, fanOut, 4);
  for (let index = 0; index < fanOut; index++) builder.addOffset(tensor);
  const tensorVector = builder.endVector();
  builder.startVector(4, 0, 4);
  const empty = builder.endVector();
  builder.startObject(4);
  for (const [slot, offset] of [tensorVector, empty, empty, empty].entries())
    builder.addFieldOffset(slot, offset, 0);
  const graph = builder.endObject();
  builder.startVector(4, fanOut, 4);
  for (let index = 0; index < fanOut; index++) builder.addOffset(graph);
  const graphs = builder.endVector();
  builder.startObject(5);
  for (const [slot, offset] of [
    [1, empty],
    [2, graphs],
    [4, empty],
  ] as const)
    builder.addFieldOffset(slot, offset, 0);
  builder.finish(builder.endObject(), "TFL3");
  const error = errorOf(builder.asUint8Array());
  expect(error.code).toBe("MODEL_CORRUPT");
  expect(error.message).toContain("unfolds");
});

test("the whole of a shared fixture is not taken for an overlap", () => {
  const many = convModelValue(everyLayer);
  many.buffers.push(...Array.from({ length: 5000 }, () => ({ offset: 0n, size: 0n })));
  expect(readModel(writeModel(many, { share: true }))).toEqual(many);
});
