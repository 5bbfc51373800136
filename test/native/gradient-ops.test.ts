import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const native = fileURLToPath(new URL("../../native/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dtmm-gradient-"));
const run = promisify(execFile);
const differences = new Map<string, number>();

/** Compiles and runs the check, with sanitizers, and reads its lines. */
beforeAll(async () => {
  const flags = ["-std=c++17", "-O0", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"];
  const include = ["-I", native, "-isystem", process.env.EIGEN3_INCLUDE_DIR ?? "/usr/include/eigen3"];
  const sources = ["network/backward_ops.cc", "network/patches.cc"].map((file) => join(native, file));
  const objects = await Promise.all(
    [join(here, "gradient_ops_check.cc"), ...sources].map(async (source) => {
      const object = join(folder, `${basename(source)}.o`);
      await run("c++", [...flags, ...include, "-c", source, "-o", object]);
      return object;
    }),
  );
  const program = join(folder, "check");
  await run("c++", [...flags, ...objects, "-o", program]);
  for (const line of (await run(program)).stdout.trim().split("\n")) {
    const [name = "", value = ""] = line.split(" ");
    differences.set(name, Number(value));
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every operator's backward step is the derivative of its forward step", () => {
  const weighted = [
    ...[1, 2].flatMap((s) =>
      [1, 2].flatMap((d) => [`conv-stride${s}-dilation${d}`, `depthwise-stride${s}-dilation${d}`]),
    ),
    "conv-large",
    "conv-pointwise",
    "depthwise-single",
    "fullyConnected",
  ].flatMap((name) => [name, `${name}-weights`]);
  const others = ["averagePool", "clamped", "concatenation", "logistic", "maxPool", "mean", "pad", "softmax"];
  expect([...differences.keys()].sort()).toEqual([...weighted, ...others].sort());
  for (const [name, difference] of differences) expect(difference, name).toBeLessThan(1e-3);
});
