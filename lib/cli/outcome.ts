import type { Context } from "../context.js";
import type { CommandName } from "../options/entry.js";
import type { OptionsOf } from "../options/types.js";

/** What a command has to say once it is done. Nothing of it is printed by the command itself. */
export interface Outcome {
  /** 0 done, 1 a limit or check not met, 3 a finding that something is missing; everything else is an error. */
  exit: 0 | 1 | 3;
  /** For people, on stdout; --quiet and `--json -` silence it. */
  summary: string;
  /** The result object that --json asks for. */
  result?: unknown;
  /** The page that --report asks for. */
  report?: string;
  /** What --junit and --markdown ask for. */
  junit?: string;
  markdown?: string;
  /** What people asked to see, such as a diff, on stdout even with --quiet; only `--json -` silences it. */
  output?: string;
  /** Remarks for stderr; --quiet silences them. */
  warnings?: readonly string[];
  /** What was not met, one line each, for stderr. */
  failures?: readonly string[];
}

/** A command: from checked options to an outcome. */
export type CommandAction<C extends CommandName> = (
  options: OptionsOf<C>,
  context: Context,
) => Promise<Outcome>;
