import type { Context } from "../context.js";
import type { ValidateOptions } from "../options/types.js";
import { gatesJUnit } from "../report/junit.js";
import { gatesMarkdown } from "../report/markdown.js";
import { gateFailures, validateSummary } from "../report/summary.js";
import { validateFiles } from "../validate-files.js";
import type { Outcome } from "./outcome.js";

/** `dtmm validate`: a pruned model against its dense original; a limit that is not met is exit code 1. */
export async function validateCommand(options: ValidateOptions, context: Context): Promise<Outcome> {
  const result = await validateFiles(options, context);
  return {
    exit: result.verdict === "pass" ? 0 : 1,
    summary: validateSummary(result),
    result,
    warnings: result.warnings,
    failures: gateFailures(result.gates),
    junit: gatesJUnit(result),
    markdown: gatesMarkdown(result),
  };
}
