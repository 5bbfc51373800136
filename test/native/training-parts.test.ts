/** The optimiser, the augmentation and the loss of the training, each by itself (`training_parts_check.cc`). */

import { beforeAll, describe, expect, test } from "vitest";
import { runCheck } from "./support/native-check.js";

let printed = new Map<string, number>();
const check = (name: string) => printed.get(name) ?? Number.NaN;

beforeAll(async () => {
  const parts = ["adam", "augment", "distil_loss", "network"].map((name) => `network/${name}.cc`);
  printed = await runCheck("training_parts_check.cc", parts);
});

describe("Adam", () => {
  test("takes the steps of the algorithm", () => {
    expect(check("adam")).toBeLessThan(1e-6);
    expect(check("adam-without-gradient")).toBe(0);
  });

  test("moves by the rate at first, however small the gradient", () => {
    expect(check("adam-first-step")).toBeLessThan(1e-3);
  });
});

describe("augmentation", () => {
  test("leaves a sample as it is where nothing is asked for", () => {
    expect(check("augment-none-changed")).toBe(0);
  });

  test("flips every other sample, and shifts by up to so many pixels with the border repeated", () => {
    expect(check("augment-moved-unexplained")).toBe(0);
    expect(check("augment-flipped-share")).toBeCloseTo(0.5, 1);
    expect(check("augment-offsets")).toBe(25);
  });

  test("blends every other sample with another one, at up to half of its weight", () => {
    expect(check("augment-blend")).toBeLessThan(1e-5);
    expect(check("augment-blended-share")).toBeCloseTo(0.5, 1);
    expect(check("augment-blend-largest")).toBeGreaterThan(0.45);
    expect(check("augment-blend-largest")).toBeLessThan(0.5001);
  });

  test("follows from the stream alone, and takes as many draws whatever is asked for", () => {
    expect(check("augment-again-differs")).toBe(0);
    expect(check("augment-draws-differ")).toBe(0);
  });
});

describe("loss", () => {
  test("has the gradient of its differences at every temperature, with and without a label", () => {
    const names = [...printed.keys()].filter((name) => name.startsWith("loss-gradient"));
    const at = [1, 2, 4].flatMap((temperature) => {
      const name = `loss-gradient-temperature${temperature}`;
      return [name, `${name}-label`, `${name}-unlabelled`];
    });
    expect(names.sort()).toEqual([...at, "loss-gradient-label-alone", "loss-gradient-values"].sort());
    for (const name of names) expect(check(name), name).toBeLessThan(1e-4);
  });

  test("is zero at the teacher's outputs", () => {
    expect(check("loss-of-the-teacher")).toBeCloseTo(0, 12);
  });

  test("mixes the softened divergence and the label's cross-entropy by the share of the label", () => {
    expect(check("loss-cross-entropy")).toBeCloseTo(0, 6);
    expect(check("loss-mixed")).toBeCloseTo(0, 6);
    expect(check("loss-label-without-share")).toBe(0);
  });

  test("keeps its weight however hot: it tends to the squared distance of the logits", () => {
    expect(check("loss-hot")).toBeCloseTo(1, 2);
  });

  test("of values is the squared error in units of the teacher's mean square", () => {
    expect(check("loss-values")).toBeCloseTo(0, 6);
  });
});
