import { count, percent, shape } from "./format.js";
import type { InspectResult } from "./result.js";
import { textTable } from "./text-table.js";

/** The result of an inspect for the terminal: the model's edge, its layers, its bytes by kind, its arena and what could be removed. */
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
    [...arenaLines(result), ...instructionLines(result)].join("\n"),
    ...methodTables(result),
  ];
  return `${parts.join("\n\n")}\n`;
}

function arenaLines({ arenaBytes, arenaTarget, arena, tflm }: InspectResult): string[] {
  const host = `arena: ${count(arenaBytes)} bytes on this host (TFLM: ${tflm.label})`;
  const target =
    arenaTarget === undefined
      ? "; --arena-target measures the target's"
      : `, ${count(arenaTarget.bytes)} on the target (${arenaTarget.from})`;
  if (arena === undefined || arena.steps.length === 0) return [host + target];
  const live = arena.steps.map(({ liveBytes }) => liveBytes);
  const peak = live.indexOf(Math.max(...live));
  return [
    host + target,
    `arena: ${count(live[peak] ?? 0)} bytes of activations at the peak, in operator ${peak} (${arena.steps[peak]?.op})`,
  ];
}

function instructionLines({ predictedInstructions }: InspectResult): string[] {
  if (predictedInstructions === undefined) return [];
  const cores = Object.entries(predictedInstructions).map(([core, all]) => `${core} ${count(all)}`);
  return [`instructions per inference, predicted: ${cores.join(", ")}`];
}

/** What each method prunes, and below it what the model would come to. */
function methodTables({ methods, predictedInstructions }: InspectResult): string[] {
  if (methods === undefined) return [];
  const cores = Object.keys(predictedInstructions ?? {});
  const reach = methods.map(({ method, removes, layers, weights }) => [
    method,
    removes,
    count(layers.length),
    count(weights),
  ]);
  const points = methods.flatMap(({ method, points }) =>
    points.map(({ kept, bytes, latency }) => [
      method,
      percent(kept),
      count(bytes),
      ...cores.map((core) => latency?.[core]?.toFixed(2) ?? ""),
    ]),
  );
  return [
    textTable([["method", "removes", "layers", "weights"], ...reach], [0, 1]),
    textTable([["predicted", "kept", "bytes", ...cores], ...points]),
    "sizes of filterlet and taylor: the same share of every layer; time on a core: share of the dense model's",
  ];
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
