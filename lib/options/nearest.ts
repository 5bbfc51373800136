import { closest, distance } from "fastest-levenshtein";

/**
 * The known name that was probably meant, or undefined when none is near enough to be worth naming: up to a third of
 * the longer name's letters may differ, and two in any case, so that short names with one slip are recognised.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(name, known as string[]);
  const allowed = Math.max(2, Math.floor(Math.max(name.length, best.length) / 3));
  return distance(name, best) <= allowed ? best : undefined;
}
