/** Results as Markdown, for the summary of a job in continuous integration. */

import { arenaRows } from "./arena.js";
import { accuracyName, change, count, figure, floatNote, percent, pointsChange } from "./format.js";
import type { Gate, PruneResult, ValidateResult } from "./result.js";

/** A Markdown table; cells keep their text, whatever is in it. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll(/([\\|<>])/g, "\\$1").replaceAll(/\s+/g, " ")).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

function gateTable(gates: readonly Gate[]): string {
  const rows = gates.map(({ name, value, limit, pass }) => [
    name,
    figure(value),
    figure(limit),
    pass ? "met" : "**not met**",
  ]);
  return rows.length === 0 ? "" : markdownTable(["limit", "value", "at most", ""], rows);
}

/** Before and after, and the limits, of a prune or a validate. */
export function gatesMarkdown(result: PruneResult | ValidateResult): string {
  const { dense, pruned, evaluation, model, verdict } = result;
  const means = evaluation?.accuracyMeans ?? "labels";
  const rows = [
    ["model bytes", count(dense.bytes), count(pruned.bytes), change(dense.bytes, pruned.bytes)],
    ...arenaRows({ dense, pruned }),
    [
      accuracyName(means),
      percent(dense.accuracy),
      percent(pruned.accuracy),
      pointsChange(dense.accuracy, pruned.accuracy),
    ],
    ["agreement with dense", "", percent(pruned.agreement), ""],
  ];
  const parts = [
    `### dtmm: ${model.path}: ${verdict}`,
    markdownTable(["", "dense", "pruned", "change"], rows),
    floatNote(result.float),
    gateTable(result.gates),
    ...(result.warnings ?? []).map((warning) => `- ${warning}`),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
