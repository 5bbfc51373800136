import { join, posix, relative, resolve, sep } from "node:path";
import { renderModelArray } from "../firmware/c-array.js";
import { type GlueKind, inLayout, layoutOf, type OutputLayout } from "../firmware/glue/kinds.js";
import { renderOpResolver, resolverHeaderFile } from "../firmware/op-resolver.js";
import { denseFile, type ProjectPlan, planProject } from "../firmware/project.js";
import type { ResolverWish } from "../firmware/resolver/patch.js";
import { selftestFiles } from "../firmware/selftest-files.js";
import { inProject } from "../project-path.js";
import type { Golden } from "../selftest.js";
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
  /** The build system whose layout the output folder has. */
  glue?: GlueKind;
  /** Patch the project: its op resolver, its build, its model's array. */
  patch?: EmitPatch;
  /** Write an op resolver of the model's own: all of its operators, by schema name or custom code. */
  resolverHeader?: { operators: readonly string[] };
  /** The golden run that a self-test for the board is made of. */
  selftest?: Golden;
  /** Makes the report files (paths relative to `outDir`) out of the list of all the others. */
  reports?: (files: EmittedFile[]) => FilePlan;
  /** Folder with the kernels' manifest.json; the package's own when absent. */
  kernels?: string;
}

export interface EmitPatch extends Omit<ResolverWish, "registrations"> {
  /** The dense model stands in this source (relative to the root) as an array, which the model takes the place of. */
  array?: { source: string; name?: string; dense: Uint8Array };
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

/**
 * The emit stage: model.tflite, its C array, the kernels and reports in the output folder, and the patched project, as one
 * plan that is applied as a whole.
 *
 * An output folder outside of the root gets its own `.dtmm` unless the project is patched in the same run.
 *
 * @throws ARRAY_NAME_INVALID, the errors of `planProject` and of `applyPlan`; in all of them nothing was changed
 */
export async function emit(request: EmitRequest): Promise<EmitResult> {
  const { project, out, root } = foldersOf(request);
  const patches = await planPatches(request, root, out);
  const plan = planEmit(request, root, out, patches.files);
  const named = (path: string) => inProject(project, join(root, path));
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
    notes: patches.notes,
    ...(request.dryRun && { diff: await planDiff(plan, root) }),
  };
}

/** What of a request is known before there is a model. */
type EmitPlace = Pick<EmitRequest, "root" | "outDir" | "patch" | "glue" | "ops" | "kernels">;

/**
 * Finds out before the long work whether the output folder can take files and the project can be patched; `emit` checks
 * both once more.
 *
 * @throws OUTPUT_NOT_WRITABLE, the errors of `planProject`
 */
export async function checkEmit(request: EmitPlace): Promise<void> {
  const { out, root } = foldersOf(request);
  const path = inProject(root, join(out, modelFile));
  await preflight(root, [{ path, content: new Uint8Array() }]);
  await planPatches(request, root, out);
}

/** The project, the output folder, and the one of the two that the plan's paths are relative to. */
function foldersOf({ root, outDir, patch }: EmitPlace) {
  const project = resolve(root);
  const out = resolve(project, outDir);
  return { project, out, root: patch || isInside(project, out) ? project : out };
}

function planEmit(request: EmitRequest, root: string, out: string, patches: FilePlan): FilePlan {
  const layout = layoutOf(request.glue ?? "none");
  const { array } = request.patch ?? {};
  const files: FilePlan = [
    { path: modelFile, content: request.model },
    ...(array ? [{ path: denseFile, content: array.dense }] : arrayFiles(request, layout)),
    ...kernelFiles(request.ops, layout, request.kernels),
    ...resolverHeader(request, layout),
  ];
  const listed = new Set(files.map(({ path }) => path));
  for (const file of request.selftest ? selftestFiles(request.selftest, request.kernels) : []) {
    const path = inLayout(layout.kernels, file.path, layout);
    if (!listed.has(path)) files.push({ ...file, path });
  }
  const placed = (plan: FilePlan) =>
    plan.map((file) => ({ ...file, path: inProject(root, join(out, file.path)) }));
  const plan = [...placed(files), ...patches];
  const project = resolve(request.root);
  const described = plan.map((file) =>
    describe({ ...file, path: inProject(project, join(root, file.path)) }),
  );
  return [...plan, ...placed(request.reports?.(described) ?? [])];
}

function arrayFiles({ arrayName, model }: EmitRequest, layout: OutputLayout): FilePlan {
  const array = renderModelArray({ name: arrayName, bytes: model, header: "model_data.h" });
  return [
    { path: inLayout(layout.model, "model_data.cc", layout), content: array.source },
    { path: inLayout(layout.model, "model_data.h", layout), content: array.header },
  ];
}

function resolverHeader(
  { resolverHeader, arrayName, model, ops, kernels }: EmitRequest,
  layout: OutputLayout,
): FilePlan {
  if (!resolverHeader) return [];
  const { operators } = resolverHeader;
  const kernelFolder = posix.relative(layout.model, layout.kernels);
  const content = renderOpResolver({ arrayName, model, operators, packed: ops, kernelFolder, kernels });
  return [{ path: inLayout(layout.model, resolverHeaderFile, layout), content }];
}

async function planPatches(
  { patch, ops, glue = "none", kernels, model, selftest }: EmitPlace & Partial<EmitRequest>,
  root: string,
  out: string,
): Promise<ProjectPlan> {
  if (!patch) return { files: [], notes: [] };
  const { array, ...resolver } = patch;
  return planProject({
    ...{ root, out, ops, resolver, glue, kernels },
    array: array && { source: array.source, name: array.name, bytes: model },
    emitsArray: array === undefined,
    emitsSelftest: selftest !== undefined,
  });
}

function describe({ path, content }: PlannedFile): EmittedFile {
  const bytes = bytesOf(content);
  return { path, bytes: bytes.length, sha256: sha256(bytes) };
}

function isInside(folder: string, path: string): boolean {
  const [first] = relative(folder, path).split(sep);
  return first !== ".." && resolve(folder, relative(folder, path)) === path;
}
