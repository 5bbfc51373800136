import type { ComparePoint } from "../compare-result.js";

/** Points of accuracy that the file which stands for a method may lose. */
const most = 2;

/** One point of each method, of the first seed: the smallest file that loses at most two points, else the least lossy one. */
export function representatives(points: readonly ComparePoint[]): ComparePoint[] {
  const methods = [...new Set(points.map(({ method }) => method))];
  return methods.map((method) => {
    const own = points.filter((point) => point.method === method);
    const first = own.filter(({ seed }) => seed === own[0]!.seed);
    const good = first.filter(({ drop }) => drop <= most);
    return good.length > 0
      ? good.reduce((a, b) => (b.bytes < a.bytes ? b : a))
      : first.reduce((a, b) => (b.drop < a.drop ? b : a));
  });
}
