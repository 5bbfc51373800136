// `npm run test:sanitize`: the tests of the kernels and of the addon with the address and undefined-behaviour sanitizers
// in the native code. Further arguments go to vitest. test/sanitize proves that a report fails the run.

import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const vitest = path.join(
  path.dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
  "vitest.mjs",
);

/** Tests whose native code runs sanitized: what the pool's addon does, and the kernels by themselves and in the interpreter. */
const tests = [
  "test/native/addon",
  "test/native/network",
  "test/native/refit",
  "test/kernels",
  "test/pack/units",
  "test/sanitize",
];

const { status } = spawnSync(process.execPath, [vitest, "run", ...tests, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    // lib/native/compiler.ts reads it for the build, and gives the workers what the runtime needs.
    DTMM_SANITIZE: "address,undefined",
    // For the programs of test/kernels, which stand alone. Everything they allocate they must free.
    ASAN_OPTIONS: "detect_leaks=1",
    UBSAN_OPTIONS: "halt_on_error=1:print_stacktrace=1",
  },
});
process.exitCode = status ?? 1;
