import { arenaNote, arenaRows } from "./arena.js";
import {
  accuracyName,
  change,
  count,
  figure,
  floatNote,
  percent,
  pointsChange,
  proofNote,
  shape,
} from "./format.js";
import type { Gate, PruneResult, ValidateResult } from "./result.js";
import { textTable } from "./text-table.js";

/** The result of a prune for the terminal: before and after, the kept share per layer, the gates and the files. */
export function pruneSummary(result: PruneResult): string {
  const parts = [beforeAfter(result), floatNote(result.float), layerTable(result), gateLines(result.gates)];
  if (result.verdict === "fail") parts.push("Nothing was written: a limit was not met.");
  else if (result.files.length > 0) parts.push(fileLines(result));
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** The result of a validate for the terminal. */
export function validateSummary(result: ValidateResult): string {
  const parts = [beforeAfter(result), floatNote(result.float), gateLines(result.gates)];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** One line for each gate that was not met, for stderr. */
export function gateFailures(gates: readonly Gate[]): string[] {
  return gates
    .filter((gate) => !gate.pass)
    .map((gate) => `${gate.name} is ${figure(gate.value)}, the limit is ${figure(gate.limit)}`);
}

/** What a prune predicts beside the figures that it measures. */
type Predicted = Pick<PruneResult["pruned"], "predictedLatency">;

function beforeAfter({
  dense,
  pruned,
  evaluation,
  proof,
}: Pick<ValidateResult, "dense" | "evaluation" | "proof"> & {
  pruned: ValidateResult["pruned"] & Predicted;
}): string {
  const means = evaluation?.accuracyMeans ?? "labels";
  const rows = [
    ["", "dense", "pruned", "change"],
    ["model bytes", count(dense.bytes), count(pruned.bytes), change(dense.bytes, pruned.bytes)],
    ...arenaRows({ dense, pruned }),
    [
      accuracyName(means),
      percent(dense.accuracy),
      percent(pruned.accuracy),
      pointsChange(dense.accuracy, pruned.accuracy),
    ],
  ];
  if (pruned.predictedLatency !== undefined) {
    rows.push(["time, predicted", "", percent(pruned.predictedLatency), ""]);
  }
  // Without labels the row above says it already.
  if (means === "labels") rows.push(["agreement with dense", "", percent(pruned.agreement), ""]);
  return `${textTable(rows)}\non ${count(dense.samples)} evaluation inputs${proofNote(proof)}${arenaNote({ pruned })}`;
}

function layerTable(result: PruneResult): string {
  if (result.layers.length === 0) return "";
  const rows = result.layers.map((layer) => [
    String(layer.index),
    layer.op,
    shape(layer.shape),
    percent(layer.kept),
    count(layer.denseBytes),
    count(layer.packedBytes),
    layer.denseReason ? `stays dense: ${layer.denseReason}` : "",
  ]);
  const total = ["", "all prunable", "", percent(result.pruned.keptWeights), "", "", ""];
  return textTable(
    [["layer", "op", "weights", "kept", "dense B", "packed B", ""], ...rows, total],
    [1, 2, 6],
  );
}

function gateLines(gates: readonly Gate[]): string {
  if (gates.length === 0) return "";
  const rows = gates.map((gate) => [
    gate.name,
    figure(gate.value),
    figure(gate.limit),
    gate.pass ? "met" : "NOT MET",
  ]);
  return textTable([["limit", "value", "at most", ""], ...rows], [0, 3]);
}

function fileLines(result: PruneResult): string {
  const rows = result.files.map((file) => [`  ${file.path}`, count(file.bytes)]);
  return `${result.dryRun ? "Would write" : "Wrote"}:\n${textTable([["", "bytes"], ...rows])}`;
}
