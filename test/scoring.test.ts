import { describe, expect, test } from "vitest";
import { type Outputs, realOutputs, score, topClasses } from "../lib/scoring.js";

function rows(...values: number[][]): Outputs {
  return { values: Float32Array.from(values.flat()), samples: values.length, size: values[0]!.length };
}

const classes = { kind: "classes", distribution: true } as const;

describe("outputs", () => {
  test("int8 goes through the output's own scale and zero point", () => {
    const facts = { type: "INT8", shape: [1, 2], bytes: 2, scale: 0.5, zeroPoint: -3 };
    const outputs = realOutputs(new Uint8Array([0x80, 0x7f, 0xfd, 0xff]), facts, 2);
    expect(Array.from(outputs.values)).toEqual([-62.5, 65, 0, 1]);
  });

  test("float32 is taken as it is, from any offset", () => {
    const facts = { type: "FLOAT32", shape: [1, 1], bytes: 4, scale: 0, zeroPoint: 0 };
    const bytes = new Uint8Array(6);
    new DataView(bytes.buffer).setFloat32(2, 1.5, true);
    expect(Array.from(realOutputs(bytes.subarray(2), facts, 1).values)).toEqual([1.5]);
  });

  test("the first of equal classes wins", () => {
    expect(Array.from(topClasses(rows([1, 3, 3], [2, 2, 1])))).toEqual([1, 0]);
  });
});

describe("score", () => {
  const dense = rows([0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]);
  const other = rows([0.8, 0.2], [0.7, 0.3], [0.6, 0.4], [0.1, 0.9]);

  test("accuracy is against the labels, agreement against the dense model", () => {
    const labels = Int32Array.from([0, 0, 1, 1]);
    expect(score({ ...classes, labels }, dense, other)).toMatchObject({ accuracy: 0.75, agreement: 0.75 });
    expect(score({ ...classes, labels }, dense, dense)).toMatchObject({ accuracy: 0.5, agreement: 1 });
  });

  test("without labels accuracy is agreement", () => {
    expect(score(classes, dense, other)).toMatchObject({ accuracy: 0.75, agreement: 0.75 });
  });

  test("divergence is the mean over samples, and nothing for equal distributions", () => {
    expect(score(classes, dense, dense).divergence).toBe(0);
    const one = score(classes, rows([0.5, 0.5]), rows([0.25, 0.75])).divergence;
    expect(one).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 6);
    expect(score({ ...classes, distribution: false }, dense, other).divergence).toBeUndefined();
  });

  test("values are judged by their relative error", () => {
    const values = { kind: "values", distribution: false } as const;
    expect(score(values, rows([3, 4]), rows([3, 4]))).toEqual({ accuracy: 1, agreement: 1 });
    expect(score(values, rows([3, 4]), rows([3, 4.5])).accuracy).toBeCloseTo(0.9, 6);
    expect(score(values, rows([3, 4]), rows([-30, 4])).accuracy).toBe(0);
  });
});
