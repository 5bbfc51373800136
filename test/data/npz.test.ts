import { describe, expect, test } from "vitest";
import { chosenOf } from "../../lib/data/source.js";
import { thrownBy } from "../cli/support/throws.js";
import { npyBytes } from "./npy-bytes.js";
import { type ZipMember, zipBytes } from "./npz-bytes.js";
import { fileMaker, open, read } from "./support.js";

const saved = fileMaker();

const images = npyBytes({
  descr: "|u1",
  shape: [4, 2, 3],
  data: Uint8Array.from({ length: 24 }, (_, i) => i),
});
const moreImages = npyBytes({ descr: "|u1", shape: [2, 2, 3], data: new Uint8Array(12) });
const labels = npyBytes({ descr: "<i8", shape: [4], data: BigInt64Array.of(2n, 0n, 1n, 2n) });

const npz = (arrays: Record<string, Uint8Array>, more: Partial<ZipMember> = {}) =>
  saved(
    ".npz",
    zipBytes(Object.entries(arrays).map(([name, content]) => ({ name: `${name}.npy`, content, ...more }))),
  );

describe.each([false, true])("an archive, compressed: %s", (compressed) => {
  test("the only array; chosen samples in their order", async () => {
    const source = await open(npz({ whatever: images }, { compressed }));
    expect(source).toMatchObject({ kind: "npz", total: 4, shape: [2, 3], type: "uint8" });
    expect(await read(source)).toMatchObject({
      indices: [0, 1, 2, 3],
      values: [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11], {}, {}],
    });
    const { indices, values } = await read(source, { limit: 2, seed: 5 });
    expect(values.map(([first]) => first)).toEqual(indices.map((index) => index * 6));
  });

  test("classes come from the array beside it", async () => {
    for (const [x, y] of [
      ["x", "y"],
      ["X", "y"],
      ["x_test", "y_test"],
      ["images", "labels"],
      ["train_images", "train_labels"],
      ["arr_0", "arr_1"],
    ] as const) {
      const source = await open(npz({ [y]: labels, [x]: images }, { compressed }), {}, [2, 3]);
      expect((await read(source, { limit: 3, seed: 1 })).labels, x).toHaveLength(3);
      expect((await read(source)).labels, x).toEqual([2, 0, 1, 2]);
    }
  });

  test("labels of another length, or in fractions, are none", async () => {
    const floats = npyBytes({ descr: "<f4", shape: [4], data: new Float32Array(4) });
    const three = npyBytes({ descr: "|u1", shape: [3], data: new Uint8Array(3) });
    for (const y of [floats, three]) {
      expect((await open(npz({ x: images, y }, { compressed }), {}, [2, 3])).labels).toBeUndefined();
    }
  });
});

describe("which array", () => {
  test("the named one", async () => {
    const file = npz({ x_train: images, x_test: moreImages });
    expect((await open(`${file}:x_test`)).total).toBe(2);
    const error = await thrownBy(() => open(`${file}:x`));
    expect([error.code, error.hint]).toEqual([
      "ARCHIVE_ARRAY",
      "Its arrays: x_train [4, 2, 3] uint8; x_test [2, 2, 3] uint8.",
    ]);
  });

  test("the one that fits the model", async () => {
    const wide = npyBytes({ descr: "|u1", shape: [3, 7, 7], data: new Uint8Array(147) });
    expect((await open(npz({ a: wide, b: images }), {}, [2, 3, 1])).total).toBe(4);
  });

  test("the one with a usual name", async () => {
    expect((await open(npz({ x: images, extra: moreImages }), {}, [2, 3])).total).toBe(4);
  });

  test("several are as good: ARCHIVE_AMBIGUOUS names them", async () => {
    const error = await thrownBy(() => open(npz({ x_train: images, x_test: moreImages }), {}, [2, 3]));
    expect(error.code).toBe("ARCHIVE_AMBIGUOUS");
    expect(error.message).toContain("x_train [4, 2, 3] uint8; x_test [2, 2, 3] uint8");
  });

  test("an array that cannot be read is only in the way when it is chosen", async () => {
    const objects = npyBytes({ descr: "|O", shape: [1, 1], data: new Uint8Array(1) });
    const file = npz({ x: images, meta: objects });
    expect((await open(file)).total).toBe(4);
    expect((await thrownBy(() => open(`${file}:meta`))).code).toBe("NPY_DTYPE");
  });
});

describe("hostile archives", () => {
  const whole = zipBytes([{ name: "x.npy", content: images, compressed: true }]);
  test.each([
    ["no zip at all", Buffer.from("not an archive"), "ARCHIVE_DAMAGED"],
    ["an empty file", new Uint8Array(), "ARCHIVE_DAMAGED"],
    ["one that ends early", whole.subarray(0, whole.length - 30), "ARCHIVE_DAMAGED"],
    ["one without arrays", zipBytes([{ name: "readme.txt", content: images }]), "ARCHIVE_AMBIGUOUS"],
  ])("%s", async (_, bytes, code) => {
    expect((await thrownBy(() => open(saved(".npz", bytes)))).code).toBe(code);
  });

  test("a member that unpacks to more than the archive says is refused before it fills the memory", async () => {
    const bomb = npyBytes({ descr: "|u1", shape: [1, 2 ** 24], data: new Uint8Array(2 ** 24) });
    for (const content of [bomb, images]) {
      const file = npz({ x: content }, { compressed: true, claimedLength: 150 });
      expect((await thrownBy(async () => read(await open(file)))).code).toBe("ARCHIVE_DAMAGED");
    }
  });

  test("nothing is unpacked behind the last chosen sample", async () => {
    const data = Uint8Array.from({ length: 400_000 }, (_, i) => (i * i * 31) >> 3);
    const content = npyBytes({ descr: "|u1", shape: [100, 4000], data });
    const bytes = Buffer.from(zipBytes([{ name: "x.npy", content, compressed: true }]));
    bytes.fill(0xff, 0.6 * bytes.length, 0.7 * bytes.length);
    const source = await open(saved(".npz", bytes));
    const early = Array.from({ length: 100 }, (_, seed) => seed).find(
      (seed) => chosenOf(100, { limit: 1, seed })[0]! < 40,
    );
    expect((await read(source, { limit: 1, seed: early })).indices).toHaveLength(1);
    expect((await thrownBy(() => read(source))).code).toBe("ARCHIVE_DAMAGED");
  });

  test("a damaged body", async () => {
    const noise = npyBytes({
      descr: "|u1",
      shape: [100, 100],
      data: Uint8Array.from({ length: 10_000 }, (_, i) => (i * i * 31) >> 3),
    });
    const bytes = Buffer.from(zipBytes([{ name: "x.npy", content: noise, compressed: true }]));
    bytes.fill(0xff, 200, 600);
    expect((await thrownBy(async () => read(await open(saved(".npz", bytes))))).code).toMatch(
      /ARCHIVE_DAMAGED|NPY_/,
    );
  });

  test("no such file", async () => {
    expect((await thrownBy(() => open("/nowhere/x.npz:x"))).code).toBe("DATA_UNREADABLE");
  });
});
