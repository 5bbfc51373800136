import { spawnSync } from "node:child_process";

/** Something the user can act on; printed without a stack. */
export class DemoError extends Error {}

/**
 * Runs a program to its end and returns what it wrote. With `show`, its output goes straight to the terminal instead.
 * A program that is missing, killed or fails ends the demo with its last lines of error output.
 */
export function run(program, args, { cwd, env = process.env, input, show = false } = {}) {
  const stdio = show ? "inherit" : "pipe";
  const result = spawnSync(program, args, { cwd, env, input, stdio, encoding: "utf8", maxBuffer: 1 << 26 });
  if (result.error) throw new DemoError(`cannot run ${program}: ${result.error.message}`);
  if (result.status !== 0) {
    const end = result.signal ? `was killed by ${result.signal}` : `failed with exit code ${result.status}`;
    const tail = show ? "" : `\n${result.stderr.trimEnd().split("\n").slice(-15).join("\n")}`;
    throw new DemoError(`${[program, ...args].join(" ")} ${end}${tail}`);
  }
  return { stdout: result.stdout ?? "", stderr: result.stderr ?? "" };
}

/** Stops early, with the remedy, when the machine cannot build firmware. */
export function needTools() {
  const missing = ["make", "cc", "g++"].filter((tool) => spawnSync(tool, ["--version"]).error);
  if (missing.length === 0) return;
  throw new DemoError(
    `not installed: ${missing.join(", ")}. Run \`npm run setup\`, or install them (Debian: apt-get install build-essential).`,
  );
}
