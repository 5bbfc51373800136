/** Small formats that the terminal summary and the HTML report share. */

import type { PruneResult, ValidateResult } from "./result.js";

// Made once: a formatter takes longer to make than a whole table to print.
const grouped = new Intl.NumberFormat("en-US");
const upToFourDigits = new Intl.NumberFormat("en-US", { maximumFractionDigits: 4 });

/** "335,248" */
export function count(value: number): string {
  return grouped.format(value);
}

/** "53.9 %" out of 0.539 */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** "-46.1 %": how much smaller or larger `after` is. */
export function change(before: number, after: number): string {
  if (before === 0) return "";
  const points = ((after - before) / before) * 100;
  return `${points > 0 ? "+" : ""}${points.toFixed(1)} %`;
}

/** "-0.75 points" between two shares */
export function pointsChange(before: number, after: number): string {
  const points = (after - before) * 100;
  return `${points > 0 ? "+" : ""}${points.toFixed(2)} points`;
}

/** "16x3x3x16" */
export function shape(axes: readonly number[]): string {
  return axes.join("x");
}

/** A gate's number: whole ones as they are, others with up to four digits behind the point. */
export function figure(value: number): string {
  return upToFourDigits.format(value);
}

/** What a row of accuracy is called, by what accuracy means. */
export function accuracyName(means: "labels" | "agreement" | "closeness"): string {
  return { labels: "accuracy", agreement: "agreement with dense", closeness: "closeness to dense" }[means];
}

/** On which kernels stock operators ran in the proof, to follow the number of inputs; nothing where it was TFLM's own alone. */
export function proofNote(proof: ValidateResult["proof"]): string {
  if (proof === undefined || proof.hostSamples === 0) return "";
  return `, ${count(proof.treeSamples)} of them on TFLM's own kernels, the rest on equal host kernels`;
}

/** What the dense model was quantised from, as a sentence; nothing where it was int8 already. */
export function floatNote(float: PruneResult["float"]): string {
  if (float === undefined) return "";
  const accuracy = float.accuracy === undefined ? "" : `, accuracy ${percent(float.accuracy)}`;
  return `The dense model was quantised from a float one of ${count(float.bytes)} B${accuracy}; they agree on ${percent(float.agreement)}.`;
}
