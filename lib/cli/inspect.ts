import type { Context } from "../context.js";
import { inspect } from "../inspect.js";
import { inspectData } from "../inspect-data.js";
import type { InspectOptions } from "../options/types.js";
import { dataSummary } from "../report/data-summary.js";
import { inspectSummary } from "../report/inspect-summary.js";
import type { Outcome } from "./outcome.js";

/** `dtmm inspect`: what a model is made of and what it needs, or what recorded data are; data that do not fit are exit code 1. */
export async function inspectCommand(options: InspectOptions, context: Context): Promise<Outcome> {
  const { data } = options;
  if (data !== undefined) {
    const result = await inspectData({ ...options, data }, context);
    const failures = result.model?.problems.map(({ message }) => message);
    return { exit: result.model?.fits === false ? 1 : 0, summary: dataSummary(result), result, failures };
  }
  const result = await inspect(options, context);
  return { exit: 0, summary: inspectSummary(result), result };
}
