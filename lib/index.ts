/** The library: what the command line does, as functions. Options are those of `docs/cli.md`, by their keys. */

import { bench as benchWith } from "./bench.js";
import { compare as compareWith } from "./compare.js";
import type { Context } from "./context.js";
import { doctor as doctorWith } from "./doctor.js";
import { type InitResult, init as initWith } from "./init/index.js";
import { inspect as inspectWith } from "./inspect.js";
import { inspectData as inspectDataWith } from "./inspect-data.js";
import { findConfig } from "./options/config.js";
import type { CommandName } from "./options/entry.js";
import { normalizeOptions } from "./options/normalize.js";
import type { OptionsInput, OptionsOf } from "./options/types.js";
import { prune as pruneWith } from "./pipeline.js";
import { silentProgress } from "./progress/progress.js";
import type { CompareResult } from "./report/compare-result.js";
import type { InspectDataResult } from "./report/data-result.js";
import type { DoctorResult } from "./report/doctor-result.js";
import type { BenchResult, InspectResult, PruneResult, ValidateResult } from "./report/result.js";
import { validateFiles } from "./validate-files.js";

export type { Context } from "./context.js";
export { DtmmError, type ErrorCode } from "./errors/index.js";
export type { InitResult } from "./init/index.js";
export { type DtmmConfig, defineConfig } from "./options/define-config.js";
export type { OptionsInput } from "./options/types.js";
export type { Progress, StageProgress } from "./progress/progress.js";
export type { CompareResult } from "./report/compare-result.js";
export type { InspectDataResult } from "./report/data-result.js";
export type { DoctorResult } from "./report/doctor-result.js";
export type { BenchResult, InspectResult, PruneResult, ValidateResult } from "./report/result.js";
export { locateTflm, type TflmOptions, type TflmTree } from "./tflm/locate.js";

/** What a call may be given besides its options; `cwd` is where relative paths and the search for a config start. */
export type CallContext = Partial<Context>;

async function prepare<C extends CommandName>(
  command: C,
  options: OptionsInput,
  call: CallContext,
): Promise<{ options: OptionsOf<C>; context: Context }> {
  const context: Context = {
    progress: call.progress ?? silentProgress,
    signal: call.signal ?? new AbortController().signal,
    cwd: call.cwd ?? process.cwd(),
  };
  const config = await findConfig(context.cwd);
  return { options: normalizeOptions(command, options, config, context.cwd, "library"), context };
}

/**
 * Prunes a model, proves the result in the TFLM interpreter and writes it into the project.
 *
 * @returns the documented result; with verdict "fail" a limit was not met and nothing was written
 * @throws DtmmError for everything a user can mend; nothing was written then
 */
export async function prune(options: OptionsInput, call: CallContext = {}): Promise<PruneResult> {
  const prepared = await prepare("prune", options, call);
  return pruneWith(prepared.options, prepared.context);
}

/** Holds a pruned model file against the dense one; verdict "fail" when a limit is not met. */
export async function validate(options: OptionsInput, call: CallContext = {}): Promise<ValidateResult> {
  const prepared = await prepare("validate", options, call);
  return validateFiles(prepared.options, prepared.context);
}

/** Layers, bytes and arena of a model. */
export async function inspect(options: OptionsInput, call: CallContext = {}): Promise<InspectResult> {
  const prepared = await prepare("inspect", options, call);
  return inspectWith(prepared.options, prepared.context);
}

/** Shapes, ranges, class counts and first samples of the recorded data that `data` names, and whether the model takes them. */
export async function inspectData(
  options: OptionsInput & { data: string },
  call: CallContext = {},
): Promise<InspectDataResult> {
  const prepared = await prepare("inspect", options, call);
  return inspectDataWith({ ...prepared.options, data: prepared.options.data! }, prepared.context);
}

/** Instructions of a model on an emulated core, layer by layer, beside those of the dense model. */
export async function bench(options: OptionsInput, call: CallContext = {}): Promise<BenchResult> {
  const prepared = await prepare("bench", options, call);
  return benchWith(prepared.options, prepared.context);
}

/**
 * Compares pruning methods on models with running kernels in the real interpreter; what a finished part found is kept in `out`.
 *
 * @throws DtmmError for everything a user can mend
 */
export async function compare(options: OptionsInput, call: CallContext = {}): Promise<CompareResult> {
  const prepared = await prepare("compare", options, call);
  return compareWith(prepared.options, prepared.context);
}

/**
 * Finds out what a firmware project is made of, and writes dtmm.config.mjs and the script `prune`; never asks.
 *
 * @throws INIT_AMBIGUOUS, INIT_MODEL_MISSING and what writing throws; nothing was written then
 */
export async function init(options: OptionsInput, call: CallContext = {}): Promise<InitResult> {
  const prepared = await prepare("init", options, call);
  return initWith(prepared.options, prepared.context);
}

/** What machine and TFLM tree have and lack; `ready` when `prune` can run. */
export async function doctor(options: OptionsInput = {}, call: CallContext = {}): Promise<DoctorResult> {
  const prepared = await prepare("doctor", options, call);
  return doctorWith(prepared.options, prepared.context);
}
