import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import {
  activationRange,
  effectiveScale,
  type FusedActivation,
  perTensorEffectiveScale,
  quantizeMultiplier,
} from "../../lib/pack/quantize-multiplier.js";
import { available, builds, compile, skipNote, supportFile } from "./support/compile.js";
import { Random } from "./support/random.js";

const build = builds[0]!;

/** Runs the lines through the C formulas (`quantize.c`). */
function inC(lines: string[]): string[] {
  const program = compile(build, [supportFile("quantize.c")]);
  return execFileSync(program, { input: lines.join("\n"), encoding: "utf8", maxBuffer: 2 ** 28 })
    .trimEnd()
    .split("\n");
}

describe("quantizeMultiplier", () => {
  test.each([
    ["zero", 0, 0, 0],
    ["one half", 0.5, 2 ** 30, 0],
    ["one", 1, 2 ** 30, 1],
    ["just below one, which carries", 1 - 2 ** -40, 2 ** 30, 1],
    ["the smallest that is not flushed", 2 ** -32, 2 ** 30, -31],
    ["just below it", 2 ** -32 * (1 - 2 ** -20), 0, 0],
    ["a subnormal", 5e-324, 0, 0],
  ])("%s", (_, real, multiplier, shift) => {
    expect(quantizeMultiplier(real)).toEqual({ multiplier, shift });
  });

  test.skipIf(!available(build))(`equals the formula in C on 50,000 values${skipNote(build)}`, () => {
    const random = new Random(1);
    const reals = Array.from(
      { length: 50_000 },
      () => (random.next() + random.next() * 2 ** -30) * 2 ** random.int(-40, 30),
    );
    const ours = reals.map((real) => Object.values(quantizeMultiplier(real)).join(" "));
    expect(ours).toEqual(inC(reals.map((real) => `m ${real.toExponential(17)}`)));
  });
});

test("effectiveScale rounds each scale to float32 and multiplies before it divides", () => {
  const [input, filter, output] = [0.1, 0.3, 0.7];
  const expected = (Math.fround(input) * Math.fround(filter)) / Math.fround(output);
  expect(effectiveScale(input, filter, output)).toBe(expected);
  expect(effectiveScale(input, filter, output)).not.toBe((input * filter) / output);
});

test("perTensorEffectiveScale rounds the product to float32 as well", () => {
  const [input, filter, output] = [0.1, 0.3, 0.7];
  const product = Math.fround(Math.fround(input) * Math.fround(filter));
  expect(perTensorEffectiveScale(input, filter, output)).toBe(product / Math.fround(output));
  expect(perTensorEffectiveScale(input, filter, output)).not.toBe(effectiveScale(input, filter, output));
});

describe("activationRange", () => {
  test.each([
    ["NONE", 0, -128, 127],
    ["RELU", 1, -10, 127],
    ["RELU_N1_TO_1", 2, -20, 0],
    ["RELU6", 3, -10, 50],
  ] as const)("%s", (_, activation, min, max) => {
    expect(activationRange(activation, 0.1, -10)).toEqual({ min, max });
  });

  test.skipIf(!available(build))(`equals the formula in C on 20,000 values${skipNote(build)}`, () => {
    const random = new Random(2);
    const inputs = Array.from({ length: 20_000 }, () => ({
      activation: random.int(0, 3) as FusedActivation,
      scale: Math.fround(random.next() * 2 ** random.int(-12, 2) + 1e-6),
      zeroPoint: random.int(-128, 127),
    }));
    const ours = inputs.map((i) =>
      Object.values(activationRange(i.activation, i.scale, i.zeroPoint)).join(" "),
    );
    expect(ours).toEqual(inC(inputs.map((i) => `a ${i.activation} ${i.scale} ${i.zeroPoint}`)));
  });
});
