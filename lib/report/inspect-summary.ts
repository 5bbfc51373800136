import { count, percent, shape } from "./format.js";
import type { InspectResult } from "./result.js";
import { textTable } from "./text-table.js";

/** The result of an inspect for the terminal: the model's edge, its layers, its bytes by kind and its arena. */
export function inspectSummary(result: InspectResult): string {
  const { bytes } = result.model;
  const kinds = Object.entries(result.bytesByKind).map(([kind, size]) => [
    kind,
    count(size),
    percent(size / bytes),
  ]);
  const parts = [
    [...edge("input", result.inputs), ...edge("output", result.outputs)].join("\n"),
    layerTable(result),
    textTable([["file", "bytes", ""], ...kinds, ["all", count(bytes), ""]]),
    arenaLine(result),
  ];
  return `${parts.join("\n\n")}\n`;
}

function arenaLine({ arenaBytes, arenaTarget, tflm }: InspectResult): string {
  const host = `arena: ${count(arenaBytes)} bytes on this host (TFLM: ${tflm.label})`;
  return arenaTarget === undefined
    ? `${host}; --arena-target measures the target's`
    : `${host}, ${count(arenaTarget.bytes)} on the target (${arenaTarget.from})`;
}

function edge(role: string, tensors: InspectResult["inputs"]): string[] {
  return tensors.map(
    (tensor) =>
      `${role}: ${tensor.type} ${shape(tensor.shape)}, scale ${tensor.scale.toPrecision(7)}, zero point ${tensor.zeroPoint}`,
  );
}

function layerTable({ layers }: InspectResult): string {
  const rows = layers.map((layer) => [
    String(layer.index),
    layer.op,
    shape(layer.outputShape),
    shape(layer.weightShape),
    layer.weights > 0 ? count(layer.weights) : "",
    layer.macs > 0 ? count(layer.macs) : "",
    layer.bytes > 0 ? count(layer.bytes) : "",
    layer.kept === undefined ? (layer.prunable ? "prunable" : "") : `${percent(layer.kept)} kept`,
  ]);
  const total = (of: (layer: (typeof layers)[number]) => number) =>
    count(layers.reduce((sum, layer) => sum + of(layer), 0));
  const sums = [
    "",
    "all",
    "",
    "",
    total((layer) => layer.weights),
    total((layer) => layer.macs),
    total((layer) => layer.bytes),
    "",
  ];
  const titles = ["layer", "op", "output", "weights", "count", "MACs", "bytes", ""];
  return textTable([titles, ...rows, sums], [1, 2, 3, 7]);
}
