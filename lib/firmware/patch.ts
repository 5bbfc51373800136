import { join } from "node:path";
import { dtmmError } from "../errors/index.js";
import {
  planResolverPatch,
  type Registration,
  type ResolverPatch,
  removeResolverPatch,
} from "./resolver/patch.js";
import { findResolverFiles, findSources } from "./resolver/scan.js";
import { decodeSource, readSource } from "./source-text.js";

export interface PatchRequest {
  /** The firmware project's folder. */
  root: string;
  /** The source with the op resolver, relative to `root`; searched for when absent. */
  resolverFile?: string;
  registrations: Registration[];
  /** Files and folders that the search leaves out, such as the output folder. */
  ignore?: string[];
  /** What sources will hold by then, by their path: the patch goes into these bytes. */
  pending?: ReadonlyMap<string, Uint8Array>;
}

/** Files that glue puts blocks into. */
const buildFileName = /^(GNUmakefile|makefile|Makefile|CMakeLists\.txt)$/;

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

interface Candidate {
  file: PatchedFile;
  result: ResolverPatch;
}

/**
 * Works out the patch of the project's op resolver without touching the disk.
 *
 * @throws RESOLVER_NOT_PATCHABLE with the lines to add by hand; RESOLVER_AMBIGUOUS if several files qualify;
 *   PATCH_EDITED if an earlier patch was changed by hand; SOURCE_UNREADABLE
 */
export async function planPatch(request: PatchRequest): Promise<PatchedFile[]> {
  const { root, resolverFile, ignore } = request;
  const paths = resolverFile ? [resolverFile] : await findResolverFiles(root, { ignore });
  const candidates: Candidate[] = [];
  for (const path of paths) candidates.push(await tryFile(path, request));
  const patched = candidates.filter(({ result }) => result.kind === "patched");
  if (patched.length > 1) {
    throw dtmmError("RESOLVER_AMBIGUOUS", { paths: patched.map(({ file }) => file.path) });
  }
  if (patched[0]) return [patched[0].file];
  throw notPatchable(candidates, request);
}

/** Whether the project's op resolver holds exactly what `planPatch` would write; errors as there. */
export async function patchStatus(request: PatchRequest): Promise<PatchStatus> {
  const files = (await planPatch(request)).map(({ path, before, after }) => ({
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
export async function unpatch({
  root,
  resolverFile,
  ignore,
}: Pick<PatchRequest, "root" | "resolverFile" | "ignore">): Promise<PatchedFile[]> {
  const mentions = ["dtmm:begin", "dtmm:was"];
  const builds = await findSources(root, { ignore, mentions, names: buildFileName });
  const sources = resolverFile ? [resolverFile] : await findSources(root, { ignore, mentions });
  const paths = [...sources, ...builds];
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

async function tryFile(path: string, { root, registrations, pending }: PatchRequest): Promise<Candidate> {
  const before = pending?.get(path) ?? (await readSource(join(root, path), path));
  const source = decodeSource(before);
  const result = await planResolverPatch(source.text, registrations, path);
  const after = result.kind === "patched" ? source.encode(result.text) : before;
  return { file: { path, before, after }, result };
}

/** Reports the file that came closest: one that calls `Add` on a resolver, else one that declares a resolver. */
function notPatchable(candidates: Candidate[], { root, registrations }: PatchRequest): Error {
  const manual = candidates.flatMap(({ file, result }) =>
    result.kind === "manual" ? [{ path: file.path, ...result }] : [],
  );
  const [closest] = manual.sort((a, b) => b.resolvers - a.resolvers);
  if (closest) return dtmmError("RESOLVER_NOT_PATCHABLE", closest);
  const includes = registrations.map(({ include }) => `#include ${include}`);
  const calls = registrations.map(
    ({ customName, register }) => `resolver.AddCustom(${customName}, ${register});`,
  );
  const reason = "no source mentions MicroMutableOpResolver or AllOpsResolver";
  return dtmmError("RESOLVER_NOT_PATCHABLE", { path: root, reason, lines: [...includes, ...calls] });
}
