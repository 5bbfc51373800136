import type { Markup } from "../markup.js";
import { plot } from "./plot.js";

/** Kept share of every layer by method, as a heat map with its numbers. */
export function sharePlot(
  cells: readonly { layer: string; method: string; kept: number }[],
  description: string,
): Promise<Markup> {
  const encoding = {
    x: { field: "layer", type: "nominal" as const, title: "operator", sort: null, axis: { labelAngle: 0 } },
    y: {
      field: "method",
      type: "nominal" as const,
      title: null,
      sort: null,
      axis: { labelLimit: 320 },
    },
  };
  return plot(
    {
      width: { step: 46 },
      height: { step: 28 },
      data: { values: cells as { layer: string; method: string; kept: number }[] },
      layer: [
        {
          mark: { type: "rect", fill: "var(--series-0)", stroke: "var(--page)" },
          encoding: {
            ...encoding,
            fillOpacity: {
              field: "kept",
              type: "quantitative",
              scale: { domain: [0, 1], range: [0.05, 0.6] },
              legend: null,
            },
          },
        },
        {
          mark: { type: "text", fill: "var(--text)" },
          encoding: { ...encoding, text: { field: "kept", type: "quantitative", format: ".0%" } },
        },
      ],
    },
    description,
  );
}
