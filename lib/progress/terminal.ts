import type { Ora } from "ora";
import { type Progress, type StageProgress, silentProgress } from "./progress.js";

/** Milliseconds a stage may run before anything is drawn: quick stages leave the terminal alone. */
const delay = 1000;

/** A remaining time is only shown once this much of the work gives it a basis. */
const leastFraction = 0.02;

export interface TerminalProgressOptions {
  /** Where to draw; only a TTY is ever drawn on. Default: stderr. */
  stream?: NodeJS.WriteStream;
  quiet?: boolean;
}

/** Progress on a terminal. `stop` wipes the spinner: call it before anything else is printed. */
export interface TerminalProgress extends Progress {
  stop(): void;
}

interface RunningStage {
  title: string;
  started: number;
  fraction: number;
  note: string;
  shown: boolean;
}

/**
 * A spinner with percentage and time left on stderr, drawn from the second second of a stage on.
 * Without a terminal, or with `quiet`, nothing is ever printed.
 */
export function terminalProgress(options: TerminalProgressOptions = {}): TerminalProgress {
  const stream = options.stream ?? process.stderr;
  if (options.quiet || !stream.isTTY) return { ...silentProgress, stop: () => undefined };
  return new Spinner(stream);
}

class Spinner implements TerminalProgress {
  readonly #stream: NodeJS.WriteStream;
  readonly #stages: RunningStage[] = [];
  #spinner: Ora | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  stage(name: string, title = name): StageProgress {
    const stage: RunningStage = { title, started: Date.now(), fraction: Number.NaN, note: "", shown: false };
    this.#stages.push(stage);
    this.#timer ??= setInterval(() => void this.#draw(), 250).unref();
    return {
      update: (fraction, note) => {
        stage.fraction = Number.isNaN(fraction) ? fraction : Math.min(1, Math.max(0, fraction));
        if (note !== undefined) stage.note = note;
      },
      done: (summary) => this.#finish(stage, summary),
    };
  }

  stop(): void {
    this.#stopped = true;
    this.#stages.length = 0;
    this.#rest();
  }

  #finish(stage: RunningStage, summary: string | undefined): void {
    const at = this.#stages.indexOf(stage);
    if (at < 0) return;
    this.#stages.splice(at, 1);
    if (stage.shown && this.#spinner) {
      const seconds = ((Date.now() - stage.started) / 1000).toFixed(1);
      this.#spinner.succeed(`${stage.title} (${seconds} s)${summary ? `: ${summary}` : ""}`);
      this.#spinner = undefined;
    }
    if (this.#stages.length === 0) this.#rest();
  }

  /** No stage is left: give the terminal back. */
  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#spinner?.stop();
    this.#spinner = undefined;
  }

  async #draw(): Promise<void> {
    const now = Date.now();
    if (!this.#due(now)) return;
    const { default: ora } = await import("ora");
    const stage = this.#due(now);
    if (!stage || this.#stopped) return;
    // Raw mode would swallow the SIGINT that Ctrl-C is to raise.
    this.#spinner ??= ora({ stream: this.#stream, discardStdin: false }).start();
    this.#spinner.text = describeStage(stage, now);
    stage.shown = true;
  }

  /** The youngest stage, once it has run long enough to be worth a line. */
  #due(now: number): RunningStage | undefined {
    const stage = this.#stages.at(-1);
    return stage && now - stage.started >= delay ? stage : undefined;
  }
}

/** "title 42 % 1 m 05 s left, note" */
export function describeStage(stage: Omit<RunningStage, "shown">, now: number): string {
  const parts = [stage.title];
  if (!Number.isNaN(stage.fraction)) parts.push(`${Math.floor(stage.fraction * 100)} %`);
  if (stage.fraction >= leastFraction && stage.fraction < 1) {
    const left = ((now - stage.started) * (1 - stage.fraction)) / stage.fraction;
    parts.push(`${formatSeconds(left / 1000)} left`);
  }
  const text = parts.join("  ");
  return stage.note ? `${text}  ${stage.note}` : text;
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} m ${String(whole % 60).padStart(2, "0")} s`;
}
