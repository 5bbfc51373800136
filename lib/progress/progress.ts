/** How a long stage tells that it is alive. Stages take a `Progress`; only the command line knows about terminals. */

/** One running stage. `update` and `done` may be called any number of times in any order; late calls do nothing. */
export interface StageProgress {
  /**
   * @param fraction work done, 0..1; values outside are clamped, NaN means "unknown"
   * @param note a few words on the current step, replaces the previous note
   */
  update(fraction: number, note?: string): void;
  /** Ends the stage. `summary` stays on the terminal if the stage was shown at all. */
  done(summary?: string): void;
}

export interface Progress {
  /**
   * Starts a stage. Stages may nest: the youngest unfinished one is shown.
   *
   * @param name the stage's word, such as "validate"
   * @param title what the stage does, for people; the name when absent
   */
  stage(name: string, title?: string): StageProgress;
}

const silentStage: StageProgress = { update: () => undefined, done: () => undefined };

/** Progress that shows nothing: for the library, for `--quiet`, and where stderr is not a terminal. */
export const silentProgress: Progress = { stage: () => silentStage };
