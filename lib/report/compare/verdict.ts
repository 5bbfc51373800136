import type { EqualAccuracy } from "../compare-result.js";

/** Ratios closer to 1 than this are called even. */
const even = 0.005;

/** Who takes less of what, in words. */
export function verdict({ method, against, bytesRatio, instructionsRatio }: EqualAccuracy): string {
  const one = (what: string, ratio: number | undefined) => {
    if (ratio === undefined) return [];
    if (Math.abs(ratio - 1) < even) return [`${what}: even`];
    const [winner, saved] = ratio < 1 ? [method, 1 - ratio] : [against, 1 - 1 / ratio];
    return [`${what}: ${winner} takes ${(100 * saved).toFixed(1)} % less`];
  };
  return [...one("bytes", bytesRatio), ...one("instructions", instructionsRatio)].join("; ");
}
