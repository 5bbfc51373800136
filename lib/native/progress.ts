/**
 * Called while something long runs: what is being done, and how far it is (0 to 1) where that is known.
 * Callers may get the same step many times; the last call of a step is not special.
 */
export type Progress = (step: string, fraction?: number) => void;
