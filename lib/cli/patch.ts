import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "../context.js";
import { applyPlan, type FilePlan, planDiff, recover, undo } from "../emit/index.js";
import { DtmmError } from "../errors/index.js";
import { type PatchedFile, type PatchRequest, planPatch, unpatch } from "../firmware/patch.js";
import { customOps, registrationsFor } from "../firmware/registrations.js";
import type { PatchOptions } from "../options/types.js";
import { readModel } from "../tflite/reader.js";
import type { Outcome } from "./outcome.js";

/**
 * `dtmm patch`: brings the project's op resolver up to date with the model in the output folder; --dry-run prints the
 * diff, --check exits 1 when there is one, --undo takes back all that dtmm wrote into the project.
 */
export async function patchCommand(options: PatchOptions, { signal }: Context): Promise<Outcome> {
  const { root } = options;
  await recover(root);
  const request: PatchRequest = {
    root,
    resolverFile: options.resolver && path.relative(root, options.resolver),
    registrations: registrationsFor(await opsOf(path.join(options.out, "model.tflite"))),
    ignore: [path.join(options.out, "kernels")],
  };
  if (options.undo) return undone(await undoAll(request, signal));
  if (request.registrations.length === 0) {
    return { exit: 0, summary: "The model has no packed layers: nothing to patch.\n" };
  }
  const files = (await planPatch(request)).filter(isChanged);
  if (options.check) return checked(files);
  const plan = planOf(files, "patch");
  if (options.dryRun) return { exit: 0, summary: "", output: await planDiff(plan, root) };
  const { changed } = await applyPlan(plan, { root, signal });
  const lines = changed.map((file) => `Patched ${file}.\n`).join("");
  return { exit: 0, summary: lines || "The op resolver is up to date.\n" };
}

/** The custom ops of the model that the last prune wrote; all of them while there is no such model. */
async function opsOf(model: string): Promise<string[]> {
  const bytes = await readFile(model).catch(() => undefined);
  if (bytes === undefined) return [...customOps];
  const codes = readModel(bytes).operatorCodes.map((code) => code.customCode);
  return customOps.filter((op) => codes.includes(op));
}

/** Undoes the last emit; without a record of one, as in a fresh clone, only takes the patch out of the sources. */
async function undoAll(request: PatchRequest, signal: AbortSignal): Promise<string[]> {
  try {
    return (await undo(request.root, { signal })).changed;
  } catch (error) {
    if (!(error instanceof DtmmError) || error.code !== "NOTHING_TO_UNDO") throw error;
    const plan = planOf(await unpatch(request), "forget");
    if (plan.length === 0) throw error;
    return (await applyPlan(plan, { root: request.root, signal })).changed;
  }
}

function undone(changed: readonly string[]): Outcome {
  return {
    exit: 0,
    summary: changed.map((file) => `Restored ${file}.\n`).join("") || "Nothing had changed.\n",
  };
}

function checked(outdated: readonly PatchedFile[]): Outcome {
  if (outdated.length === 0) return { exit: 0, summary: "The op resolver is up to date.\n" };
  return {
    exit: 1,
    summary: "",
    failures: outdated.map((file) => `${file.path} is out of date; run \`dtmm patch\``),
  };
}

function planOf(files: readonly PatchedFile[], undoing: "patch" | "forget"): FilePlan {
  return files.map((file) => ({ path: file.path, content: file.after, undo: undoing }));
}

function isChanged({ before, after }: PatchedFile): boolean {
  return Buffer.compare(before, after) !== 0;
}
