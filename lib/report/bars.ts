import { html, type Markup } from "./markup.js";

/** One coloured stretch of a bar. */
export interface BarPart {
  /** Length in the unit of the bar's whole. */
  value: number;
  /** Class of the page's style sheet that gives the colour. */
  kind: "kept";
}

/**
 * A horizontal bar as inline SVG that is as wide as its cell.
 *
 * @param whole the value of a bar over the full width
 * @param description what a screen reader says instead
 */
export function bar(parts: readonly BarPart[], whole: number, description: string): Markup {
  let x = 0;
  const stretches = parts.map((part) => {
    const width = whole > 0 ? (part.value / whole) * 100 : 0;
    const stretch = html`<rect class="${part.kind}" x="${x.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="10"/>`;
    x += width;
    return stretch;
  });
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="${description}"><rect class="track" x="0" y="0" width="100" height="10"/>${stretches}</svg>`;
}
