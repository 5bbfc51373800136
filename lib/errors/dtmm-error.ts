import { catalogue, type ErrorCode, type ErrorDetails } from "./catalogue.js";

/** Process exit codes of the command line. */
export const exitCode = {
  done: 0,
  limitNotMet: 1,
  badInput: 2,
  missingOnMachine: 3,
  ourBug: 4,
} as const;

/**
 * An error a user can act on: a stable `code`, one sentence that names the offending value and its place,
 * a hint that says what to do, and the exit code the command line ends with.
 */
export class DtmmError extends Error {
  override readonly name = "DtmmError";
  readonly code: ErrorCode;
  readonly exit: number;
  readonly hint: string;
  /** Anchor of the entry in `docs/errors.md`. */
  readonly docs: string;

  constructor(code: ErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exit = catalogue[code].exit;
    this.hint = hint;
    this.docs = `docs/errors.md#${code.toLowerCase()}`;
  }
}

/**
 * Builds the error `code` from the catalogue.
 *
 * @param details the values that the catalogue's message and hint name
 * @param cause the lower-level error, kept for `--debug`, never printed to a user
 */
export function dtmmError<C extends ErrorCode>(
  code: C,
  details: ErrorDetails<C>,
  cause?: unknown,
): DtmmError {
  const entry = catalogue[code] as {
    message: (details: ErrorDetails<C>) => string;
    hint: (details: ErrorDetails<C>) => string;
  };
  const options = cause === undefined ? undefined : { cause };
  return new DtmmError(code, entry.message(details), entry.hint(details), options);
}
