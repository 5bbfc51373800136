import { CommanderError } from "commander";
import { exitCode } from "../errors/index.js";
import { findConfig } from "../options/config.js";
import type { CommandName } from "../options/entry.js";
import { normalizeOptions } from "../options/normalize.js";
import type { OptionsOf } from "../options/types.js";
import { type TerminalProgress, terminalProgress } from "../progress/terminal.js";
import { checkResultPlace, resultJson, writeResultFile } from "../report/result-json.js";
import { commands } from "./commands.js";
import { asDtmmError, errorJson, errorLines } from "./errors.js";
import { Interruption } from "./interruption.js";
import type { CommandAction, Outcome } from "./outcome.js";
import { buildProgram } from "./program.js";

/** The options that every command's flow looks at; a command leaves those out that it does not have. */
interface CommonOptions {
  quiet: boolean;
  debug: boolean;
  json?: string;
  report?: string;
  junit?: string;
  markdown?: string;
}

/** How the run has to speak; filled in from the bare words first, so that a wrong flag is answered as asked, too. */
interface Manner {
  debug: boolean;
  jsonToStdout: boolean;
}

/**
 * Runs one command line from its words to its exit code. Results go to stdout; progress, remarks and errors go to
 * stderr, and errors to stdout as well when the result was to be JSON there.
 */
export async function runCommandLine(words: readonly string[], cwd: string): Promise<number> {
  const manner: Manner = { debug: words.includes("--debug"), jsonToStdout: asksForJson(words) };
  const interruption = new Interruption();
  let code: number = exitCode.done;
  try {
    const program = buildProgram(async (command, given) => {
      code = await runCommand(command, given, { cwd, interruption, manner });
    });
    await program.parseAsync(words, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.code === "commander.help" ? exitCode.badInput : error.exitCode;
    if (interruption.exitCode !== undefined) {
      process.stderr.write("dtmm: interrupted\n");
      return interruption.exitCode;
    }
    return tell(error, manner);
  } finally {
    interruption.dispose();
  }
}

/** Prints an error as asked and returns the exit code that belongs to it. */
function tell(error: unknown, manner: Manner): number {
  const coded = asDtmmError(error);
  process.stderr.write(errorLines(coded, manner.debug));
  if (manner.jsonToStdout) process.stdout.write(errorJson(coded));
  return coded.exit;
}

async function runCommand<C extends CommandName>(
  command: C,
  given: Record<string, unknown>,
  { cwd, interruption, manner }: { cwd: string; interruption: Interruption; manner: Manner },
): Promise<number> {
  const config = await findConfig(cwd);
  const options: OptionsOf<C> = normalizeOptions(command, given, config, cwd);
  const common: CommonOptions = options as unknown as CommonOptions;
  manner.debug = common.debug;
  manner.jsonToStdout = common.json === "-";
  for (const place of [common.json, common.report, common.junit, common.markdown]) {
    if (place !== undefined && place !== "-") await checkResultPlace(place);
  }
  const progress = terminalProgress({ quiet: common.quiet });
  const action: CommandAction<C> = await commands[command].load();
  const outcome = await act(progress, () => action(options, { progress, signal: interruption.signal, cwd }));
  await deliver(outcome, common);
  return outcome.exit;
}

/** Runs the action and gives the terminal back, whatever happens. */
async function act(progress: TerminalProgress, action: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await action();
  } finally {
    progress.stop();
  }
}

async function deliver(outcome: Outcome, common: CommonOptions): Promise<void> {
  const { quiet, json } = common;
  if (!quiet) for (const warning of outcome.warnings ?? []) process.stderr.write(`dtmm: note: ${warning}\n`);
  for (const failure of outcome.failures ?? []) process.stderr.write(`dtmm: not met: ${failure}\n`);
  if (json !== "-") {
    if (!quiet) process.stdout.write(outcome.summary);
    process.stdout.write(outcome.output ?? "");
  } else {
    process.stdout.write(resultJson(outcome.result));
  }
  if (json !== undefined && json !== "-") await writeResultFile(json, resultJson(outcome.result));
  for (const kind of ["report", "junit", "markdown"] as const) {
    const [place, content] = [common[kind], outcome[kind]];
    if (place !== undefined && content !== undefined) await writeResultFile(place, content);
  }
}

/** Whether the words ask for JSON on stdout; before parsing, since an error in parsing is to be JSON as well. */
function asksForJson(words: readonly string[]): boolean {
  return words.some((word, i) => word === "--json=-" || (word === "--json" && words[i + 1] === "-"));
}
