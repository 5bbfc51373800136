import type { Random } from "./random.js";

/** Filter scales with which typical accumulators of `weights` per filter fill the int8 range; a few need left shifts. */
export function randomFilterScales(
  random: Random,
  count: number,
  weights: number,
  { inputScale, outputScale }: { inputScale: number; outputScale: number },
): Float32Array {
  const typical = 5000 * Math.sqrt(weights);
  return Float32Array.from({ length: count }, () => {
    const effective = random.next() < 0.1 ? 2 ** random.int(-20, 8) : ((0.3 + random.next()) * 80) / typical;
    return (effective * outputScale) / inputScale;
  });
}
