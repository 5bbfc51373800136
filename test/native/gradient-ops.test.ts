import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const native = fileURLToPath(new URL("../../native/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dtmm-gradient-"));
const differences = new Map<string, number>();

/** Compiles and runs the check, with sanitizers, and reads its lines. */
beforeAll(() => {
  const program = join(folder, "check");
  const flags = ["-std=c++17", "-O0", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"];
  const include = ["-I", native, "-isystem", process.env.EIGEN3_INCLUDE_DIR ?? "/usr/include/eigen3"];
  const sources = [join(here, "gradient_ops_check.cc"), join(native, "gradient_ops.cc")];
  execFileSync("c++", [...flags, ...include, ...sources, "-o", program], { stdio: "pipe" });
  for (const line of execFileSync(program, { encoding: "utf8" }).trim().split("\n")) {
    const [name = "", value = ""] = line.split(" ");
    differences.set(name, Number(value));
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every operator's backward step is the derivative of its forward step", () => {
  expect([...differences.keys()].sort()).toEqual([
    "averagePool",
    "concatenation",
    ...[1, 2].flatMap((s) => [1, 2].map((d) => `conv-stride${s}-dilation${d}`)),
    ...[1, 2].flatMap((s) => [1, 2].map((d) => `depthwise-stride${s}-dilation${d}`)),
    "fullyConnected",
    "maxPool",
    "mean",
    "pad",
    "softmax",
  ]);
  for (const [name, difference] of differences) expect(difference, name).toBeLessThan(1e-3);
});
