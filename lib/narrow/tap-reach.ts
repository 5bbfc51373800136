/** At how many output positions a kernel position reads the input rather than padding. */

import type { NativeGeometry } from "../native/addon-types.js";

/** "sometimes": padding at the borders, the input inside. "never": a kernel larger than the input, read by one edge. */
export type TapReach = "always" | "sometimes" | "never";

/** The reach of every kernel position of a window, row by row. */
export function tapReach(geometry: NativeGeometry): TapReach[] {
  const rows = alongAxis(
    geometry.kernelHeight,
    geometry.dilationHeight,
    geometry.strideHeight,
    geometry.padTop,
    geometry.inputHeight,
    geometry.outputHeight,
  );
  const columns = alongAxis(
    geometry.kernelWidth,
    geometry.dilationWidth,
    geometry.strideWidth,
    geometry.padLeft,
    geometry.inputWidth,
    geometry.outputWidth,
  );
  return rows.flatMap((row) => columns.map((column) => both(row, column)));
}

function both(row: TapReach, column: TapReach): TapReach {
  if (row === "never" || column === "never") return "never";
  return row === "always" && column === "always" ? "always" : "sometimes";
}

function alongAxis(
  taps: number,
  dilation: number,
  stride: number,
  padding: number,
  input: number,
  output: number,
): TapReach[] {
  return Array.from({ length: taps }, (_, tap) => {
    const offset = tap * dilation - padding;
    let inside = 0;
    for (let at = 0; at < output; at++) {
      const position = at * stride + offset;
      if (position >= 0 && position < input) inside++;
    }
    if (inside === 0) return "never";
    return inside === output ? "always" : "sometimes";
  });
}
