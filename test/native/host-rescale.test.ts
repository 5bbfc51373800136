/** Rounding of the host kernels: most trees round twice, and no test tree rounds once. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { multiplyByQuantizedMultiplier } from "../kernels/support/reference.js";
import { seededRandom } from "../support/random.js";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dtmm-rescale-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Case {
  sum: number;
  bias: number;
  multiplier: number;
  shift: number;
  zeroPoint: number;
}

const clamp = (value: number) => Math.min(127, Math.max(-128, value));

/** TFLite's MultiplyByQuantizedMultiplier under TFLITE_SINGLE_ROUNDING. */
function roundedOnce({ sum, bias, multiplier, shift, zeroPoint }: Case): number {
  const right = BigInt(31 - shift);
  const scaled = (BigInt(sum + bias) * BigInt(multiplier) + (1n << (right - 1n))) >> right;
  return clamp((Number(BigInt.asIntN(32, scaled)) + zeroPoint) | 0);
}

function roundedTwice({ sum, bias, multiplier, shift, zeroPoint }: Case): number {
  return clamp((multiplyByQuantizedMultiplier(sum + bias, multiplier, shift) + zeroPoint) | 0);
}

test("rescaling rounds once or twice as TFLite does", () => {
  const random = seededRandom(3);
  const cases = Array.from({ length: 4000 }, (): Case => {
    const shift = random.integer(-31, 12);
    // Sums that land in or near int8, where rounding shows.
    const reach = Math.min(2 ** 30, Math.ceil(300 * 2 ** -shift));
    return {
      sum: random.integer(-reach, reach),
      bias: random.integer(-reach, reach),
      multiplier: random.integer(2 ** 30, 2 ** 31 - 1),
      shift,
      zeroPoint: random.integer(-128, 127),
    };
  });
  const program = join(folder, "check");
  const flags = ["-std=c++17", "-O1", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"];
  const sources = [at("host_rescale_check.cc"), at("../../native/host_kernels/rescale.cc")];
  execFileSync("c++", [
    ...flags,
    "-fno-sanitize-recover=all",
    "-I",
    at("../../native"),
    ...sources,
    "-o",
    program,
  ]);
  const input = cases.map((c) => [c.sum, c.bias, c.multiplier, c.shift, c.zeroPoint].join(" ")).join("\n");
  const lines = execFileSync(program, { input, encoding: "utf8" }).trim().split("\n");
  expect(lines).toEqual(cases.map((one) => `${roundedTwice(one)} ${roundedOnce(one)}`));
  const differing = cases.filter((one) => roundedTwice(one) !== roundedOnce(one));
  expect(differing.length).toBeGreaterThan(10);
});
