/** Asks the official TFLM interpreter, the Python package tflite-micro, what models answer. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../lib/native/paths.js";
import { arenaFor } from "../../lib/tflite/graph.js";
import { readModel } from "../../lib/tflite/reader.js";

/** The virtual environment that scripts/setup.sh makes; the list of what is in it comes last. */
const environment = join(packageRoot, "build", "witness");
const python = join(environment, "bin", "python");
const script = join(packageRoot, "scripts", "witness.py");

export const witnessAvailable = existsSync(join(environment, "installed.txt"));

/** CI may not quietly do without; wheels exist for Linux on x86-64. */
export const witnessRequired =
  process.env.CI === "true" && process.platform === "linux" && process.arch === "x64";

/** For test titles: nothing, or why the tests are skipped. */
export const witnessReason = witnessAvailable
  ? ""
  : " (skipped: no Python package tflite-micro in build/witness; npm run setup installs it)";

/** Inputs, laid end to end, and the model that shall answer them. */
export interface WitnessJob {
  model: Uint8Array;
  inputs: Uint8Array;
  samples: number;
}

type Answer = { outputs: string } | { error: string };

/**
 * Output 0 of every sample of every job, from one process for all of them.
 *
 * @throws what the interpreter says of the first model that it refuses
 */
export function askWitness(jobs: readonly WitnessJob[]): Uint8Array[] {
  const folder = mkdtempSync(join(tmpdir(), "dtmm-witness-"));
  try {
    const jobFile = join(folder, "jobs.json");
    const answerFile = join(folder, "answers.json");
    writeFileSync(jobFile, JSON.stringify(jobs.map(jobJson)));
    execFileSync(python, ["-B", script, jobFile, answerFile], { stdio: ["ignore", "ignore", "pipe"] });
    const answers = JSON.parse(readFileSync(answerFile, "utf8")) as Answer[];
    return answers.map((answer, index) => {
      if ("error" in answer) throw new Error(`the witness refuses model ${index}: ${answer.error}`);
      return new Uint8Array(Buffer.from(answer.outputs, "base64"));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function jobJson({ model, inputs, samples }: WitnessJob) {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const arenaBytes = arenaFor(readModel(model));
  return { model: base64(model), arenaBytes, inputs: base64(inputs), samples };
}
