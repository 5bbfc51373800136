/** Samples as text: a character for a block of values, from its darkest to its lightest. */

import type { Elements } from "../data/elements.js";

const shades = " .:-=+*#%@";
const mostColumns = 32;
const mostRows = 24;

/**
 * Draws a sample [height, width] or [height, width, channels], its channels averaged; a character is twice as high as wide.
 *
 * @returns lines; undefined for samples of other shapes, which have no picture
 */
export function picture(values: Elements, shape: readonly number[]): string[] | undefined {
  const [height = 0, width = 0, channels = 1] = shape;
  if (shape.length < 2 || shape.length > 3 || height < 4 || width < 4) return undefined;
  const columns = Math.min(width, mostColumns);
  const rows = Math.max(2, Math.min(mostRows, Math.round((columns * height) / width / 2)));
  const cells = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) =>
      blockMean(values, {
        rows: span(row, rows, height),
        columns: span(column, columns, width),
        width,
        channels,
      }),
    ),
  );
  const all = cells.flat();
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const shade = (value: number) =>
    shades[high > low ? Math.round(((value - low) / (high - low)) * (shades.length - 1)) : 0] ?? "?";
  return cells.map((row) => row.map(shade).join("").trimEnd());
}

/** The `index`th of `parts` parts of 0..length-1, as a first number and one behind the last. */
function span(index: number, parts: number, length: number): readonly [number, number] {
  const from = Math.floor((index * length) / parts);
  return [from, Math.max(from + 1, Math.floor(((index + 1) * length) / parts))];
}

function blockMean(
  values: Elements,
  block: {
    rows: readonly [number, number];
    columns: readonly [number, number];
    width: number;
    channels: number;
  },
): number {
  let sum = 0;
  let count = 0;
  for (let row = block.rows[0]; row < block.rows[1]; row++) {
    const from = (row * block.width + block.columns[0]) * block.channels;
    const to = (row * block.width + block.columns[1]) * block.channels;
    for (let i = from; i < to; i++) sum += Number(values[i]);
    count += to - from;
  }
  return sum / count;
}
