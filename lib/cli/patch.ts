import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "../context.js";
import { readIfThere } from "../emit/durable.js";
import { applyPlan, type FilePlan, planDiff, recover, undo } from "../emit/index.js";
import { DtmmError } from "../errors/index.js";
import { inLayout, layoutOf } from "../firmware/glue/kinds.js";
import { packedOpsOf, replacedOps, stockOpsOf } from "../firmware/model-ops.js";
import { type PatchPlace, unpatch } from "../firmware/patch.js";
import { denseFile, ownPaths, planProject } from "../firmware/project.js";
import { customOps } from "../firmware/registrations.js";
import { resolverNames } from "../firmware/resolver-names.js";
import { readModels } from "../import.js";
import type { PatchOptions } from "../options/types.js";
import type { Model } from "../tflite/model.js";
import { readModel } from "../tflite/reader.js";
import type { Outcome } from "./outcome.js";

/**
 * `dtmm patch`: brings the project's op resolver and its build up to date with the model in the output folder; --dry-run
 * prints the diff, --check exits 1 when there is one, --undo takes back all that dtmm wrote into the project.
 */
export async function patchCommand(options: PatchOptions, { signal }: Context): Promise<Outcome> {
  const { root, out, glue } = options;
  await recover(root);
  const names = resolverNames(root, options.resolver);
  if (options.undo) return undone(await undoAll({ root, names, ignore: ownPaths(out, glue) }, signal));
  const file = path.join(out, "model.tflite");
  // Only the model itself can say what is unused.
  const model = options.dropUnused ? (await readModels([file]))[0] : await writtenModel(file);
  const others = options.dropUnused ? await readModels(options.otherModels) : [];
  const ops = model ? packedOpsOf(model) : customOps;
  if (ops.length === 0) {
    return { exit: 0, summary: "The model has no packed layers: nothing to patch.\n" };
  }
  const layout = layoutOf(glue);
  const isThere = async (name: string) => (await readIfThere(path.join(out, name))) !== null;
  const { files, notes: warnings } = await planProject({
    ...{ root, out, ops, glue },
    resolver: {
      names,
      needs: model && stockOpsOf(model),
      drop: options.dropUnused && model ? replacedOps(model, others) : [],
    },
    // Where the project's own array holds the model, the dense one stands here in the place of another array.
    emitsArray: !(await isThere(denseFile)),
    emitsSelftest: await isThere(inLayout(layout.kernels, "dtmm_selftest.cc", layout)),
  });
  if (options.dryRun) return { exit: 0, summary: "", output: await planDiff(files, root), warnings };
  const { changed } = await applyPlan(files, { root, signal, dryRun: options.check });
  if (options.check) return { ...checked(changed), warnings };
  const lines = changed.map((file) => `Patched ${file}.\n`).join("");
  return { exit: 0, summary: lines || "The project is up to date.\n", warnings };
}

/** The model that the last prune wrote; while there is none, firmware has to know all custom ops. */
async function writtenModel(file: string): Promise<Model | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes && readModel(bytes, file);
}

/** Undoes the last emit; without a record of one, as in a fresh clone, only takes the patch out of the sources. */
async function undoAll(request: PatchPlace, signal: AbortSignal): Promise<string[]> {
  const { root } = request;
  try {
    return (await undo(root, { signal })).changed;
  } catch (error) {
    if (!(error instanceof DtmmError) || error.code !== "NOTHING_TO_UNDO") throw error;
    const files = await unpatch(request);
    if (files.length === 0) throw error;
    const plan: FilePlan = files.map(({ path: file, after }) => ({
      path: file,
      content: after,
      undo: "forget",
    }));
    return (await applyPlan(plan, { root, signal })).changed;
  }
}

function undone(changed: readonly string[]): Outcome {
  return {
    exit: 0,
    summary: changed.map((file) => `Restored ${file}.\n`).join("") || "Nothing had changed.\n",
  };
}

function checked(outdated: readonly string[]): Outcome {
  if (outdated.length === 0) return { exit: 0, summary: "The project is up to date.\n" };
  return {
    exit: 1,
    summary: "",
    failures: outdated.map((file) => `${file} is out of date; run \`dtmm patch\``),
  };
}
