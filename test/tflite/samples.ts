/** The real models next to the repository, where they are; tests on them are skipped elsewhere. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = resolve(import.meta.dirname, "../../../shared/data/models");

/** File names of the real models, none where the folder is missing. */
export const sampleNames = existsSync(folder)
  ? readdirSync(folder).filter((name) => name.endsWith(".tflite"))
  : [];

export const withoutSamples = sampleNames.length === 0;

export const samplesReason = withoutSamples ? " (skipped: no ../shared/data/models)" : "";

export function samplePath(name: string): string {
  return join(folder, name);
}

export function readSample(name: string): Uint8Array {
  return new Uint8Array(readFileSync(samplePath(name)));
}
