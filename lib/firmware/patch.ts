import { join } from "node:path";
import { dtmmError } from "../errors/index.js";
import { planResolverPatch, type ResolverWish, removeResolverPatch } from "./resolver/patch.js";
import { findResolverFiles } from "./resolver/scan.js";
import { decodeSource, readSource } from "./source-text.js";

/** Where patches go. */
export interface PatchPlace extends Pick<ResolverWish, "names"> {
  /** The firmware project's folder. */
  root: string;
  /** Files and folders that the search leaves out, such as the output folder. */
  ignore?: string[];
}

export interface PatchRequest extends PatchPlace, ResolverWish {}

/** One source file before and after; equal bytes mean that nothing is to be done. */
export interface PatchedFile {
  /** Relative to the root, with "/" between folders. */
  path: string;
  before: Uint8Array;
  after: Uint8Array;
}

/** The answer for `dtmm patch --check`. */
export interface PatchStatus {
  upToDate: boolean;
  files: { path: string; upToDate: boolean }[];
}

/** What is to be written, and what the user should know besides. */
export interface PatchPlan {
  files: PatchedFile[];
  notes: string[];
}

/**
 * Works out the patch of the project's op resolver without touching the disk.
 *
 * @throws RESOLVER_NOT_PATCHABLE with the lines to add by hand; RESOLVER_AMBIGUOUS if several resolvers qualify;
 *   PATCH_EDITED if an earlier patch was changed by hand; SOURCE_UNREADABLE
 */
export async function planPatch(request: PatchRequest): Promise<PatchPlan> {
  const { root, names = [], ignore } = request;
  const found = await findResolverFiles(root, { ignore });
  const paths = [...new Set([...found, ...names.map(({ file }) => file)])];
  const sources = await Promise.all(paths.map((path) => readFirmwareSource(root, path)));
  const patch = await planResolverPatch(sources, request);
  if (patch.kind === "several") throw dtmmError("RESOLVER_AMBIGUOUS", patch);
  if (patch.kind === "manual") {
    const isNowhere = paths.length === 0;
    const reason = isNowhere ? "no source mentions MicroMutableOpResolver or AllOpsResolver" : patch.reason;
    throw dtmmError("RESOLVER_NOT_PATCHABLE", { ...patch, reason, path: patch.path ?? root });
  }
  const files = patch.sources.map(({ path, text }) => {
    const { before, encode } = sources.find((source) => source.path === path)!;
    return { path, before, after: encode(text) };
  });
  return { files, notes: patch.notes };
}

/** Whether the project's op resolver holds exactly what `planPatch` would write; errors as there. */
export async function patchStatus(request: PatchRequest): Promise<PatchStatus> {
  const plan = await planPatch(request);
  const files = plan.files.map(({ path, before, after }) => ({
    path,
    upToDate: Buffer.compare(before, after) === 0,
  }));
  return { upToDate: files.every((file) => file.upToDate), files };
}

/**
 * Works out how every source below `root` looks without dtmm's patch; unpatched sources are not listed.
 *
 * @throws PATCH_EDITED if a patch was changed by hand; SOURCE_UNREADABLE
 */
export async function unpatch({ root, names = [], ignore }: PatchPlace): Promise<PatchedFile[]> {
  const mentions = ["dtmm:begin", "dtmm:was", "dtmm:drop"];
  const named = names.map(({ file }) => file);
  const paths = named.length > 0 ? named : await findResolverFiles(root, { ignore, mentions });
  const files: PatchedFile[] = [];
  for (const path of paths) {
    const before = await readSource(join(root, path), path);
    const after = unpatchBytes(before, path);
    if (Buffer.compare(before, after) !== 0) files.push({ path, before, after });
  }
  return files;
}

/** A source's bytes without dtmm's patch. */
export function unpatchBytes(bytes: Uint8Array, path: string): Uint8Array {
  const source = decodeSource(bytes);
  return source.encode(removeResolverPatch(source.text, path));
}

async function readFirmwareSource(root: string, path: string) {
  const before = await readSource(join(root, path), path);
  const { text, encode } = decodeSource(before);
  return { path, before, text, encode };
}
