import type { Markup } from "../markup.js";
import { plot, seriesColours } from "./plot.js";

/** Instructions per layer, one bar each for every model. */
export function latencyPlot(
  layers: readonly { layer: string; model: string; instructions: number }[],
  description: string,
): Promise<Markup> {
  const models = [...new Set(layers.map(({ model }) => model))];
  return plot(
    {
      width: 560,
      height: 220,
      data: { values: layers as { layer: string; model: string; instructions: number }[] },
      mark: "bar",
      encoding: {
        x: { field: "layer", type: "nominal", title: "operator", sort: null, axis: { labelAngle: 0 } },
        xOffset: { field: "model", sort: models },
        y: { field: "instructions", type: "quantitative", title: "instructions" },
        color: {
          field: "model",
          type: "nominal",
          title: null,
          scale: { domain: models, range: seriesColours.slice(0, models.length) },
        },
      },
    },
    description,
  );
}
