// Usage: ci-tally.mjs FOLDER
// Sums up the steps of .ci/run. A step leaves <name>.status, its exit code, and <name>.json, vitest's JSON report, if it
// runs tests; one without tests counts as a single check, and so does what fails outside of the tests (lint, a build).
// Names the failed steps, prints the closing line and exits 1 if anything failed or nothing ran.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Passed, failed and skipped checks of one step. */
function countStep(folder, name) {
  const ok = readFileSync(path.join(folder, `${name}.status`), "utf8").trim() === "0";
  const report = path.join(folder, `${name}.json`);
  if (!existsSync(report)) return { name, ok, passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  const tests = JSON.parse(readFileSync(report, "utf8"));
  return {
    name,
    ok,
    passed: tests.numPassedTests,
    failed: !ok && tests.numFailedTests === 0 ? 1 : tests.numFailedTests,
    skipped: tests.numPendingTests + tests.numTodoTests,
  };
}

const folder = process.argv[2];
const steps = readdirSync(folder)
  .filter((file) => file.endsWith(".status"))
  .map((file) => countStep(folder, path.basename(file, ".status")));
const total = (what) => steps.reduce((sum, step) => sum + step[what], 0);

for (const { name } of steps.filter(({ ok }) => !ok)) console.log(`ci: the step "${name}" failed`);
console.log(`${total("passed")} passed, ${total("failed")} failed, ${total("skipped")} skipped`);
if (total("failed") > 0 || total("passed") === 0) process.exitCode = 1;
