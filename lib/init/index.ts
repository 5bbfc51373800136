/** `dtmm init`: what a firmware project is made of, as a config and a script. */

import { packageVersion } from "../cli/version.js";
import type { Context } from "../context.js";
import { applyPlan, type FilePlan, planDiff } from "../emit/index.js";
import { findConfig } from "../options/config.js";
import type { InitOptions } from "../options/types.js";
import { schemaVersion } from "../report/schema-version.js";
import type { Asker } from "./asker.js";
import { type ConfigEntry, type MissingEntry, renderConfig } from "./config-file.js";
import { planPackageJson } from "./package-json.js";
import { survey } from "./survey.js";

/** The documented result of init. */
export interface InitResult {
  schemaVersion: number;
  root: string;
  /** Keys of the config; empty where there was one before. */
  findings: ConfigEntry[];
  /** Keys that the project did not show. */
  missing: MissingEntry[];
  notes: string[];
  /** Files that were written, or would be in a dry run. */
  changed: string[];
  dryRun?: true;
  diff?: string;
}

/**
 * Looks through a project, and writes dtmm.config.mjs and the script `prune` of package.json. A config that is there
 * stays as it is, so that a second run changes nothing.
 *
 * @param asker answers what the files leave open; without one, several candidates are an error
 * @throws INIT_AMBIGUOUS, INIT_MODEL_MISSING, INIT_CANCELLED, PACKAGE_JSON_UNREADABLE, and what `applyPlan` throws;
 *   nothing was written then
 */
export async function init(options: InitOptions, context: Context, asker?: Asker): Promise<InitResult> {
  const { root } = options;
  const existing = await findConfig(root);
  const { findings, missing, notes } = existing
    ? { findings: [], missing: [], notes: [`${existing.where} is there and stays as it is`] }
    : await survey(options, asker);
  const manifest = await planPackageJson(root, packageVersion());
  const plan: FilePlan = [
    ...(existing ? [] : [renderConfig(findings, missing)]),
    ...(manifest.file ? [manifest.file] : []),
  ];
  const diff = options.dryRun ? await planDiff(plan, root) : undefined;
  const { changed } = await applyPlan(plan, { root, signal: context.signal, dryRun: options.dryRun });
  return {
    schemaVersion,
    root,
    findings,
    missing,
    notes: manifest.note ? [...notes, manifest.note] : notes,
    changed,
    ...(options.dryRun ? { dryRun: true as const, diff: diff ?? "" } : {}),
  };
}
