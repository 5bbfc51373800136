import { describe, expect, test } from "vitest";
import { labelsOf } from "../../lib/data/labels.js";
import { csvSettings } from "../../lib/options/data-settings.js";
import { thrownBy } from "../cli/support/throws.js";
import { type NpySpec, npyBytes } from "./npy-bytes.js";
import { zipBytes } from "./npz-bytes.js";
import { fileMaker, plain } from "./support.js";

const saved = fileMaker();
const labels = (data: NpySpec["data"], descr: string, shape: readonly number[] = [data.length]) =>
  saved(".npy", npyBytes({ descr, shape, data }));

/** The labels of three inputs of a model with ten classes. */
const load = (path: string | undefined, settings = {}, own?: number[]) =>
  labelsOf(
    { samples: 3, ...(own ? { labels: { path: "inputs", values: Float64Array.from(own) } } : {}) },
    path,
    10,
    { ...plain, ...settings },
  ).then((found) => found && [...found]);

describe("a .npy file", () => {
  test.each([
    ["|u1", Uint8Array.of(0, 9, 3)],
    ["<i4", Int32Array.of(0, 9, 3)],
    ["<i8", BigInt64Array.of(0n, 9n, 3n)],
  ])("of type %s", async (descr, data) => {
    expect(await load(labels(data, descr))).toEqual([0, 9, 3]);
    expect(await load(labels(data, descr, [3, 1]))).toEqual([0, 9, 3]);
  });

  test.each([
    ["too few", Uint8Array.of(1, 2), "|u1", [2], "LABELS_LENGTH"],
    ["one too high", Uint8Array.of(1, 2, 10), "|u1", [3], "LABELS_VALUE"],
    ["one negative", Int8Array.of(1, -2, 3), "|i1", [3], "LABELS_VALUE"],
    ["one beyond every number", BigInt64Array.of(1n, 2n, 2n ** 62n), "<i8", [3], "LABELS_VALUE"],
    ["one-hot", new Uint8Array(30), "|u1", [3, 10], "LABELS_SHAPE"],
    ["fractions", Float32Array.of(1, 2, 3), "<f4", [3], "NPY_DTYPE"],
  ] as const)("%s", async (_, data, descr, shape, code) => {
    expect((await thrownBy(() => load(labels(data, descr, shape)))).code).toBe(code);
  });
});

describe("an archive", () => {
  const y = npyBytes({ descr: "|u1", shape: [3], data: Uint8Array.of(1, 2, 3) });
  const x = npyBytes({ descr: "|u1", shape: [3, 2], data: new Uint8Array(6) });

  test("the named array, or the only one that can be classes", async () => {
    const file = saved(
      ".npz",
      zipBytes([
        { name: "x.npy", content: x },
        { name: "why.npy", content: y },
      ]),
    );
    expect(await load(file)).toEqual([1, 2, 3]);
    expect(await load(`${file}:why`)).toEqual([1, 2, 3]);
    expect((await thrownBy(() => load(`${file}:x`))).code).toBe("LABELS_SHAPE");
  });

  test("several: ARCHIVE_AMBIGUOUS", async () => {
    const file = saved(
      ".npz",
      zipBytes([
        { name: "a.npy", content: y },
        { name: "b.npy", content: y },
      ]),
    );
    expect((await thrownBy(() => load(file))).code).toBe("ARCHIVE_AMBIGUOUS");
  });
});

describe("text", () => {
  const classes = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

  test.each([
    ["numbers, a line each", ".txt", "4\n0\n9\n", {}, [4, 0, 9]],
    ["names", ".txt", "four\r\nzero\r\nnine", { classes }, [4, 0, 9]],
    ["a column", ".csv", "4\n0\n9\n", {}, [4, 0, 9]],
    ["a column with a header", ".csv", "label\n4\n0\n9\n", {}, [4, 0, 9]],
    [
      "a column of several",
      ".csv",
      "file,class\na.png,four\nb.png,zero\nc.png,nine\n",
      { classes },
      [4, 0, 9],
    ],
    [
      "a named column",
      ".csv",
      "file,kind\na.png,4\nb.png,0\nc.png,9\n",
      { csv: csvSettings.parse({ label: "kind" }) },
      [4, 0, 9],
    ],
  ])("%s", async (_, end, text, settings, expected) => {
    expect(await load(saved(end, text), settings)).toEqual(expected);
  });

  test.each([
    ["an unknown name", ".txt", "four\nzorro\nnine\n", { classes }, "CLASS_UNKNOWN"],
    ["names of another number of classes", ".txt", "a\nb\nc\n", {}, "CLASSES_COUNT"],
    ["no column of classes", ".csv", "a,b\n1,2\n", {}, "CSV_COLUMN"],
    ["too many", ".txt", "1\n2\n3\n4\n", {}, "LABELS_LENGTH"],
    ["no classes at all", ".txt", "", {}, "LABELS_LENGTH"],
  ])("%s", async (_, end, text, settings, code) => {
    expect((await thrownBy(() => load(saved(end, text), settings))).code).toBe(code);
  });
});

describe("labels that came with the inputs", () => {
  test("are taken, unless others are named or none are wanted", async () => {
    expect(await load(undefined, {}, [1, 2, 3])).toEqual([1, 2, 3]);
    expect(await load(labels(Uint8Array.of(4, 5, 6), "|u1"), {}, [1, 2, 3])).toEqual([4, 5, 6]);
    expect(await load("off", {}, [1, 2, 3])).toBeUndefined();
    expect(await load(undefined)).toBeUndefined();
  });

  test("are held against the model", async () => {
    expect((await thrownBy(() => load(undefined, {}, [1, 2, 10]))).code).toBe("LABELS_VALUE");
  });
});
