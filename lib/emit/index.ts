import { join, relative, resolve, sep } from "node:path";
import { renderModelArray } from "../firmware/c-array.js";
import { renderOpResolver } from "../firmware/op-resolver.js";
import { type PatchPlan, planPatch } from "../firmware/patch.js";
import { registrationsFor } from "../firmware/registrations.js";
import type { ResolverWish } from "../firmware/resolver/patch.js";
import { applyPlan } from "./apply.js";
import { planDiff } from "./diff.js";
import { sha256 } from "./durable.js";
import { kernelFiles } from "./kernels.js";
import { type ApplyOptions, bytesOf, type FilePlan, type PlannedFile } from "./plan.js";
import { preflight } from "./preflight.js";

export { applyPlan } from "./apply.js";
export { planDiff } from "./diff.js";
export type { AppliedPlan, ApplyOptions, FilePlan, PlannedFile } from "./plan.js";
export { recover } from "./recover.js";
export { undo } from "./undo.js";

export interface EmitRequest extends ApplyOptions {
  /** Receives the model, its C array, the kernels and the reports; absolute or relative to the root. */
  outDir: string;
  model: Uint8Array;
  /** C identifier of the array in model_data.cc. */
  arrayName: string;
  /** Custom ops in the model, whose kernels the board needs. */
  ops: readonly string[];
  /** Patch the project's op resolver. */
  patch?: Omit<ResolverWish, "registrations">;
  /** Write an op resolver of the model's own: all of its operators, by schema name or custom code. */
  resolverHeader?: { operators: readonly string[] };
  /** Makes the report files (paths relative to `outDir`) out of the list of all the others. */
  reports?: (files: EmittedFile[]) => FilePlan;
  /** Folder with the kernels' manifest.json; the package's own when absent. */
  kernels?: string;
}

export interface EmittedFile {
  /** Relative to the root, with "/" between folders. */
  path: string;
  bytes: number;
  sha256: string;
}

export interface EmitResult {
  files: EmittedFile[];
  /** Paths whose bytes changed, or would change in a dry run. */
  changed: string[];
  /** Unified diff of the changes; only in a dry run. */
  diff?: string;
  /** What the user should know about the patch. */
  notes: string[];
}

const modelFile = "model.tflite";
const kernelsFolder = "kernels";
const resolverHeaderFile = "dtmm_op_resolver.h";

/**
 * The emit stage: model.tflite, model_data.cc and .h, kernels/ and reports in the output folder, and the patched op
 * resolver, as one plan that is applied as a whole.
 *
 * An output folder outside of the root gets its own `.dtmm` unless the resolver is patched in the same run.
 *
 * @throws ARRAY_NAME_INVALID, the errors of `planPatch` and of `applyPlan`; in all of them nothing was changed
 */
export async function emit(request: EmitRequest): Promise<EmitResult> {
  const { project, out, root } = foldersOf(request);
  const patch = await planResolver(request, root, out);
  const plan = planEmit(request, root, out, patch);
  const named = (path: string) => slashes(relative(project, join(root, path)));
  const options: ApplyOptions = {
    root,
    dryRun: request.dryRun,
    signal: request.signal,
    onStep: request.onStep,
  };
  const { changed } = await applyPlan(plan, options);
  return {
    files: plan.map((file) => describe({ ...file, path: named(file.path) })),
    changed: changed.map(named),
    notes: patch.notes,
    ...(request.dryRun && { diff: await planDiff(plan, root) }),
  };
}

/** What of a request is known before there is a model. */
type EmitPlace = Pick<EmitRequest, "root" | "outDir" | "patch" | "ops" | "kernels">;

/**
 * Finds out before the long work whether the output folder can take files and the op resolver can be patched; `emit`
 * checks both once more.
 *
 * @throws OUTPUT_NOT_WRITABLE, the errors of `planPatch`
 */
export async function checkEmit(request: EmitPlace): Promise<void> {
  const { out, root } = foldersOf(request);
  const path = slashes(relative(root, join(out, modelFile)));
  await preflight(root, [{ path, content: new Uint8Array() }]);
  await planResolver(request, root, out);
}

/** The project, the output folder, and the one of the two that the plan's paths are relative to. */
function foldersOf({ root, outDir, patch }: EmitPlace) {
  const project = resolve(root);
  const out = resolve(project, outDir);
  return { project, out, root: patch || isInside(project, out) ? project : out };
}

function planEmit(request: EmitRequest, root: string, out: string, patch: PatchPlan): FilePlan {
  const array = renderModelArray({ name: request.arrayName, bytes: request.model, header: "model_data.h" });
  const kernels = kernelFiles(request.ops, request.kernels);
  const files: FilePlan = [
    { path: modelFile, content: request.model },
    { path: "model_data.cc", content: array.source },
    { path: "model_data.h", content: array.header },
    ...kernels.map((file) => ({ ...file, path: `${kernelsFolder}/${file.path}` })),
    ...resolverHeader(request),
  ];
  const placed = (plan: FilePlan) =>
    plan.map((file) => ({ ...file, path: slashes(relative(root, join(out, file.path))) }));
  const patched = patch.files.map(({ path, after }) => ({ path, content: after, undo: "patch" as const }));
  const plan = [...placed(files), ...patched];
  const project = resolve(request.root);
  const described = plan.map((file) =>
    describe({ ...file, path: slashes(relative(project, join(root, file.path))) }),
  );
  return [...plan, ...placed(request.reports?.(described) ?? [])];
}

async function planResolver(request: EmitPlace, root: string, out: string): Promise<PatchPlan> {
  if (!request.patch || request.ops.length === 0) return { files: [], notes: [] };
  return planPatch({
    ...request.patch,
    root,
    registrations: registrationsFor(request.ops, request.kernels),
    ignore: [join(out, kernelsFolder), join(out, resolverHeaderFile)],
  });
}

function resolverHeader({ resolverHeader, arrayName, model, ops, kernels }: EmitRequest): FilePlan {
  if (!resolverHeader) return [];
  const { operators } = resolverHeader;
  const file = resolverHeaderFile;
  const content = renderOpResolver({
    ...{ arrayName, model, operators, packed: ops, file },
    ...{ kernelFolder: kernelsFolder, kernels },
  });
  return [{ path: file, content }];
}

function describe({ path, content }: PlannedFile): EmittedFile {
  const bytes = bytesOf(content);
  return { path, bytes: bytes.length, sha256: sha256(bytes) };
}

function isInside(folder: string, path: string): boolean {
  const [first] = relative(folder, path).split(sep);
  return first !== ".." && resolve(folder, relative(folder, path)) === path;
}

function slashes(path: string): string {
  return path.split(sep).join("/");
}
