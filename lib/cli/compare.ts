import { join } from "node:path";
import { compare } from "../compare.js";
import type { Context } from "../context.js";
import type { CompareOptions } from "../options/types.js";
import { compareSummary } from "../report/compare/summary.js";
import { resultJson, writeResultFile } from "../report/result-json.js";
import type { Outcome } from "./outcome.js";

/** `dtmm compare`: every point proven; exit 1 where a packed model was not bit-exact. */
export async function compareCommand(options: CompareOptions, context: Context): Promise<Outcome> {
  const result = await compare(options, context);
  const inexact = result.points.filter(({ bitExact }) => !bitExact);
  // A shard knows a part of the points: only all of them together make a report.
  if (options.shard === undefined)
    await writeResultFile(join(options.out, "compare.json"), resultJson(result));
  return {
    exit: inexact.length === 0 ? 0 : 1,
    summary: compareSummary(result),
    result,
    warnings: result.warnings,
    failures: inexact.map(
      ({ model, method, seed, share }) => `${model}, ${method} at ${share}, seed ${seed}: bit-exact`,
    ),
  };
}
