import { statSync, truncateSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type InputTensor, loadInputs, loadRealInputs } from "../../lib/data/inputs.js";
import { quantise, roundAway } from "../../lib/data/quantise.js";
import { tempFolder, writeFiles } from "../cli/support/temp-folder.js";
import { thrownBy } from "../cli/support/throws.js";
import { type NpySpec, npyBytes } from "./npy-bytes.js";

const folder = tempFolder();
let files = 0;

/** Puts an array into a file of its own. */
function saved(spec: NpySpec): string {
  const name = `${files++}.npy`;
  writeFiles(folder, { [name]: npyBytes(spec) });
  return path.join(folder, name);
}

const tensor: InputTensor = { type: "INT8", shape: [1, 2, 2, 1], scale: 0.5, zeroPoint: -1 };
const unchanged = { inputScale: 1, inputOffset: 0 };
const int8s = (bytes: Uint8Array) => [...new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)];

describe("quantise, by hand", () => {
  test.each([
    [0, -1],
    [0.5, 0],
    [0.25, 0], // 0.5 rounds away from zero: 1 - 1
    [-0.25, -2], // -0.5 rounds away from zero: -1 - 1
    [0.24, -1],
    [63.9, 127], // 128 - 1
    [1e30, 127],
    [-1e30, -128],
  ])("%f becomes %i", (real, q) => {
    expect(quantise(real, tensor)).toBe(q);
  });

  test("ties go away from zero", () => {
    expect([0.5, 1.5, -0.5, -1.5, 2.4].map(roundAway)).toEqual([1, 2, -1, -2, 2]);
  });
});

describe("inputs", () => {
  test("raw bytes become real values and then int8", async () => {
    const file = saved({ descr: "|u1", shape: [1, 2, 2, 1], data: Uint8Array.of(0, 1, 200, 255) });
    // real = raw / 255 * 2 - 1; q = real / 0.5 - 1
    const loaded = await loadInputs(file, tensor, { inputScale: 2 / 255, inputOffset: -1 });
    expect(int8s(loaded.bytes)).toEqual([-3, -3, 0, 1]);
    expect(loaded).toMatchObject({ samples: 1, source: { total: 1, alreadyQuantised: false } });
  });

  test("pixels over 255 land on pixel - 128 for a scale of 1/255 in single precision", async () => {
    const data = Uint8Array.from({ length: 256 }, (_, i) => i);
    const file = saved({ descr: "|u1", shape: [64, 2, 2, 1], data });
    const pixels = { ...tensor, scale: Math.fround(1 / 255), zeroPoint: -128 };
    const { bytes } = await loadInputs(file, pixels, { inputScale: 1 / 255, inputOffset: 0 });
    expect(int8s(bytes)).toEqual([...data].map((pixel) => pixel - 128));
  });

  test.each([
    ["float32", { descr: "<f4", data: Float32Array.of(0, 1, -1, 100) }],
    ["float64", { descr: "<f8", data: Float64Array.of(0, 1, -1, 100) }],
    ["int16", { descr: "<i2", data: Int16Array.of(0, 1, -1, 100) }],
    ["int64", { descr: "<i8", data: BigInt64Array.of(0n, 1n, -1n, 100n) }],
  ])("%s values go the same way", async (_, spec) => {
    const file = saved({ ...spec, shape: [1, 2, 2, 1] });
    expect(int8s((await loadInputs(file, tensor, unchanged)).bytes)).toEqual([-1, 1, -3, 127]);
  });

  test("int8 values are model inputs already, whatever the scale", async () => {
    const data = Int8Array.of(-128, -1, 0, 127);
    const file = saved({ descr: "|i1", shape: [1, 2, 2, 1], data });
    const loaded = await loadInputs(file, tensor, { inputScale: 9, inputOffset: 9 });
    expect(int8s(loaded.bytes)).toEqual([...data]);
    expect(loaded.source.alreadyQuantised).toBe(true);
  });

  test("int8 values are numbers like others where a float model's data are meant", async () => {
    const file = saved({ descr: "|i1", shape: [1, 2, 2, 1], data: Int8Array.of(0, 1, -1, 100) });
    const loaded = await loadInputs(file, tensor, { ...unchanged, numbersOnly: true });
    expect(int8s(loaded.bytes)).toEqual([-1, 1, -3, 127]);
    expect(loaded.source.alreadyQuantised).toBe(false);
  });

  test("a channel axis of 1 may be missing", async () => {
    const file = saved({ descr: "|i1", shape: [2, 2, 2], data: new Int8Array(8) });
    expect((await loadInputs(file, tensor, unchanged)).samples).toBe(2);
  });

  test("a choice keeps the order and follows the seed", async () => {
    const data = Int8Array.from({ length: 400 }, (_, i) => Math.floor(i / 4));
    const file = saved({ descr: "|i1", shape: [100, 2, 2, 1], data });
    const load = (seed: number) => loadInputs(file, tensor, unchanged, { limit: 10, seed });
    const { bytes, samples, source } = await load(1);
    const taken = int8s(bytes).filter((_, i) => i % 4 === 0);
    expect([samples, source.total, new Set(taken).size]).toEqual([10, 100, 10]);
    expect(taken).toEqual([...taken].sort((a, b) => a - b));
    expect((await load(1)).bytes).toEqual(bytes);
    expect((await load(2)).bytes).not.toEqual(bytes);
  });

  test("of a file beyond all memory a few samples are read, but never all: DATA_TOO_LARGE", async () => {
    const shape = [4096, 1 << 20];
    const file = saved({ descr: "|u1", shape, data: new Uint8Array() });
    truncateSync(file, statSync(file).size + 4096 * 2 ** 20);
    const wide = { ...tensor, shape: [1, 1 << 20] };
    expect((await loadInputs(file, wide, unchanged, { limit: 2, seed: 1 })).bytes).toHaveLength(2 ** 21);
    expect((await thrownBy(() => loadInputs(file, wide, unchanged))).code).toBe("DATA_TOO_LARGE");
  });

  const badShapes: [string, number[]][] = [
    ["one sample without its axis", [2, 2]],
    ["other sizes", [1, 4, 1, 1]],
    ["a flat sample", [1, 4]],
    ["channels first", [1, 1, 2, 2]],
    ["a single number", []],
  ];
  test.each(badShapes)("%s: INPUT_SHAPE", async (_, shape) => {
    const data = new Uint8Array(shape.reduce((product, axis) => product * axis, 1));
    const error = await thrownBy(() => loadInputs(saved({ descr: "|u1", shape, data }), tensor, unchanged));
    expect(error.code).toBe("INPUT_SHAPE");
    expect(error.message).toContain("[samples, 2, 2, 1]");
  });

  test("no samples: INPUT_EMPTY", async () => {
    const file = saved({ descr: "|u1", shape: [0, 2, 2, 1], data: new Uint8Array() });
    expect((await thrownBy(() => loadInputs(file, tensor, unchanged))).code).toBe("INPUT_EMPTY");
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    "%f: INPUT_NOT_FINITE names the sample",
    async (value) => {
      const data = new Float32Array(12).with(9, value);
      const file = saved({ descr: "<f4", shape: [3, 2, 2, 1], data });
      const error = await thrownBy(() => loadInputs(file, tensor, unchanged));
      expect(error.code).toBe("INPUT_NOT_FINITE");
      expect(error.message).toContain("sample 2");
    },
  );

  test("a model with other inputs: INPUT_NOT_SUPPORTED", async () => {
    const error = await thrownBy(() => loadInputs("x.npy", { ...tensor, type: "FLOAT32" }, unchanged));
    expect(error.code).toBe("INPUT_NOT_SUPPORTED");
  });
});

describe("real values, for a float model", () => {
  const float: InputTensor = { ...tensor, type: "FLOAT32" };
  const floats = ({ bytes }: { bytes: Uint8Array }) => [
    ...new Float32Array(bytes.buffer, bytes.byteOffset, 4),
  ];

  test.each([
    ["uint8", { descr: "|u1", data: Uint8Array.of(0, 1, 200, 255) }, [-1, -0.5, 99, 126.5]],
    [
      "int8, which are numbers here",
      { descr: "|i1", data: Int8Array.of(-128, -1, 0, 127) },
      [-65, -1.5, -1, 62.5],
    ],
    ["float32", { descr: "<f4", data: Float32Array.of(0, 1, -1, 0.5) }, [-1, -0.5, -1.5, -0.75]],
  ])("%s", async (_, spec, expected) => {
    const file = saved({ ...spec, shape: [1, 2, 2, 1] });
    const loaded = await loadRealInputs(file, float, { inputScale: 0.5, inputOffset: -1 });
    expect(floats(loaded)).toEqual(expected);
    expect(loaded.source.alreadyQuantised).toBe(false);
  });

  test("int8 inputs are these very values, quantised", async () => {
    const data = Uint8Array.from({ length: 256 }, (_, i) => i);
    const file = saved({ descr: "|u1", shape: [64, 2, 2, 1], data });
    const scaling = { inputScale: 1 / 127.5, inputOffset: -1 };
    const { bytes } = await loadRealInputs(file, float, scaling);
    const fine = { ...tensor, scale: 1 / 128, zeroPoint: 0 };
    const quantised = [...new Float32Array(bytes.buffer)].map((real) => quantise(real, fine));
    expect(int8s((await loadInputs(file, fine, scaling)).bytes)).toEqual(quantised);
  });

  test("beyond single precision: INPUT_NOT_FINITE", async () => {
    const file = saved({ descr: "<f8", shape: [1, 2, 2, 1], data: Float64Array.of(0, 1, 1e39, 0) });
    expect((await thrownBy(() => loadRealInputs(file, float, unchanged))).code).toBe("INPUT_NOT_FINITE");
  });
});
