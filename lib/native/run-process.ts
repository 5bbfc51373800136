import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface RunOptions {
  command: string;
  args: string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Ends the process and everything it started; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Called with every line of stdout and stderr. */
  onLine?: (line: string, stream: "stdout" | "stderr") => void;
}

export interface RunOutcome {
  /** Exit code; -1 if a signal ended the process. */
  code: number;
  stdout: string[];
  /** Both streams in order of arrival, for error messages. */
  lines: string[];
}

const terminationSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const graceMs = 1500;

/**
 * Runs a command without a shell, in a process group of its own, so that an abort also reaches what the command started
 * (cmake, ninja, compilers). The group is ended as well when this process exits or is told to by a signal.
 *
 * @throws the system's error if the command cannot be started; `signal.reason` after an abort
 */
export async function runProcess(options: RunOptions): Promise<RunOutcome> {
  options.signal?.throwIfAborted();
  const release = listenForTermination();
  try {
    return await runTied(options);
  } finally {
    release();
  }
}

async function runTied(options: RunOptions): Promise<RunOutcome> {
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  running.add(child);
  const abort = () => endGroup(child);
  options.signal?.addEventListener("abort", abort, { once: true });

  const outcome: RunOutcome = { code: 0, stdout: [], lines: [] };
  for (const stream of ["stdout", "stderr"] as const) {
    createInterface({ input: child[stream] }).on("line", (line) => {
      outcome.lines.push(line);
      if (stream === "stdout") outcome.stdout.push(line);
      options.onLine?.(line, stream);
    });
  }
  try {
    outcome.code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve(code ?? -1));
    });
  } finally {
    options.signal?.removeEventListener("abort", abort);
    running.delete(child);
  }
  options.signal?.throwIfAborted();
  return outcome;
}

/** Asks the whole group to end, and after a grace period no longer asks. */
function endGroup(child: ChildProcess): void {
  killGroup(child, "SIGTERM");
  const timer = setTimeout(() => killGroup(child, "SIGKILL"), graceMs);
  child.once("close", () => clearTimeout(timer));
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
  } catch (error) {
    // Gone already: nothing left to end.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

const running = new Set<ChildProcess>();

function killAll(): void {
  for (const child of running) killGroup(child, "SIGKILL");
}

function onTermination(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  killAll();
  process.removeListener(signal, onTermination);
  process.kill(process.pid, signal);
}

/** Commands that are running or being started. */
let commands = 0;

/**
 * A group of its own does not hear the terminal's Ctrl-C. If nobody else in this process handles a termination signal,
 * the groups are killed and the signal takes its usual course; otherwise the handler decides, through the AbortSignal.
 *
 * To be called before the command is started: a signal that arrives while `spawn` is at work waits for the event loop,
 * which sees the new command, instead of ending this process and leaving the command behind.
 *
 * @returns to be called when the command has ended
 */
function listenForTermination(): () => void {
  if (commands++ === 0) {
    process.on("exit", killAll);
    for (const signal of terminationSignals) process.on(signal, onTermination);
  }
  return () => {
    if (--commands > 0) return;
    process.removeListener("exit", killAll);
    for (const signal of terminationSignals) process.removeListener(signal, onTermination);
  };
}
