import type { z } from "zod";

/** The commands that take options from the table. */
export const commandNames = [
  "prune",
  "validate",
  "compare",
  "patch",
  "inspect",
  "bench",
  "init",
  "doctor",
] as const;
export type CommandName = (typeof commandNames)[number];

/** Headings of `--help` and of docs/cli.md, in their order. */
export const groupNames = ["Input", "Pruning", "Limits", "Machine", "Output"] as const;
export type GroupName = (typeof groupNames)[number];

/** One option: everything that flags, config file, help, docs and JSON Schema need to know about it. */
export interface OptionEntry {
  /** The flag as commander reads it, for example "--keep <ratio>"; without `<...>` it is a switch. */
  readonly flag: string;
  /**
   * How the text behind the flag becomes a value: as it stands, as a number if it is one, split at commas, or from
   * key=value pairs between commas.
   */
  readonly text: "string" | "number" | "list" | "settings" | "switch";
  /** Checks a value, wherever it came from; its output is what the library gets. */
  readonly schema: z.ZodType;
  /** Completes the sentence "--flag expects ...". */
  readonly expects: string;
  /** One sentence for help and docs. */
  readonly help: string;
  readonly group: GroupName;
  readonly commands: readonly CommandName[];
  /** Commands that take the value as a bare word as well as from the config file, and never as a flag. */
  readonly positional?: readonly CommandName[];
  readonly required?: readonly CommandName[];
  readonly default?: unknown;
  /** Commands that find the value in the project where none is given: no default there. */
  readonly found?: readonly CommandName[];
  /** How help shows the default, where the value itself would not do. */
  readonly defaultText?: string;
  /**
   * Paths are made absolute: relative to the config file, or to the working directory for flags. "-" of a stream and "off" of
   * labels stay.
   */
  readonly path?: "file" | "stream" | "labels" | "tree";
}

/** Keeps the literal types of one entry, from which the types of the normalised options are derived. */
export function entry<const E extends OptionEntry>(value: E): E {
  return value;
}
