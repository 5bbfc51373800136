import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { DemoError, run } from "./process.mjs";

/** Builds the project's firmware with its own Makefile; TFLM's library is built once per tree and example. */
export function buildFirmware({ dir, example, cache }, tree) {
  const key = createHash("sha256")
    .update(tree.root)
    .update(readFileSync(path.join(example, "Makefile")));
  const library = path.join(cache, `tflm-${key.digest("hex").slice(0, 12)}`);
  run("make", ["--no-print-directory", "-j2", `TFLM_DIR=${tree.root}`, `TFLM_BUILD=${library}`], {
    cwd: dir,
    show: true,
  });
}

/** The number after `label:` in the firmware's log. */
function logged(log, label) {
  const line = log.split("\n").find((text) => text.startsWith(`${label}: `));
  const value = Number.parseInt(line?.slice(label.length + 2) ?? "", 10);
  if (Number.isNaN(value))
    throw new DemoError(`the firmware's log has no line "${label}: <n> bytes":\n${log}`);
  return value;
}

/**
 * Runs the firmware over all held-out digits. Returns `{ modelBytes, arenaBytes, accuracy, samples }` as it said and
 * predicted; accuracy is a share, 0..1.
 */
export function runFirmware({ dir }, labels) {
  const input = readFileSync(path.join(dir, "data", "eval.bin"));
  const { stdout, stderr } = run(path.join(dir, "build", "digits"), [], { input });
  const classes = stdout.trim().split("\n").map(Number);
  if (classes.length !== labels.length) {
    throw new DemoError(`the firmware classified ${classes.length} of ${labels.length} digits`);
  }
  const correct = classes.filter((digit, k) => digit === labels[k]).length;
  const facts = {
    modelBytes: logged(stderr, "model"),
    arenaBytes: logged(stderr, "arena"),
    accuracy: correct / labels.length,
    samples: labels.length,
  };
  console.log(`${correct} of ${facts.samples} digits right, arena ${facts.arenaBytes} bytes`);
  return facts;
}
