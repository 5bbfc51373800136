import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  calibration,
  DIGIT_BYTES,
  heldOut,
  interleaved,
  splitDigits,
  trainedOn,
} from "../../examples/digits/scripts/digit-split.mjs";
import { arrayHeader, arraySource } from "../../examples/digits/scripts/model-array.mjs";
import { npyBytes } from "../../examples/digits/scripts/npy.mjs";

const example = new URL("../../examples/digits/", import.meta.url);
const bytesOf = (file: string) => readFileSync(new URL(file, example));
const textOf = (file: string) => bytesOf(file).toString("utf8");

describe("split of the digits", () => {
  const split = splitDigits();
  const key = (digit: { pixels: Uint8Array }) => Buffer.from(digit.pixels).toString("latin1");

  test("1,000 held-out digits, a hundred of each class, any ten in a row hold every class", () => {
    const labels = split.evaluation.map((digit) => digit.label);
    expect(labels).toHaveLength(1000);
    for (let start = 0; start < labels.length; start += 10) {
      expect(new Set(labels.slice(start, start + 10)).size).toBe(10);
    }
  });

  test("every digit is either trained on or held out", () => {
    expect(split.train.length + split.evaluation.length).toBe(10_000);
  });

  test("no held-out image is trained or calibrated on", () => {
    const held = new Set(split.evaluation.map(key));
    expect(held.size).toBe(split.evaluation.length);
    expect(split.train.filter((digit) => held.has(key(digit)))).toEqual([]);
    expect(split.calibration.filter((digit) => held.has(key(digit)))).toEqual([]);
  });

  test("1,024 different calibration digits of 28x28 pixels, of all classes", () => {
    expect(new Set(split.calibration.map(key)).size).toBe(1024);
    expect(new Set(split.calibration.map((digit) => digit.label)).size).toBe(10);
    expect(split.calibration.every((digit) => digit.pixels.length === DIGIT_BYTES)).toBe(true);
  });

  const python = spawnSync("python3", ["--version"]).status === 0;
  test.skipIf(!python)("the training script splits alike (needs python3)", () => {
    const counts = [1001, 1127, 991, 1024, 100, 37];
    const script = `
import json, digit_split as s
counts = ${JSON.stringify(counts)}
print(json.dumps({
    "held": [list(s.held_out(n)) for n in counts],
    "trained": [list(s.trained_on(n)) for n in counts],
    "order": s.interleaved(counts, s.trained_on),
    "calibration": s.calibration(9000),
}))`;
    const cwd = fileURLToPath(new URL("training/", example));
    const result = spawnSync("python3", ["-B", "-c", script], { cwd, encoding: "utf8", maxBuffer: 1 << 26 });
    expect(result.stderr).toBe("");
    expect(JSON.parse(result.stdout)).toEqual({
      held: counts.map(heldOut),
      trained: counts.map(trainedOn),
      order: interleaved(counts, trainedOn).map(({ position, label }) => [position, label]),
      calibration: calibration(9000),
    });
  });
});

describe("model as C array", () => {
  const model = bytesOf("model/digits_int8.tflite");

  test("the array in the firmware is the committed .tflite, byte for byte", () => {
    const source = textOf("src/model/model_data.cc");
    const listed = [...source.matchAll(/0x([0-9a-f]{2}),/g)].map((match) => Number.parseInt(match[1]!, 16));
    expect(Buffer.from(listed).equals(model)).toBe(true);
    expect(source).toContain(`g_model_len = ${model.length};`);
  });

  test("both files are what the script writes", () => {
    expect(textOf("src/model/model_data.cc")).toBe(arraySource(model));
    expect(textOf("src/model/model_data.h")).toBe(arrayHeader());
  });

  test("the model has at least 50 KB, as the demo claims", () => {
    expect(model.length).toBeGreaterThanOrEqual(50 * 1024);
    expect(model.subarray(4, 8).toString("latin1")).toBe("TFL3");
  });
});

describe(".npy files of the example", () => {
  test("header by numpy's rules, data behind it", () => {
    const npy = npyBytes([2, 3], Buffer.from([1, 2, 3, 4, 5, 6]));
    expect(npy.subarray(0, 8)).toEqual(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]));
    const header = npy.subarray(10, 10 + npy.readUInt16LE(8)).toString("latin1");
    expect(header).toMatch(/^\{'descr': '\|u1', 'fortran_order': False, 'shape': \(2, 3\), \} *\n$/);
    expect((10 + header.length) % 64).toBe(0);
    expect([...npy.subarray(10 + header.length)]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("one axis is a one-element tuple", () => {
    expect(npyBytes([3], Buffer.alloc(3)).toString("latin1")).toContain("'shape': (3,), }");
  });

  test("a shape that does not fit the data is refused", () => {
    expect(() => npyBytes([2, 2], Buffer.alloc(3))).toThrow(RangeError);
  });
});
