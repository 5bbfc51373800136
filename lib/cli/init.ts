import type { Context } from "../context.js";
import { isInteractive, terminalAsker } from "../init/asker.js";
import { init } from "../init/index.js";
import type { InitOptions } from "../options/types.js";
import { initSummary } from "../report/init-summary.js";
import type { Outcome } from "./outcome.js";

/** `dtmm init`: finds out what the project is made of and writes it down; asks only on a terminal. */
export async function initCommand(options: InitOptions, context: Context): Promise<Outcome> {
  const mayAsk = isInteractive() && !options.yes && !options.quiet && options.json !== "-";
  const result = await init(options, context, mayAsk ? await terminalAsker() : undefined);
  return {
    exit: 0,
    summary: initSummary(result),
    result,
    output: result.diff,
    warnings: result.notes,
  };
}
