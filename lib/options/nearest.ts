import { closest, distance } from "fastest-levenshtein";

/**
 * The name that was probably meant, or undefined when none is near: at most a third of the letters may differ,
 * and three of them in short names would make any word look like any other, so two there.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(name, known as string[]);
  const allowed = Math.max(2, Math.floor(Math.max(name.length, best.length) / 3));
  return distance(name, best) <= allowed ? best : undefined;
}
