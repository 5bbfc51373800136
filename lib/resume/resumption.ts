import { codeKey } from "./code-key.js";
import { fingerprint } from "./fingerprint.js";
import { runsFolder } from "./limits.js";
import { StageStore } from "./store.js";

export interface ResumptionOptions {
  /** Whether stages are taken up and kept at all. */
  enabled: boolean;
  /** Identifies the build of the addon that computes. */
  addonKey: string;
}

/**
 * What one run takes up from earlier ones and leaves to later ones. A result is found by a key made of everything that
 * it depends on: the code, the addon, and the stage's inputs as values.
 */
export class Resumption {
  /** Keys of this run that are of no use once it has ended. */
  readonly #passing = new Set<string>();
  #taken = 0;

  private constructor(
    private readonly store: StageStore | undefined,
    private readonly base: string,
  ) {}

  /** Opens the store; where that is not possible, or not wanted, nothing is found and nothing kept. */
  static async open({ enabled, addonKey }: ResumptionOptions): Promise<Resumption> {
    if (!enabled) return Resumption.none;
    return new Resumption(await StageStore.open(runsFolder()), fingerprint([codeKey(), addonKey]));
  }

  /** Finds nothing and keeps nothing. */
  static readonly none = new Resumption(undefined, "");

  /**
   * Words for what a stage has taken up: whether anything was since the last call.
   *
   * @param what the stage's results, for example "statistics"
   */
  note(what: string): string | undefined {
    const taken = this.#taken;
    this.#taken = 0;
    return taken > 0 ? `${what} of an earlier run` : undefined;
  }

  /**
   * The key of a stage's result.
   *
   * @param inputs everything that the result depends on; see `fingerprint`
   */
  key(stage: string, inputs: unknown): string {
    return this.store === undefined ? "" : fingerprint([this.base, stage, inputs]);
  }

  /**
   * The result under a key. Its type is what the caller says: whatever lies under the key was written by the same code.
   */
  async read<T>(key: string): Promise<T | undefined> {
    const found = await this.store?.read(key);
    if (found === undefined) return undefined;
    this.#taken++;
    return found.value as T;
  }

  /** Keeps a result. */
  async write(key: string, value: unknown): Promise<void> {
    await this.store?.write(key, value);
  }

  /** Marks a key whose result is of no use once this run has ended; returns the key. */
  passing(key: string): string {
    this.#passing.add(key);
    return key;
  }

  /** Reads the result, or computes and keeps it. */
  async recall<T>(key: string, work: () => Promise<T>): Promise<T> {
    const earlier = await this.read<T>(key);
    if (earlier !== undefined) return earlier;
    const value = await work();
    await this.write(key, value);
    return value;
  }

  /** To be called when the run has ended: removes the results whose keys were marked. */
  async finish(): Promise<void> {
    await Promise.all([...this.#passing].map((key) => this.store?.remove(key)));
    this.#passing.clear();
  }
}
