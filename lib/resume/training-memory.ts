/** A training on its way, kept for the next run that trains the same. */

import type { TrainingJudgement } from "../native/addon-types.js";
import { msBetweenSaves } from "./limits.js";
import type { Resumption } from "./resumption.js";

/** A training after a whole number of epochs. */
export interface SavedTraining {
  epoch: number;
  /** Judgements of the pruned network and of the best one so far. */
  before: TrainingJudgement;
  after: TrainingJudgement;
  /** What the addon goes on from. */
  state: Float32Array;
}

export class TrainingMemory {
  readonly #key: string;
  #saved = performance.now();

  /** @param inputs everything that the training depends on */
  constructor(
    private readonly resumption: Resumption,
    inputs: unknown,
  ) {
    this.#key = resumption.passing(resumption.key("training", inputs));
  }

  /** The training as far as an earlier run brought it. */
  read(): Promise<SavedTraining | undefined> {
    return this.resumption.read(this.#key);
  }

  /** Whether so much time has passed since the last save that the next one is worth its own. */
  get due(): boolean {
    return performance.now() - this.#saved >= msBetweenSaves;
  }

  async write(training: SavedTraining): Promise<void> {
    await this.resumption.write(this.#key, training);
    this.#saved = performance.now();
  }
}
