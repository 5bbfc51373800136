import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "../context.js";
import { readIfThere } from "../emit/durable.js";
import { applyPlan, type FilePlan, planDiff, recover, undo } from "../emit/index.js";
import { DtmmError } from "../errors/index.js";
import { inLayout, layoutOf } from "../firmware/glue/kinds.js";
import { unpatch } from "../firmware/patch.js";
import { denseFile, inProject, planProject } from "../firmware/project.js";
import { customOps } from "../firmware/registrations.js";
import type { PatchOptions } from "../options/types.js";
import { readModel } from "../tflite/reader.js";
import type { Outcome } from "./outcome.js";

/**
 * `dtmm patch`: brings the project's op resolver and its build up to date with the model in the output folder; --dry-run
 * prints the diff, --check exits 1 when there is one, --undo takes back all that dtmm wrote into the project.
 */
export async function patchCommand(options: PatchOptions, { signal }: Context): Promise<Outcome> {
  const { root, out, glue } = options;
  await recover(root);
  const resolverFile = options.resolver && inProject(root, options.resolver);
  const layout = layoutOf(glue);
  if (options.undo) {
    return undone(await undoAll({ root, resolverFile, ignore: [path.join(out, layout.kernels)] }, signal));
  }
  const ops = await opsOf(path.join(out, "model.tflite"));
  if (ops.length === 0) {
    return { exit: 0, summary: "The model has no packed layers: nothing to patch.\n" };
  }
  // Where the project's own array holds the model, the dense one stands here in the place of another array.
  const emitsArray = (await readIfThere(path.join(out, denseFile))) === null;
  const selftest = path.join(out, inLayout(layout.kernels, "dtmm_selftest.cc", layout));
  const emitsSelftest = (await readIfThere(selftest)) !== null;
  const plan = await planProject({ root, out, ops, resolverFile, glue, emitsArray, emitsSelftest });
  if (options.dryRun) return { exit: 0, summary: "", output: await planDiff(plan, root) };
  const { changed } = await applyPlan(plan, { root, signal, dryRun: options.check });
  if (options.check) return checked(changed);
  const lines = changed.map((file) => `Patched ${file}.\n`).join("");
  return { exit: 0, summary: lines || "The project is up to date.\n" };
}

/** The custom ops of the model that the last prune wrote; all of them while there is no such model. */
async function opsOf(model: string): Promise<string[]> {
  const bytes = await readFile(model).catch(() => undefined);
  if (bytes === undefined) return [...customOps];
  const codes = readModel(bytes).operatorCodes.map((code) => code.customCode);
  return customOps.filter((op) => codes.includes(op));
}

/** Undoes the last emit; without a record of one, as in a fresh clone, only takes the patch out of the sources. */
async function undoAll(request: Parameters<typeof unpatch>[0], signal: AbortSignal): Promise<string[]> {
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
