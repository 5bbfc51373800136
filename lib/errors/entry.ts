/** One kind of error. `D` are the values that its message and hint name. */
export interface Entry<D> {
  /** 1 a limit not met, 2 bad usage or input, 3 missing on this machine, 4 our bug (see `exitCode`). */
  exit: 1 | 2 | 3 | 4;
  message: (details: D) => string;
  hint: (details: D) => string;
}

/** Keeps the type of the details of one entry. */
export function entry<D>(value: Entry<D>): Entry<D> {
  return value;
}
