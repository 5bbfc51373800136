import { count } from "./format.js";
import type { BenchResult } from "./result.js";
import { textTable } from "./text-table.js";

/** The result of a bench for the terminal: instructions per layer and in all, and what they are relative to. */
export function benchSummary(result: BenchResult): string {
  const { layers, totals } = result;
  const columns = [
    { title: "TFLM reference", shown: totals.dense !== undefined, of: (row: Counts) => row.dense },
    { title: "CMSIS-NN", shown: totals.cmsisNn !== undefined, of: (row: Counts) => row.cmsisNn },
    { title: "this model", shown: true, of: (row: Counts) => row.instructions },
    { title: "predicted", shown: true, of: (row: Counts) => row.predicted },
    { title: "with CMSIS-NN", shown: totals.withCmsisNn !== undefined, of: (row: Counts) => row.withCmsisNn },
  ].filter(({ shown }) => shown);
  const cells = (row: Counts) => [
    ...columns.map(({ of }) => {
      const value = of(row);
      return value === undefined ? "" : count(Math.round(value));
    }),
    ratio(row.instructions, row.dense),
    ratio(row.withCmsisNn ?? row.instructions, row.cmsisNn),
  ];
  const titles = ["layer", "op", ...columns.map(({ title }) => title), "/ reference", "/ CMSIS-NN"];
  const rows = layers.map((layer) => [String(layer.index), layer.op, ...cells(layer)]);
  const parts = [
    textTable([titles, ...rows, ["", "all", ...cells(totals)]], [1]),
    `instructions per inference on an emulated ${result.target}, ${result.flags.join(" ")} (TFLM: ${result.tflm.label})`,
    `arena: ${count(result.arenaBytes)} bytes; outputs ${result.equalsHost ? "equal" : "DIFFER from"} the host's`,
  ];
  return `${parts.join("\n")}\n`;
}

interface Counts {
  instructions: number;
  predicted: number;
  withCmsisNn?: number | undefined;
  dense?: number | undefined;
  cmsisNn?: number | undefined;
}

function ratio(value: number, base: number | undefined): string {
  return base === undefined || base === 0 ? "" : (value / base).toFixed(3);
}
