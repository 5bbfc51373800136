/** The counts of a bench set side by side, layer by layer and in all. */

import type { BoardCore } from "../board/boards.js";
import { costTables } from "../latency/tables.js";
import { mainGraph, opName } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import type { BenchResult } from "./result.js";

/** Instructions per inference of every operator, and of CMSIS-NN's kernels by operator. */
export interface BenchCounts {
  run: readonly number[];
  predicted: readonly number[];
  dense?: readonly number[] | undefined;
  cmsisNn?: ReadonlyMap<number, number> | undefined;
  /** Of the stock layers that the model itself still has. */
  ownCmsisNn?: ReadonlyMap<number, number> | undefined;
}

type Table = Pick<BenchResult, "layers" | "totals">;

/** The layers and totals of a result. */
export function benchTable(model: Model, { run, predicted, dense, cmsisNn, ownCmsisNn }: BenchCounts): Table {
  const layers = mainGraph(model).operators.map((operator, index) => {
    const instructions = run[index] ?? 0;
    const cmsisCount = cmsisNn?.get(index);
    const own = ownCmsisNn && (ownCmsisNn.get(index) ?? instructions);
    return {
      index,
      op: opName(model, operator),
      instructions,
      predicted: Math.round(predicted[index] ?? 0),
      ...(dense === undefined ? {} : { dense: dense[index] ?? 0 }),
      ...(cmsisCount === undefined ? {} : { cmsisNn: cmsisCount }),
      ...(own === undefined ? {} : { withCmsisNn: own }),
    };
  });
  const total = (of: (layer: (typeof layers)[number]) => number) =>
    layers.reduce((sum, layer) => sum + of(layer), 0);
  return {
    layers,
    totals: {
      instructions: total(({ instructions }) => instructions),
      predicted: total((layer) => layer.predicted),
      ...(dense === undefined ? {} : { dense: total((layer) => layer.dense ?? 0) }),
      ...(cmsisNn === undefined || dense === undefined
        ? {}
        : { cmsisNn: total((layer) => layer.cmsisNn ?? layer.dense ?? 0) }),
      ...(ownCmsisNn === undefined ? {} : { withCmsisNn: total((layer) => layer.withCmsisNn ?? 0) }),
    },
  };
}

/** Most that a prediction may be off without a remark, as a share of the count. */
const tolerance = 0.1;

/** A remark where the prediction of a model's instructions is off by more than 10 %. */
export function predictionWarnings(totals: Table["totals"], core: BoardCore, tree: string): string[] {
  const error = totals.predicted / totals.instructions - 1;
  if (!(Math.abs(error) > tolerance)) return [];
  const { tflm } = costTables[core].provenance;
  const other = tree === tflm ? "" : `; stock operators were counted with ${tflm}, and this is ${tree}`;
  const percent = Math.round(100 * Math.abs(error));
  return [
    `the prediction is ${percent} % ${error < 0 ? "below" : "above"} the count: --latency goes by the same prices${other}`,
  ];
}
