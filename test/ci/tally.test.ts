import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../lib/native/paths.js";
import { temporaryFolder, writeFiles } from "../tflm/fake-tree.js";

interface Counts {
  passed: number;
  failed: number;
  skipped?: number;
}

/** What `.ci/run` would print and exit with after steps of these exit codes and, where they ran tests, these counts. */
function tally(steps: Record<string, { code: number; tests?: Counts }>): {
  lines: string[];
  code: number | null;
} {
  const folder = temporaryFolder();
  for (const [name, { code, tests }] of Object.entries(steps)) {
    writeFiles(folder, { [`${name}.status`]: `${code}\n` });
    if (tests === undefined) continue;
    const { passed, failed, skipped = 0 } = tests;
    const report = {
      numPassedTests: passed,
      numFailedTests: failed,
      numPendingTests: skipped,
      numTodoTests: 0,
    };
    writeFiles(folder, { [`${name}.json`]: JSON.stringify(report) });
  }
  const script = join(packageRoot, "scripts", "ci-tally.mjs");
  const run = spawnSync(process.execPath, [script, folder], { encoding: "utf8" });
  return { lines: run.stdout.trimEnd().split("\n"), code: run.status };
}

describe("the closing line of CI", () => {
  test("sums up all runs; a step without tests is one check", () => {
    const { lines, code } = tally({
      demo: { code: 0 },
      sanitize: { code: 0, tests: { passed: 20, failed: 0 } },
      test: { code: 0, tests: { passed: 300, failed: 0, skipped: 4 } },
    });
    expect(lines).toEqual(["321 passed, 0 failed, 4 skipped"]);
    expect(code).toBe(0);
  });

  test.each([
    ["a failed test", { code: 1, tests: { passed: 9, failed: 2 } }, "10 passed, 2 failed, 0 skipped"],
    [
      "a failure outside of the tests",
      { code: 1, tests: { passed: 9, failed: 0 } },
      "10 passed, 1 failed, 0 skipped",
    ],
    ["a step that never got to its tests", { code: 2 }, "1 passed, 1 failed, 0 skipped"],
  ])("%s fails the whole", (_, step, closing) => {
    const { lines, code } = tally({ demo: { code: 0 }, test: step });
    expect(lines).toEqual(['ci: the step "test" failed', closing]);
    expect(code).toBe(1);
  });

  test("nothing run is a failure", () => {
    expect(tally({})).toEqual({ lines: ["0 passed, 0 failed, 0 skipped"], code: 1 });
  });
});
