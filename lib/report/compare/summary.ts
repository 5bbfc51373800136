import type { CompareResult } from "../compare-result.js";
import { percent } from "../format.js";
import { textTable } from "../text-table.js";
import { floatNotes, pointRows, ratioRows } from "./rows.js";

/** The result of a comparison for the terminal: every point, and the ratios at equal accuracy. */
export function compareSummary(result: CompareResult): string {
  const parts = [pointTable(result), ratioTable(result), missingLines(result), ...floatNotes(result)];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function pointTable(result: CompareResult): string {
  const { titles, rows } = pointRows(result);
  return textTable([titles, ...rows], [0, 1, 2]);
}

function ratioTable(result: CompareResult): string {
  const { titles, rows } = ratioRows(result);
  return rows.length === 0 ? "" : textTable([titles, ...rows], [0, 1, 2, 3]);
}

function missingLines({ missing }: CompareResult): string {
  const lines = missing.map(
    ({ model, method, recovery, seed, share, reason }) =>
      `${model}, ${method}, ${recovery}, seed ${seed}, ${percent(share)}: ${reason}`,
  );
  return [...new Set(lines)].join("\n");
}
