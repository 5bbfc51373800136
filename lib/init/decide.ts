import { dtmmError } from "../errors/index.js";
import type { Asker } from "./asker.js";
import type { Finding, Findings } from "./finding.js";

/** How errors and questions speak of what is to be decided. */
export interface Subject<T> {
  /** "models" */
  plural: string;
  question: string;
  flag: string;
  label: (value: T) => string;
}

/**
 * The one candidate, the one that is chosen on the terminal, or none.
 *
 * @throws INIT_AMBIGUOUS if there are several and nobody to ask; INIT_CANCELLED
 */
export async function decide<T>(
  { candidates }: Findings<T>,
  { plural, question, flag, label }: Subject<T>,
  asker: Asker | undefined,
): Promise<Finding<T> | undefined> {
  if (candidates.length <= 1) return candidates[0];
  if (asker) {
    const chosen = await asker.choose(question, candidates, label);
    return candidates.find(({ value }) => value === chosen);
  }
  throw dtmmError("INIT_AMBIGUOUS", {
    what: plural,
    candidates: candidates.map(({ value, reason }) => `${label(value)} (${reason})`),
    flag,
  });
}
