/** A comparison for continuous integration: Markdown for the page of a job, JUnit's XML with a case per point. */

import type { CompareResult } from "../compare-result.js";
import { percent } from "../format.js";
import { junit } from "../junit.js";
import { markdownTable } from "../markdown.js";
import { floatNotes, pointRows, ratioRows } from "./rows.js";
import { verdict } from "./verdict.js";

/** The ratios at equal accuracy, and what was measured. */
export function compareMarkdown(result: CompareResult): string {
  const { points, equalAccuracy, models, warnings } = result;
  const ratios = ratioRows(result);
  const measured = pointRows(result);
  const judged = ratios.rows.map((row, i) => [...row, verdict(equalAccuracy[i]!)]);
  const parts = [
    `### dtmm: ${points.length} points on ${models.length} model${models.length === 1 ? "" : "s"}`,
    judged.length === 0 ? "" : markdownTable([...ratios.titles, ""], judged),
    markdownTable(measured.titles, measured.rows),
    ...[...floatNotes(result), ...(warnings ?? [])].map((note) => `- ${note}`),
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
