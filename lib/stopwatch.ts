/** Wall time per stage; a stage that runs several times adds up. */

export const timedStages = [
  "import",
  "quantise",
  "importance",
  "schedule",
  "prune",
  "finetune",
  "pack",
  "validate",
  "emit",
] as const;
export type TimedStage = (typeof timedStages)[number];

export class Stopwatch {
  readonly #seconds = new Map<TimedStage, number>();

  /** Runs `work` and adds its wall time to the stage. */
  async time<T>(stage: TimedStage, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      const seconds = (performance.now() - start) / 1000;
      this.#seconds.set(stage, (this.#seconds.get(stage) ?? 0) + seconds);
    }
  }

  /** Seconds per stage, to the millisecond; 0 for a stage that did not run. */
  seconds(): Record<TimedStage, number> {
    const rounded = (stage: TimedStage) => Number((this.#seconds.get(stage) ?? 0).toFixed(3));
    return Object.fromEntries(timedStages.map((stage) => [stage, rounded(stage)])) as Record<
      TimedStage,
      number
    >;
  }
}
