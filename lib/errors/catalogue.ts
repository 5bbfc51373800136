/**
 * Every error that a user can meet: stable code, exit code, message (what, where) and hint (what to do).
 * One section per stage, in the order of the stages. Codes are never renamed or reused.
 */

interface Entry<D> {
  /** 1 a limit not met, 2 bad usage or input, 3 missing on this machine, 4 our bug (see `exitCode`). */
  exit: 1 | 2 | 3 | 4;
  message: (details: D) => string;
  hint: (details: D) => string;
}

function entry<D>(value: Entry<D>): Entry<D> {
  return value;
}

export const catalogue = {
  // import
  MODEL_UNREADABLE: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `cannot read the model ${d.path}: ${d.reason}`,
    hint: () => "Check the path given with --model and its permissions.",
  }),
  // anywhere
  INTERNAL: entry<{ what: string }>({
    exit: 4,
    message: (d) => `internal error: ${d.what}`,
    hint: () => "This is a bug in dtmm. Please report it with the command line and the output of --debug.",
  }),
};

export type ErrorCode = keyof typeof catalogue;
export type ErrorDetails<C extends ErrorCode> = Parameters<(typeof catalogue)[C]["message"]>[0];
