import type { BytesByKind } from "../kinds.js";
import type { Markup } from "../markup.js";
import { plot, seriesColours } from "./plot.js";

const kinds = ["weights", "index", "records", "metadata"] as const;

/** Bytes of files by what they are for, one bar each. */
export function kindsPlot(
  files: readonly { name: string; kinds: BytesByKind }[],
  description: string,
): Promise<Markup> {
  const values = files.flatMap(({ name, kinds: own }) =>
    kinds.map((kind, order) => ({ name, kind, order, bytes: own[kind] })),
  );
  return plot(
    {
      width: 560,
      height: { step: 30 },
      data: { values },
      mark: "bar",
      encoding: {
        y: { field: "name", type: "nominal", title: null, sort: null, axis: { labelLimit: 320 } },
        x: { field: "bytes", type: "quantitative", title: "bytes" },
        order: { field: "order" },
        color: {
          field: "kind",
          type: "nominal",
          title: null,
          scale: { domain: [...kinds], range: seriesColours.slice(0, kinds.length) },
        },
      },
    },
    description,
  );
}
