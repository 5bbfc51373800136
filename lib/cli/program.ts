import { Command, type CommanderError, Option } from "commander";
import { type DtmmError, dtmmError } from "../errors/index.js";
import { entriesOf, helpText } from "../options/describe.js";
import { type CommandName, commandNames, type OptionEntry } from "../options/entry.js";
import { nearest } from "../options/nearest.js";
import { flagName } from "../options/normalize.js";
import { commands } from "./commands.js";
import { packageVersion } from "./version.js";

/** Called with the values that the command line gave, by key, and nothing else: no defaults, nothing checked. */
export type Dispatch = (command: CommandName, given: Record<string, unknown>) => Promise<void>;

/**
 * The command line, made from the tables of commands and options. Parsing throws coded errors instead of ending the
 * process; help and version are printed by commander, which then throws a `CommanderError` with exit code 0.
 */
export function buildProgram(dispatch: Dispatch): Command {
  const program = configure(new Command("dtmm"), "dtmm")
    .description("Filterlet pruning for TensorFlow Lite for Microcontrollers.")
    .version(packageVersion(), "--version", "Print the version.")
    .helpOption("--help", "Print this help.")
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nEvery flag of a command is also a key of dtmm.config.{ts,mjs,json}; a flag wins.",
    );
  for (const name of commandNames) program.addCommand(buildCommand(name, dispatch));
  return program;
}

function buildCommand(name: CommandName, dispatch: Dispatch): Command {
  const command = configure(new Command(name), `dtmm ${name}`)
    .description(commands[name].summary)
    .addHelpOption(new Option("--help", "Print this help.").helpGroup("Output:"))
    .allowExcessArguments(false);
  const positional: string[] = [];
  for (const [key, entry] of entriesOf(name)) {
    if (entry.positional?.includes(name)) {
      // Optional here: the config file may name it, and a missing one gets an error that says so.
      command.argument(`[${key.toUpperCase()}]`, helpText(entry, name));
      positional.push(key);
    } else {
      addFlag(command, entry, name);
    }
  }
  return command.action(async () => {
    const words = command.args.map((word, i) => [positional[i]!, word]);
    await dispatch(name, { ...command.opts(), ...Object.fromEntries(words) });
  });
}

function addFlag(command: Command, entry: OptionEntry, name: CommandName): void {
  const option = new Option(entry.flag, helpText(entry, name));
  option.argParser((text: string) => parseText(entry.text, text));
  command.addOption(option.helpGroup(`${entry.group}:`));
  // The negation lets the command line overrule the config file.
  if (entry.text === "switch" || entry.text === "list") {
    const negation = new Option(flagName(entry).replace("--", "--no-"));
    command.addOption(negation.hideHelp().helpGroup(`${entry.group}:`));
  }
}

/** Text becomes the value it looks like; whether that is right, the option's schema says. */
function parseText(kind: OptionEntry["text"], text: string): unknown {
  if (kind === "list") return text.split(",").map((item) => item.trim());
  if (kind === "settings") return parseSettings(text);
  if (kind !== "number" || text.trim() === "") return text;
  const value = Number(text);
  return Number.isNaN(value) ? text : value;
}

/**
 * key=value pairs between commas, as in "fit=contain,mean=[1,2,3]"; a value is what it is in JSON, else text. An object in JSON
 * does as well. Text that is neither comes back as it is, for the option's schema to refuse.
 */
function parseSettings(text: string): unknown {
  if (text.trim().startsWith("{")) return settingValue(text);
  const pairs = text.split(/,(?![^[]*\])/).map((pair) => /^\s*(\w+)\s*=(.*)$/s.exec(pair));
  if (pairs.some((pair) => pair === null)) return text;
  return Object.fromEntries(pairs.map((pair) => [pair![1]!, settingValue(pair![2]!)]));
}

function settingValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.trim();
  }
}

/** Silences commander's own error texts and turns its errors into coded ones. */
function configure(command: Command, invocation: string): Command {
  return command
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ showGlobalOptions: false })
    .exitOverride((error) => {
      throw translate(error, command, invocation);
    });
}

function translate(error: CommanderError, command: Command, invocation: string): DtmmError | CommanderError {
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  switch (error.code) {
    case "commander.unknownOption": {
      const flag = named.split("=", 1)[0]!;
      const known = command.options.map((option) => option.long).filter((long) => long != null);
      return dtmmError("UNKNOWN_FLAG", {
        flag,
        command: invocation,
        nearest: nearest(flag, [...known, "--help"]),
      });
    }
    case "commander.unknownCommand":
      return dtmmError("UNKNOWN_COMMAND", {
        command: named,
        nearest: nearest(named, commandNames),
        known: [...commandNames],
      });
    case "commander.helpDisplayed":
    case "commander.help":
    case "commander.version":
      return error;
    default:
      return dtmmError("USAGE", { problem: error.message.replace(/^error: /, ""), command: invocation });
  }
}
