/** Signals that end a run, with the exit codes that shells use for them (128 + number). */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type SignalName = keyof typeof signals;

/**
 * Turns the first SIGINT, SIGTERM or SIGHUP into an aborted `signal`, so that the work stops and cleans up after
 * itself. A second one ends the process at once.
 */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #handlers = new Map<SignalName, () => void>();
  #exitCode: number | undefined;

  constructor() {
    for (const name of Object.keys(signals) as SignalName[]) {
      const handler = () => this.#interrupt(name);
      this.#handlers.set(name, handler);
      process.on(name, handler);
    }
  }

  /** Aborted once a signal came. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** 128 + the number of the signal that came; undefined as long as none did. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Gives the signals back to Node. */
  dispose(): void {
    for (const [name, handler] of this.#handlers) process.off(name, handler);
  }

  #interrupt(name: SignalName): void {
    if (this.#exitCode !== undefined) process.exit(signals[name]);
    this.#exitCode = signals[name];
    this.#controller.abort();
  }
}
