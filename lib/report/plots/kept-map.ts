import { html, type Markup } from "../markup.js";

/** Shades that shares of a filterlet are drawn in. */
const shades = 5;
/** Filters in a row of the map. */
const perRow = 32;
const cell = 4;

/**
 * What is left of a convolution, as one small map of its kernel positions per filter: the darker, the more of the input
 * channels a position keeps. Cells of one shade are one path, since there are thousands.
 *
 * @param kept [filters][rows][columns] shares in 1/255
 */
export function keptMap(
  kept: Uint8Array,
  [filters, rows, columns]: readonly [number, number, number],
  description: string,
): Markup {
  const paths = new Array<string>(shades).fill("");
  for (let i = 0; i < filters * rows * columns; i++) {
    const filter = Math.floor(i / (rows * columns));
    const [row, column] = [Math.floor(i / columns) % rows, i % columns];
    const x = cell * ((filter % perRow) * (columns + 1) + column);
    const y = cell * (Math.floor(filter / perRow) * (rows + 1) + row);
    // Nothing at all has a shade of its own.
    const shade = kept[i] === 0 ? 0 : Math.max(1, Math.round((kept[i]! / 255) * (shades - 1)));
    paths[shade] += `M${x} ${y}h${cell}v${cell}h-${cell}z`;
  }
  const width = cell * Math.min(filters, perRow) * (columns + 1);
  const height = cell * Math.ceil(filters / perRow) * (rows + 1);
  const drawn = paths.map((path, shade) => html`<path class="shade-${shade}" d="${path}"/>`);
  return html`<div class="scroll" tabindex="0"><svg class="map" role="img" aria-label="${description}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${drawn}</svg></div>`;
}
