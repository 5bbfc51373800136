import { join } from "node:path";
import { compare } from "../compare.js";
import type { Context } from "../context.js";
import type { CompareOptions } from "../options/types.js";
import { compareJUnit, compareMarkdown } from "../report/compare/ci.js";
import { compareHtml } from "../report/compare/html.js";
import { compareSummary } from "../report/compare/summary.js";
import { resultJson, writeResultFile } from "../report/result-json.js";
import type { Outcome } from "./outcome.js";

/** `dtmm compare`: every point proven; exit 1 where a packed model was not bit-exact. */
export async function compareCommand(options: CompareOptions, context: Context): Promise<Outcome> {
  const result = await compare(options, context);
  const inexact = result.points.filter(({ bitExact }) => !bitExact);
  const page = await compareHtml(result);
  // A shard knows a part of the points: only all of them together make a report.
  if (options.shard === undefined) {
    await writeResultFile(join(options.out, "compare.json"), resultJson(result));
    await writeResultFile(join(options.out, "compare.html"), page);
  }
  return {
    exit: inexact.length === 0 ? 0 : 1,
    summary: compareSummary(result),
    result,
    report: page,
    junit: compareJUnit(result),
    markdown: compareMarkdown(result),
    warnings: result.warnings,
    failures: inexact.map(
      ({ model, method, seed, share }) => `${model}, ${method} at ${share}, seed ${seed}: bit-exact`,
    ),
  };
}
