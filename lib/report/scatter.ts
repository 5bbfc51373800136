import { html, type Markup } from "./markup.js";

/** One mark of a chart. */
export interface ScatterPoint {
  x: number;
  y: number;
  /** Class of the page's style sheet that gives the colour. */
  kind: "forecast" | "tried" | "result";
  /** What the mark says when it is pointed at. */
  title: string;
}

/** An axis from its least to its greatest value. */
interface Axis {
  name: string;
  label: (value: number) => string;
}

const width = 640;
const height = 240;
const left = 64;
const right = 16;
const top = 12;
const bottom = 44;
const ticks = 5;

/** The range that an axis shows: that of the values, and a little more on either side. */
function span(values: readonly number[]): { from: number; to: number } {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const margin = 0.05 * (most - least) || 0.5 * Math.abs(most) || 1;
  return { from: least - margin, to: most + margin };
}

/**
 * A chart of points as inline SVG; lower and further left is less.
 *
 * @param description what a screen reader says instead
 */
export function scatter(
  points: readonly ScatterPoint[],
  axes: { x: Axis; y: Axis },
  description: string,
): Markup {
  const spanX = span(points.map(({ x }) => x));
  const spanY = span(points.map(({ y }) => y));
  const atX = (x: number) => left + ((x - spanX.from) / (spanX.to - spanX.from)) * (width - left - right);
  const atY = (y: number) =>
    height - bottom - ((y - spanY.from) / (spanY.to - spanY.from)) * (height - top - bottom);
  const steps = ({ from, to }: { from: number; to: number }) =>
    Array.from({ length: ticks }, (_, i) => from + ((i + 0.5) * (to - from)) / ticks);
  const across = steps(spanY).map((value) => {
    const y = atY(value).toFixed(1);
    return html`<line class="rule" x1="${left}" x2="${width - right}" y1="${y}" y2="${y}"/><text class="tick end" x="${left - 8}" y="${y}">${axes.y.label(value)}</text>`;
  });
  const along = steps(spanX).map(
    (value) =>
      html`<text class="tick middle" x="${atX(value).toFixed(1)}" y="${height - bottom + 16}">${axes.x.label(value)}</text>`,
  );
  const marks = points.map(
    ({ x, y, kind, title }) =>
      html`<circle class="${kind}" cx="${atX(x).toFixed(1)}" cy="${atY(y).toFixed(1)}" r="${kind === "result" ? 6 : 4}"><title>${title}</title></circle>`,
  );
  return html`<figure class="scroll"><figcaption class="soft">${axes.y.name}</figcaption>
<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${description}">
${across}
${along}
<text class="tick middle" x="${(left + width - right) / 2}" y="${height - 6}">${axes.x.name}</text>
${marks}
</svg></figure>`;
}
