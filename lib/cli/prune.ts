import type { Context } from "../context.js";
import type { PruneOptions } from "../options/types.js";
import { prune } from "../pipeline.js";
import { htmlReport } from "../report/html.js";
import { gatesJUnit } from "../report/junit.js";
import { gatesMarkdown } from "../report/markdown.js";
import { prunePlots } from "../report/prune-plots.js";
import { gateFailures, pruneSummary } from "../report/summary.js";
import type { Outcome } from "./outcome.js";

/** `dtmm prune`: runs the pipeline; a limit that is not met is exit code 1. */
export async function pruneCommand(options: PruneOptions, context: Context): Promise<Outcome> {
  const result = await prune(options, context);
  const passed = result.verdict === "pass";
  return {
    exit: passed ? 0 : 1,
    summary: pruneSummary(result),
    result,
    // Nothing is written for a result that failed, nor in a dry run; the JSON that was asked for is all there is.
    report:
      passed && !options.dryRun && options.report ? htmlReport(result, await prunePlots(result)) : undefined,
    output: result.diff,
    warnings: result.warnings,
    failures: gateFailures(result.gates),
    junit: gatesJUnit(result),
    markdown: gatesMarkdown(result),
  };
}
