import { resolve } from "node:path";
import type { FilePlan, PlannedFile } from "../emit/plan.js";
import { inProject } from "../project-path.js";
import { planGlue } from "./glue/index.js";
import { type GlueKind, inLayout, layoutOf } from "./glue/kinds.js";
import { kernelPaths } from "./kernel-manifest.js";
import { planModelArray } from "./model-array/replace.js";
import { resolverHeaderFile } from "./op-resolver.js";
import { planPatch } from "./patch.js";
import { registrationsFor } from "./registrations.js";
import type { ResolverWish } from "./resolver/patch.js";
import { selftestSources } from "./selftest-files.js";

export interface ProjectRequest {
  /** The firmware project's folder, absolute. */
  root: string;
  /** The output folder, absolute. */
  out: string;
  /** Custom ops in the model. */
  ops: readonly string[];
  /** Which op resolvers to patch, searched for when absent, and what may leave them. */
  resolver?: Omit<ResolverWish, "registrations">;
  glue: GlueKind;
  /** The model's C array in the user's own source (relative to `root`) that the pruned model takes the place of. */
  array?: { source: string; name?: string; bytes?: Uint8Array };
  /** Whether the output folder holds the model as a C array. */
  emitsArray: boolean;
  /** Whether the output folder holds the self-test. */
  emitsSelftest: boolean;
  /** Folder with the kernels' manifest; the package's own when absent. */
  kernels?: string;
}

export interface ProjectPlan {
  files: FilePlan;
  /** What the user should know besides. */
  notes: string[];
}

/** Name of the dense model in the output folder, where the project's own array holds the pruned one. */
export const denseFile = "dense.tflite";

/**
 * Works out everything that changes in the user's own files, and the files that bring the output folder into the build: the
 * model's array, the op resolver, the build file. Nothing is written.
 *
 * @throws the errors of `planModelArray`, `planPatch` and `planGlue`
 */
export async function planProject(request: ProjectRequest): Promise<ProjectPlan> {
  const { root, ops } = request;
  const out = inProject(root, request.out);
  const ignore = ownPaths(request.out, request.glue);
  const files = new Map<string, PlannedFile>();
  if (request.array) {
    const arrays = await planModelArray({ root, ...request.array, dense: `${out}/${denseFile}`, ignore });
    for (const { path, after } of arrays) files.set(path, { path, content: after });
  }
  let resolverFile = request.resolver?.names?.[0]?.file;
  let notes: string[] = [];
  if (ops.length > 0) {
    const pending = new Map([...files].map(([path, file]) => [path, file.content as Uint8Array]));
    const registrations = registrationsFor(ops, request.kernels);
    const patch = await planPatch({ ...request.resolver, root, registrations, ignore, pending });
    resolverFile ??= patch.files[0]?.path;
    notes = patch.notes;
    for (const { path, after } of patch.files) {
      // A source that holds the array as well is brought back as a whole.
      files.set(path, { path, content: after, undo: files.has(path) ? "file" : "patch" });
    }
  }
  const { sources, includeDirs } = buildInputs(request);
  if (sources.length > 0) {
    const glue = await planGlue({ kind: request.glue, root, out, sources, includeDirs, resolverFile });
    for (const file of glue) files.set(file.path, file);
  }
  return { files: [...files.values()], notes };
}

/** What of the output folder is dtmm's own, and no source to look for an op resolver in. */
export function ownPaths(out: string, glue: GlueKind): string[] {
  const layout = layoutOf(glue);
  return [resolve(out, layout.kernels), resolve(out, layout.model, resolverHeaderFile)];
}

/** What the build has to compile and to find, relative to the output folder. */
function buildInputs({ ops, glue, emitsArray, emitsSelftest, kernels }: ProjectRequest) {
  const layout = layoutOf(glue);
  const array = emitsArray ? [inLayout(layout.model, "model_data.cc", layout)] : [];
  const compiled = [...kernelPaths(ops, kernels), ...(emitsSelftest ? selftestSources : [])]
    .filter((path) => /\.(c|cc)$/.test(path))
    .map((path) => inLayout(layout.kernels, path, layout));
  const includeDirs = [...new Set([...(emitsArray ? [layout.model] : []), layout.kernels])];
  return { sources: [...array, ...compiled], includeDirs };
}
