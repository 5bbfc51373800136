import { ByteBuffer } from "flatbuffers";
import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../lib/errors/index.js";
import type { Model } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { BuiltinOperator } from "../../lib/tflite/schema.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { convModelValue, everyLayer } from "../support/models.js";

const codeNotWritable: ErrorCode = "MODEL_NOT_WRITABLE";

/** Reads the file by hand with npm flatbuffers, by vtable offsets out of flatc's generated code: no schema table. */
class RawTable {
  constructor(
    readonly bytes: ByteBuffer,
    readonly at: number,
  ) {}

  static root(file: Uint8Array): RawTable {
    const bytes = new ByteBuffer(file);
    return new RawTable(bytes, bytes.readInt32(0));
  }

  /** Position of a field, or 0 where it is absent. */
  field(vtableOffset: number): number {
    const offset = this.bytes.__offset(this.at, vtableOffset);
    return offset === 0 ? 0 : this.at + offset;
  }

  length(vtableOffset: number): number {
    return this.bytes.__vector_len(this.field(vtableOffset));
  }

  /** Position of the first element of a vector. */
  vector(vtableOffset: number): number {
    return this.bytes.__vector(this.field(vtableOffset));
  }

  child(vtableOffset: number, index: number): RawTable {
    return new RawTable(this.bytes, this.bytes.__indirect(this.vector(vtableOffset) + 4 * index));
  }
}

const modelOffset = { version: 4, operatorCodes: 6, subgraphs: 8, buffers: 12 };
const codeOffset = { deprecatedBuiltinCode: 4, version: 8, builtinCode: 10 };

describe("a written file", () => {
  const model = convModelValue(everyLayer);
  const file = writeModel(model);
  const root = RawTable.root(file);

  test("has identifier, version and counts where other readers look for them", () => {
    expect(new ByteBuffer(file).__has_identifier("TFL3")).toBe(true);
    expect(root.bytes.readUint32(root.field(modelOffset.version))).toBe(3);
    expect(root.length(modelOffset.operatorCodes)).toBe(model.operatorCodes.length);
    expect(root.length(modelOffset.subgraphs)).toBe(1);
    expect(root.length(modelOffset.buffers)).toBe(model.buffers.length);
  });

  test("holds each buffer's bytes at a multiple of 16", () => {
    for (let index = 1; index < model.buffers.length; index++) {
      const buffer = root.child(modelOffset.buffers, index);
      const start = buffer.vector(4);
      expect(start % 16).toBe(0);
      expect(file.subarray(start, start + buffer.length(4))).toEqual(model.buffers[index]!.data);
    }
  });

  test("leaves out scalars at their default", () => {
    const code = root.child(modelOffset.operatorCodes, 0);
    expect(code.bytes.readInt32(code.field(codeOffset.version))).toBe(3);
    const reshape = model.operatorCodes.findIndex((entry) => entry.builtinCode === BuiltinOperator.RESHAPE);
    expect(root.child(modelOffset.operatorCodes, reshape).field(codeOffset.version)).toBe(0);
  });

  test("gives 2020's TFLM its operator code and marks codes that it cannot know", () => {
    const model = convModelValue(everyLayer);
    model.operatorCodes = [
      { builtinCode: BuiltinOperator.CONV_2D, deprecatedBuiltinCode: 0, version: 3 },
      { builtinCode: BuiltinOperator.GELU, deprecatedBuiltinCode: 0, version: 1 },
      { builtinCode: 0, deprecatedBuiltinCode: BuiltinOperator.CUSTOM, customCode: "X", version: 1 },
    ];
    const root = RawTable.root(writeModel(model));
    const legacy = model.operatorCodes.map((_, index) => {
      const code = root.child(modelOffset.operatorCodes, index);
      return code.bytes.readInt8(code.field(codeOffset.deprecatedBuiltinCode));
    });
    expect(legacy).toEqual([3, 127, 32]);
  });

  test("is smaller with shared parts, equal in value, and the same each time", () => {
    const shared = writeModel(model, { share: true });
    expect(shared.length).toBeLessThan(file.length);
    expect(readModel(shared)).toEqual(readModel(file));
    expect(writeModel(model, { share: true })).toEqual(shared);
    expect(writeModel(model)).toEqual(file);
  });

  test("tells 0 from -0 where parts are shared", () => {
    const edited = convModelValue(everyLayer);
    edited.subgraphs[0]!.tensors[0]!.quantization!.min = [0];
    edited.subgraphs[0]!.tensors[1]!.quantization!.min = [-0];
    const [first, second] = readModel(writeModel(edited, { share: true })).subgraphs[0]!.tensors;
    expect(Object.is(first!.quantization!.min![0], 0)).toBe(true);
    expect(Object.is(second!.quantization!.min![0], -0)).toBe(true);
  });
});

describe("a value that the schema does not allow", () => {
  const cases: [what: string, edit: (model: Model) => void, field: string][] = [
    [
      "a fraction",
      (model) => edit(model.subgraphs[0]!, "debugMetadataIndex", 1.5),
      "subgraphs[0].debugMetadataIndex",
    ],
    ["an int too large", (model) => edit(model, "version", 2 ** 32), "version"],
    ["not a number", (model) => edit(model, "version", Number.NaN), "version"],
    [
      "an enum too large",
      (model) => edit(model.subgraphs[0]!.tensors[2]!, "type", 99),
      "subgraphs[0].tensors[2].type",
    ],
    ["a number for a bigint", (model) => edit(model.buffers[1]!, "offset", 0), "buffers[1].offset"],
    ["a missing vector", (model) => edit(model.subgraphs[0]!, "inputs", undefined), "subgraphs[0].inputs"],
    ["an array for bytes", (model) => edit(model.buffers[1]!, "data", [1, 2]), "buffers[1].data"],
    ["null for a table", (model) => edit(model.buffers, "1", null), "buffers[1]"],
    [
      "a hole in a vector",
      (model) => edit(model.subgraphs[0]!, "inputs", new Array(1)),
      "subgraphs[0].inputs[0]",
    ],
    ["a number for a string", (model) => edit(model, "description", 7), "description"],
    ["an unknown field", (model) => edit(model.subgraphs[0]!, "tensor", []), "subgraphs[0]"],
    [
      "a member of no union",
      (model) => edit(model.subgraphs[0]!.operators[0]!, "builtinOptions", { type: "toString", value: {} }),
      "subgraphs[0].operators[0].builtinOptions",
    ],
  ];

  test.each(cases)("%s is refused with its path", (_, change, field) => {
    const model = convModelValue(everyLayer);
    change(model);
    expect(() => writeModel(model)).toThrow(expect.objectContaining({ code: codeNotWritable, exit: 4 }));
    expect(() => writeModel(model)).toThrow(`cannot write the model: ${field} `);
  });
});

function edit(target: object, key: string, value: unknown): void {
  Object.assign(target, { [key]: value });
}
