import type { Progress } from "./progress/progress.js";

/** What every long-running function of the library is given besides its options. */
export interface Context {
  progress: Progress;
  /** Aborted on Ctrl-C or SIGTERM. Whoever sees it stops, removes what is half-done and rethrows `signal.reason`. */
  signal: AbortSignal;
  /** Directory that relative paths of the call start from. */
  cwd: string;
}
