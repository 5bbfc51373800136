/** Plots as inline SVG, drawn by Vega without a browser. Colours are those of the page's style sheet, so that they follow it. */

import type { TopLevelSpec } from "vega-lite";
import { escapeHtml, Markup } from "../markup.js";

/** What every plot has in common: no background, the page's text colour, a soft grid. */
const theme = {
  background: "transparent",
  font: "system-ui, sans-serif",
  aria: false,
  view: { stroke: null },
  axis: {
    domainColor: "var(--line)",
    gridColor: "var(--line)",
    tickColor: "var(--line)",
    labelColor: "var(--soft)",
    titleColor: "var(--soft)",
    titleFontWeight: "normal" as const,
  },
  legend: {
    labelLimit: 300,
    labelColor: "var(--text)",
    titleColor: "var(--soft)",
    titleFontWeight: "normal" as const,
  },
  title: { color: "var(--text)" },
};

/** Colours of a series, as the style sheet defines them; told apart by people who do not see some colours, too. */
export const seriesColours = Array.from({ length: 8 }, (_, i) => `var(--series-${i})`);

/** Shapes that go with the colours. */
export const seriesShapes = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "cross",
  "triangle-down",
  "triangle-right",
  "stroke",
];

/**
 * Draws a Vega-Lite specification. It scrolls inside its own box where the page is narrower.
 *
 * @param description what a screen reader says instead
 */
export async function plot(spec: TopLevelSpec, description: string): Promise<Markup> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const compiled = compile({ ...spec, config: theme });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  const head = `<svg role="img" aria-label="${escapeHtml(description)}" class="chart"`;
  const inline = svg
    .replace(
      /^<svg xmlns="[^"]*" xmlns:xlink="[^"]*" version="[^"]*" class="marks" width="(\d+)"/,
      `${head} width="$1"`,
    )
    .replaceAll(/ (aria-[a-z]+|role)="[^"]*"(?=[^<]*>)/g, (attribute, _name, at: number) =>
      at < head.length ? attribute : "",
    );
  return new Markup(`<div class="scroll" tabindex="0">${inline}</div>`);
}
