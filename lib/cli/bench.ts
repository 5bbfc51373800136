import { bench } from "../bench.js";
import type { Context } from "../context.js";
import type { BenchOptions } from "../options/types.js";
import { benchSummary } from "../report/bench-summary.js";
import type { Outcome } from "./outcome.js";

/** `dtmm bench`: what a model costs on an emulated core; exit 1 if an output there is not the host's. */
export async function benchCommand(options: BenchOptions, context: Context): Promise<Outcome> {
  const result = await bench(options, context);
  const failures = result.equalsHost
    ? []
    : [`the outputs on the ${result.target} equal those on this machine`];
  const { equalsHost, warnings = [] } = result;
  return { exit: equalsHost ? 0 : 1, summary: benchSummary(result), result, warnings, failures };
}
