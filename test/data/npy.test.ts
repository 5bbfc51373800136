import { existsSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseNpy, readNpy } from "../../lib/data/npy.js";
import { DtmmError } from "../../lib/errors/index.js";
import { tempFolder } from "../cli/support/temp-folder.js";
import { thrownBy } from "../cli/support/throws.js";
import { type NpySpec, npyBytes } from "./npy-bytes.js";

const folder = tempFolder();

const small: NpySpec = { descr: "<f4", shape: [2, 3], data: Float32Array.of(0, 1.5, -2, 3, 4, 5e9) };

async function codeOf(bytes: Uint8Array): Promise<string> {
  return (await thrownBy(() => parseNpy(bytes, "x.npy"))).code;
}

describe("what numpy.save writes is read", () => {
  const arrays: [string, NpySpec][] = [
    ["uint8", { descr: "|u1", shape: [4], data: Uint8Array.of(0, 1, 128, 255) }],
    ["int8", { descr: "|i1", shape: [2, 2], data: Int8Array.of(-128, -1, 0, 127) }],
    ["int16", { descr: "<i2", shape: [2], data: Int16Array.of(-32768, 32767) }],
    ["int32", { descr: "<i4", shape: [1, 2], data: Int32Array.of(-5, 2 ** 30) }],
    ["int64", { descr: "<i8", shape: [2], data: BigInt64Array.of(-5n, 2n ** 40n) }],
    ["float32", small],
    ["float64", { descr: "<f8", shape: [], data: Float64Array.of(Math.PI) }],
  ];
  test.each(arrays)("%s", (type, spec) => {
    const array = parseNpy(npyBytes(spec), "x.npy");
    expect(array).toMatchObject({ type, shape: spec.shape });
    expect(array.data).toEqual(spec.data);
  });

  test.each([1, 2, 3] as const)("format version %i", (version) => {
    expect(parseNpy(npyBytes({ ...small, version }), "x.npy").data).toEqual(small.data);
  });

  test("data at an odd place in memory", () => {
    const bytes = npyBytes(small);
    const shifted = new Uint8Array(bytes.length + 1).subarray(1);
    shifted.set(bytes);
    expect(parseNpy(shifted, "x.npy").data).toEqual(small.data);
  });

  test("an array of no elements", () => {
    const bytes = npyBytes({ descr: "|u1", shape: [0, 28, 28], data: new Uint8Array() });
    expect(parseNpy(bytes, "x.npy")).toMatchObject({ shape: [0, 28, 28] });
  });

  test("one axis in Fortran order, which is C order as well", () => {
    const bytes = npyBytes({ descr: "|u1", shape: [3], data: Uint8Array.of(1, 2, 3), fortran: true });
    expect(parseNpy(bytes, "x.npy").data).toEqual(Uint8Array.of(1, 2, 3));
  });
});

describe("everything else is refused with its own code", () => {
  const header = (text: string) => npyBytes({ ...small, header: text });
  const cases: [string, Uint8Array, string][] = [
    ["an empty file", new Uint8Array(), "NPY_NOT_NPY"],
    ["a zip archive", Buffer.from("PK\x03\x04 and more"), "NPY_NOT_NPY"],
    ["a file that ends after the magic", npyBytes(small).subarray(0, 6), "NPY_HEADER"],
    ["a file that ends in the length", npyBytes(small).subarray(0, 9), "NPY_HEADER"],
    ["a file that ends in the header", npyBytes(small).subarray(0, 40), "NPY_HEADER"],
    ["an unknown version", npyBytes(small).with(6, 9), "NPY_HEADER"],
    ["a header without a shape", header("{'descr': '<f4', 'fortran_order': False, }"), "NPY_HEADER"],
    ["a negative axis", npyBytes({ ...small, shape: [-2, -3] }), "NPY_HEADER"],
    ["Fortran order", npyBytes({ ...small, fortran: true }), "NPY_FORTRAN_ORDER"],
    ["objects", npyBytes({ ...small, descr: "|O" }), "NPY_DTYPE"],
    ["big endian", npyBytes({ ...small, descr: ">f4" }), "NPY_DTYPE"],
    ["complex numbers", npyBytes({ ...small, descr: "<c8" }), "NPY_DTYPE"],
    ["a name of every object", npyBytes({ ...small, descr: "<toString" }), "NPY_DTYPE"],
    ["records", header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 3), }"), "NPY_DTYPE"],
    ["missing data", npyBytes(small).subarray(0, -1), "NPY_SIZE"],
    ["data to spare", new Uint8Array([...npyBytes(small), 0]), "NPY_SIZE"],
    ["a shape beyond all memory", npyBytes({ ...small, shape: [2 ** 31, 2 ** 31, 2 ** 31] }), "NPY_SIZE"],
    ["a shape beyond all numbers", npyBytes({ ...small, shape: Array(40).fill(10 ** 9) }), "NPY_SIZE"],
  ];
  test.each(cases)("%s", async (_, bytes, code) => {
    expect(await codeOf(bytes)).toBe(code);
  });

  test("no such file, and a folder", async () => {
    expect((await thrownBy(() => readNpy(path.join(folder, "none.npy")))).message).toContain("no such file");
    expect((await thrownBy(() => readNpy(folder))).code).toBe("DATA_UNREADABLE");
  });
});

test("a mutated file is read or refused, never anything else", () => {
  const base = npyBytes(small);
  const mutation = fc.record({ at: fc.nat(base.length - 1), byte: fc.nat(255) });
  let refused = 0;
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), fc.nat(base.length), (mutations, end) => {
      const bytes = base.slice(0, end % 3 === 0 ? end : undefined);
      for (const { at, byte } of mutations) if (at < bytes.length) bytes[at] = byte;
      try {
        parseNpy(bytes, "x.npy");
      } catch (error) {
        expect(error).toBeInstanceOf(DtmmError);
        refused++;
      }
    }),
    { seed: 1, numRuns: 2000 },
  );
  expect(refused).toBeGreaterThan(500);
});

const shared = path.resolve("../shared/data");
describe.skipIf(!existsSync(shared))("real arrays (skipped when ../shared is absent)", () => {
  test.each([
    ["cifar10/eval_images.npy", "uint8", [400, 32, 32, 3]],
    ["cifar10/eval_labels.npy", "uint8", [400]],
    ["kws/eval_features.npy", "int8", [300, 49, 10, 1]],
  ])("%s", async (file, type, shape) => {
    const array = await readNpy(path.join(shared, file));
    expect(array).toMatchObject({ type, shape });
    expect(array.data).toHaveLength(shape.reduce((product, axis) => product * axis, 1));
  });
});
