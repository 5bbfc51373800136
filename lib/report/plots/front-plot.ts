import type { Markup } from "../markup.js";
import { plot, seriesColours, seriesShapes } from "./plot.js";

/** One model in a plot of what sizes or times cost. */
export interface FrontMark {
  /** What it belongs to: a method, or how the point was found. */
  series: string;
  x: number;
  y: number;
  /** Whether it is on its series' Pareto front, which a line joins. */
  front: boolean;
}

export interface FrontAxes {
  x: string;
  y: string;
  /** Whether the y axis is logarithmic. */
  logarithmic?: boolean;
}

/** Points by series, in colours and shapes, and a line along each front. */
export function frontPlot(
  marks: readonly FrontMark[],
  axes: FrontAxes,
  description: string,
): Promise<Markup> {
  const series = [...new Set(marks.map((mark) => mark.series))];
  const colour = {
    field: "series",
    type: "nominal" as const,
    title: null,
    scale: { domain: series, range: seriesColours.slice(0, series.length) },
  };
  const position = {
    x: { field: "x", type: "quantitative" as const, title: axes.x, scale: { zero: false } },
    y: {
      field: "y",
      type: "quantitative" as const,
      title: axes.y,
      scale: axes.logarithmic ? { type: "symlog" as const, constant: 1e-4 } : { zero: false },
    },
  };
  const shape = { ...colour, scale: { domain: series, range: seriesShapes.slice(0, series.length) } };
  return plot(
    {
      width: 560,
      height: 300,
      data: { values: marks as FrontMark[] },
      layer: [
        {
          transform: [{ filter: "datum.front" }],
          mark: { type: "line", interpolate: "linear" },
          encoding: { ...position, color: colour },
        },
        {
          mark: { type: "point", filled: true, size: 50, opacity: 0.9 },
          encoding: { ...position, color: colour, shape },
        },
      ],
    },
    description,
  );
}
