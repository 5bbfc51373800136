import type { Context } from "../context.js";
import { inspect } from "../inspect.js";
import type { InspectOptions } from "../options/types.js";
import { inspectSummary } from "../report/inspect-summary.js";
import type { Outcome } from "./outcome.js";

/** `dtmm inspect`: what a model is made of and what it needs. */
export async function inspectCommand(options: InspectOptions, context: Context): Promise<Outcome> {
  const result = await inspect(options, context);
  return { exit: 0, summary: inspectSummary(result), result };
}
