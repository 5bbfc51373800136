import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { WorkerPool } from "../../lib/native/pool.js";
import { compile, sanitized as sanitizedProgram } from "../kernels/support/compile.js";
import { randomProblem, removalsOf } from "../native/support/layer-problems.js";
import { temporaryFolder, writeFiles } from "../tflm/fake-tree.js";
import { buildFaultyAddon } from "./faulty-package.js";

const sanitized = process.env.DTMM_SANITIZE === "address,undefined";
const reason = sanitized ? "" : " (skipped: part of npm run test:sanitize)";

/** Reads one byte too many; volatile, so that the compiler does not see the size of the block. */
const overread = `
#include <stdlib.h>
int main(int count, char** arguments) {
  char* volatile one = (char*)calloc(1, 1);
  (void)arguments;
  return one == NULL || one[count] == 1;
}
`;

describe.skipIf(!sanitized)(`a sanitizer's report${reason}`, () => {
  test("ends a program of test/kernels", () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "overread.c": overread });
    const { status, stderr } = spawnSync(compile(sanitizedProgram, [join(folder, "overread.c")]));
    expect(status).toBe(1);
    expect(stderr.toString()).toContain("heap-buffer-overflow");
  });

  test("fails a worker's call, wherever in the native code the fault is; sound code passes", async () => {
    const addonPath = await buildFaultyAddon(temporaryFolder());
    const pool = await WorkerPool.open({ addonPath, workers: 1 });
    onTestFinished(() => pool.close());

    expect(await pool.call("treeFacts", {})).toBe(8);
    const problem = randomProblem(1, 1, [1]);
    const report = (text: string) => ({ code: "NATIVE_FAULT", message: expect.stringContaining(text) });
    await expect(
      pool.call("removeGroups", removalsOf(problem, new Float64Array(1))),
      "native/",
    ).rejects.toMatchObject(report("heap-buffer-overflow"));
    await expect(pool.call("closeStatistics", {}), "the TFLM tree").rejects.toMatchObject(
      report("heap-buffer-overflow"),
    );
    await expect(
      pool.call("solveMasked", { ...problem, cross: new Float64Array(), limit: 0, rescale: 0 }),
      "tflm-kernels/",
    ).rejects.toMatchObject(report("shift exponent 32 is too large"));
    expect(await pool.call("treeFacts", {})).toBe(8);
  }, 180_000);
});
