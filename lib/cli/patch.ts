import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "../context.js";
import { applyPlan, type FilePlan, planDiff, recover, undo } from "../emit/index.js";
import { DtmmError } from "../errors/index.js";
import { packedOpsOf, replacedOps, stockOpsOf } from "../firmware/model-ops.js";
import {
  type PatchedFile,
  type PatchPlace,
  type PatchRequest,
  planPatch,
  unpatch,
} from "../firmware/patch.js";
import { customOps, registrationsFor } from "../firmware/registrations.js";
import { resolverNames } from "../firmware/resolver-names.js";
import { readModels } from "../import.js";
import type { PatchOptions } from "../options/types.js";
import type { Model } from "../tflite/model.js";
import { readModel } from "../tflite/reader.js";
import type { Outcome } from "./outcome.js";

/**
 * `dtmm patch`: brings the project's op resolver up to date with the model in the output folder; --dry-run prints the
 * diff, --check exits 1 when there is one, --undo takes back all that dtmm wrote into the project.
 */
export async function patchCommand(options: PatchOptions, { signal }: Context): Promise<Outcome> {
  const { root, out } = options;
  await recover(root);
  const place = {
    root,
    names: resolverNames(root, options.resolver),
    ignore: [path.join(out, "kernels"), path.join(out, "dtmm_op_resolver.h")],
  };
  if (options.undo) return undone(await undoAll(place, signal));
  const file = path.join(out, "model.tflite");
  // Only the model itself can say what is unused.
  const model = options.dropUnused ? (await readModels([file]))[0] : await writtenModel(file);
  const others = options.dropUnused ? await readModels(options.otherModels) : [];
  const request: PatchRequest = {
    ...place,
    registrations: registrationsFor(model ? packedOpsOf(model) : customOps),
    needs: model && stockOpsOf(model),
    drop: options.dropUnused && model ? replacedOps(model, others) : [],
  };
  if (request.registrations.length === 0) {
    return { exit: 0, summary: "The model has no packed layers: nothing to patch.\n" };
  }
  const { files: sources, notes: warnings } = await planPatch(request);
  const files = sources.filter(isChanged);
  if (options.check) return { ...checked(files), warnings };
  const plan = planOf(files, "patch");
  if (options.dryRun) return { exit: 0, summary: "", output: await planDiff(plan, root), warnings };
  const { changed } = await applyPlan(plan, { root, signal });
  const lines = changed.map((file) => `Patched ${file}.\n`).join("");
  return { exit: 0, summary: lines || "The op resolver is up to date.\n", warnings };
}

/** The model that the last prune wrote; while there is none, firmware has to know all custom ops. */
async function writtenModel(file: string): Promise<Model | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes && readModel(bytes, file);
}

/** Undoes the last emit; without a record of one, as in a fresh clone, only takes the patch out of the sources. */
async function undoAll(place: PatchPlace, signal: AbortSignal): Promise<string[]> {
  try {
    return (await undo(place.root, { signal })).changed;
  } catch (error) {
    if (!(error instanceof DtmmError) || error.code !== "NOTHING_TO_UNDO") throw error;
    const plan = planOf(await unpatch(place), "forget");
    if (plan.length === 0) throw error;
    return (await applyPlan(plan, { root: place.root, signal })).changed;
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
