import { describe, expect, test } from "vitest";
import { loadInputs } from "../../lib/data/inputs.js";
import { thrownBy } from "../cli/support/throws.js";
import { fileMaker, open, plain, read } from "./support.js";

const saved = fileMaker();
const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

describe("bare numbers", () => {
  test.each([
    ["int8", Int8Array.of(-128, 127, 3, 4)],
    ["uint8", Uint8Array.of(0, 255, 3, 4)],
    ["int16", Int16Array.of(-32768, 32767, 3, 4)],
    ["float32", Float32Array.of(0.5, -1e10, 3, 4)],
  ] as const)("%s", async (inputType, data) => {
    const source = await open(saved(".bin", bytesOf(data)), { inputType }, [2, 1]);
    expect(source).toMatchObject({ kind: "bin", total: 2, shape: [2, 1], type: inputType });
    expect((await read(source)).values.flat()).toEqual([...data]);
  });

  test("int8 is taken as already quantised", async () => {
    const file = saved(".bin", bytesOf(Int8Array.of(-128, 127)));
    const tensor = { type: "INT8", shape: [1, 2], scale: 0.1, zeroPoint: 3 };
    const loaded = await loadInputs(file, tensor, { ...plain, inputScale: 7, inputType: "int8" });
    expect([...new Int8Array(loaded.bytes.buffer)]).toEqual([-128, 127]);
    expect(loaded.source.alreadyQuantised).toBe(true);
  });

  test("a choice", async () => {
    const file = saved(
      ".bin",
      Uint8Array.from({ length: 200 }, (_, i) => i >> 1),
    );
    const { indices, values } = await read(await open(file, { inputType: "uint8" }, [2]), {
      limit: 9,
      seed: 2,
    });
    expect(values.map(([first]) => first)).toEqual(indices);
  });

  test("without a model the file is one sample", async () => {
    const source = await open(saved(".bin", new Uint8Array(12)), { inputType: "float32" });
    expect(source).toMatchObject({ total: 1, shape: [3] });
  });
});

describe("what is refused", () => {
  test("no type: INPUT_TYPE_MISSING", async () => {
    expect((await thrownBy(() => open(saved(".bin", new Uint8Array(4)), {}, [2]))).code).toBe(
      "INPUT_TYPE_MISSING",
    );
  });

  test("part of a sample: BIN_SIZE", async () => {
    const file = saved(".bin", new Uint8Array(9));
    const error = await thrownBy(() => open(file, { inputType: "int16" }, [2]));
    expect(error.code).toBe("BIN_SIZE");
    expect(error.message).toContain("9 bytes, but a sample of type int16 takes 4");
  });

  test("nothing in it: INPUT_EMPTY", async () => {
    const tensor = { type: "INT8", shape: [1, 2], scale: 1, zeroPoint: 0 };
    const load = () => loadInputs(saved(".bin", new Uint8Array()), tensor, { ...plain, inputType: "uint8" });
    expect((await thrownBy(load)).code).toBe("INPUT_EMPTY");
  });

  test("NaN: INPUT_NOT_FINITE", async () => {
    const tensor = { type: "INT8", shape: [1, 2], scale: 1, zeroPoint: 0 };
    const file = saved(".bin", bytesOf(Float32Array.of(1, 2, Number.NaN, 4)));
    const error = await thrownBy(() => loadInputs(file, tensor, { ...plain, inputType: "float32" }));
    expect([error.code, error.message.includes("sample 1")]).toEqual(["INPUT_NOT_FINITE", true]);
  });

  test("an end that says nothing: DATA_KIND", async () => {
    expect((await thrownBy(() => open(saved(".dat", "1 2 3")))).code).toBe("DATA_KIND");
  });
});
