import type { CompareResult } from "../compare-result.js";
import { count, percent } from "../format.js";
import { textTable } from "../text-table.js";

/** The result of a comparison for the terminal: every point, and the ratios at equal accuracy. */
export function compareSummary(result: CompareResult): string {
  const parts = [pointTable(result), ratioTable(result), missingLines(result)];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function pointTable({ points }: CompareResult): string {
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
  const titles = [
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
  return textTable([titles, ...rows], [0, 1, 2]);
}

function ratioTable({ equalAccuracy }: CompareResult): string {
  if (equalAccuracy.length === 0) return "";
  const ratio = (value: number | undefined) => value?.toFixed(3) ?? "";
  const rows = equalAccuracy.map((cell) => [
    cell.model,
    cell.target,
    cell.recovery,
    `${cell.method} / ${cell.against}`,
    cell.drop.toFixed(1),
    String(cell.seeds),
    ratio(cell.bytesRatio),
    ratio(cell.instructionsRatio),
  ]);
  const titles = ["model", "target", "recovery", "ratio of", "points lost", "seeds", "bytes", "instructions"];
  return textTable([titles, ...rows], [0, 1, 2, 3]);
}

function missingLines({ missing }: CompareResult): string {
  const lines = missing.map(
    ({ model, method, recovery, seed, share, reason }) =>
      `${model}, ${method}, ${recovery}, seed ${seed}, ${percent(share)}: ${reason}`,
  );
  return [...new Set(lines)].join("\n");
}
