import type { CommandName, OptionEntry } from "./entry.js";
import { type OptionKey, optionEntries } from "./types.js";

/** The entries that `command` takes, in the order of the table. */
export function entriesOf(command: CommandName): [OptionKey, OptionEntry][] {
  return (optionEntries as [OptionKey, OptionEntry][]).filter(([, entry]) =>
    entry.commands.includes(command),
  );
}

/** The default as help shows it; undefined when the option has none. */
export function defaultText(entry: OptionEntry, command?: CommandName): string | undefined {
  if (command && entry.found?.includes(command)) return "found in the project";
  if (entry.defaultText !== undefined) return entry.defaultText;
  return entry.default === undefined || entry.text === "switch" ? undefined : String(entry.default);
}

/** The help sentence with choices and default. */
export function helpText(entry: OptionEntry, command?: CommandName): string {
  const byDefault = defaultText(entry, command);
  const notes = [
    entry.expects.startsWith("one of ") ? entry.expects : undefined,
    byDefault === undefined ? undefined : `default: ${byDefault}`,
  ].filter((note) => note !== undefined);
  return notes.length === 0 ? entry.help : `${entry.help} (${notes.join("; ")})`;
}
