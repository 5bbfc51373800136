import type { CommandName } from "../options/entry.js";
import type { OptionsOf } from "../options/types.js";
import type { Context } from "./context.js";

/** What a command has to say once it is done. Nothing of it is printed by the command itself. */
export interface Outcome {
  /** 0 done, 1 a limit or check not met; everything else is an error. */
  exit: 0 | 1;
  /** For people, on stdout; --quiet and `--json -` silence it. */
  summary: string;
  /** The result object that --json asks for. */
  result?: unknown;
  /** The page that --report asks for. */
  report?: string;
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

interface CommandInfo<C extends CommandName> {
  /** One sentence for help. */
  summary: string;
  /** Loads the command's code: only then is anything big imported. */
  load: () => Promise<CommandAction<C>>;
}

/** The commands, in the order of help. */
export const commands: { readonly [C in CommandName]: CommandInfo<C> } = {
  prune: {
    summary: "Prune a model, prove it in the TFLM interpreter, and write out what the firmware needs.",
    load: async () => (await import("./prune.js")).pruneCommand,
  },
  validate: {
    summary: "Run a pruned model against its dense original and check the limits.",
    load: async () => (await import("./validate.js")).validateCommand,
  },
  patch: {
    summary: "Add the kernels to the project's op resolver, check that they are there, or undo.",
    load: async () => (await import("./patch.js")).patchCommand,
  },
  inspect: {
    summary: "List a model's layers, where its bytes are, and the arena it needs.",
    load: async () => (await import("./inspect.js")).inspectCommand,
  },
};
