/** A comparison for continuous integration: Markdown for the page of a job, JUnit's XML with a case per point. */

import type { CompareResult } from "../compare-result.js";
import { count, percent } from "../format.js";
import { junit } from "../junit.js";
import { markdownTable } from "../markdown.js";
import { verdict } from "./verdict.js";

/** The ratios at equal accuracy, and what was measured. */
export function compareMarkdown({ points, equalAccuracy, models, warnings }: CompareResult): string {
  const cells = equalAccuracy.map((cell) => [
    cell.model,
    cell.target,
    cell.recovery,
    `${cell.method} / ${cell.against}`,
    cell.drop.toFixed(1),
    String(cell.seeds),
    cell.bytesRatio?.toFixed(3) ?? "",
    cell.instructionsRatio?.toFixed(3) ?? "",
    verdict(cell),
  ]);
  const rows = points.map((point) => [
    point.model,
    point.target,
    `${point.method}, ${point.recovery}`,
    String(point.seed),
    percent(point.keptWeights),
    count(point.bytes),
    count(point.arenaTargetBytes ?? point.arenaBytes),
    point.instructions === undefined ? "" : count(Math.round(point.instructions)),
    percent(point.accuracy),
    point.drop.toFixed(2),
  ]);
  const ratios = [
    "model",
    "target",
    "recovery",
    "ratio of",
    "points lost",
    "seeds",
    "bytes",
    "instructions",
    "",
  ];
  const measured = [
    "model",
    "target",
    "method",
    "seed",
    "kept",
    "bytes",
    "arena",
    "instructions",
    "accuracy",
    "lost",
  ];
  const parts = [
    `### dtmm: ${points.length} points on ${models.length} model${models.length === 1 ? "" : "s"}`,
    cells.length === 0 ? "" : markdownTable(ratios, cells),
    markdownTable(measured, rows),
    ...(warnings ?? []).map((warning) => `- ${warning}`),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** A case per point: whether packed and stock model gave the same bytes. */
export function compareJUnit({ points, seconds }: CompareResult): string {
  const cases = points.map(({ model, target, method, recovery, seed, share, bitExact }) => ({
    name: `${model}, ${target}, ${method}, ${recovery}, seed ${seed}, ${percent(share)}: bit-exact`,
    failure: bitExact ? undefined : "packed and stock model gave different bytes",
  }));
  return junit("dtmm compare", cases, seconds);
}
