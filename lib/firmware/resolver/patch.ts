import { removeBlocks } from "./blocks.js";
import {
  chooseResolvers,
  flagFor,
  missingOps,
  placeOf,
  type ResolverName,
  type ResolverPlace,
} from "./choose.js";
import { dropRegistrations, restoreDropped } from "./drop.js";
import { type FoundResolver, resolversIn } from "./find.js";
import { applyEdits, type FileEdit } from "./insert.js";
import { linesByHand } from "./manual.js";
import {
  type CppParser,
  fileOf,
  lineOf,
  loadCpp,
  nodesOfType,
  type ParsedFile,
  type Source,
} from "./parse.js";
import type { Problem } from "./place.js";
import { isRegistered, type Registration, registerEdits } from "./register.js";
import { changedSize, restoreSizes } from "./size.js";

export type { ResolverName, ResolverPlace } from "./choose.js";
export type { Source } from "./parse.js";
export type { Registration } from "./register.js";

/** What a project's op resolver has to hold. */
export interface ResolverWish {
  registrations: readonly Registration[];
  /** The resolvers to patch; when absent, the one that can have run the model. */
  names?: readonly ResolverName[];
  /** Stock operators that the model still has, by their schema names. */
  needs?: readonly string[];
  /** Stock operators that are no longer needed, and whose registrations may go. */
  drop?: readonly string[];
}

export type ProjectPatch =
  | {
      kind: "patched";
      /** The sources that belong to the patch, as they have to be. */
      sources: Source[];
      /** What the user should know besides. */
      notes: string[];
    }
  | {
      kind: "manual";
      path?: string;
      reason: string;
      /** Line in the source without dtmm's patch, counted from 1. */
      line?: number;
      /** What the user has to write, line by line. */
      lines: string[];
    }
  /** Only the user can choose; `flag` is how, for the first of them. */
  | { kind: "several"; resolvers: ResolverPlace[]; flag: string; lines: string[] };

const byteOrderMark = "\uFEFF";

/**
 * Brings the project's op resolver up to date: the includes, one call for each registration next to those of the operator
 * that it stands in for, in the style of its neighbours, and N by as much. Sources that are patched already
 * come out the same.
 *
 * @throws PATCH_EDITED if somebody changed an earlier patch by hand
 */
export async function planResolverPatch(
  sources: readonly Source[],
  wish: ResolverWish,
): Promise<ProjectPatch> {
  const cpp = await loadCpp();
  const clean = sources.map(({ path, text }) => ({ path, text: removeResolverPatch(text, path) }));
  const parsed = clean.map(({ path, text }) => ({
    path,
    text: text.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text,
  }));
  const result = cpp.withTrees(parsed, (files) => patchTrees(files, wish));
  if (result.kind !== "patched") return result;
  for (const source of result.sources) {
    const before = clean.find(({ path }) => path === source.path)!.text;
    if (before.startsWith(byteOrderMark)) source.text = byteOrderMark + source.text;
    if (removeResolverPatch(source.text, source.path) !== before || damages(cpp, before, source.text)) {
      const reason = "the patched text would not be sound C++, or could not be undone";
      return { kind: "manual", path: source.path, reason, lines: linesByHand(wish.registrations) };
    }
  }
  return result;
}

/**
 * Takes every trace of dtmm out of `source`; whatever else was edited since stays.
 *
 * @throws PATCH_EDITED if the patch itself was edited
 */
export function removeResolverPatch(source: string, path: string): string {
  // What stands inside of lines first: the messages count lines in the file as the user sees it.
  return removeBlocks(restoreDropped(restoreSizes(source, path), path), path);
}

function patchTrees(files: readonly ParsedFile[], wish: ResolverWish): ProjectPatch {
  const { registrations, names = [], needs = [] } = wish;
  const found = resolversIn(files);
  const replaced = registrations.map(({ replaces }) => replaces).filter((op) => op !== undefined);
  const choice = chooseResolvers(found, files, { names, needs, replaced });
  if (choice.kind === "several") {
    const resolvers = choice.resolvers.map((resolver) => placeOf(files, resolver));
    return { kind: "several", resolvers, flag: flagFor(resolvers), lines: linesByHand(registrations) };
  }
  if (choice.kind === "none") return manual(files, choice, linesByHand(registrations, choice.closest));
  const edits: FileEdit[] = [];
  const notes = [...choice.notes];
  for (const resolver of choice.resolvers) {
    const wanted = registrations.filter((registration) => !isRegistered(resolver, registration));
    const planned = editsFor(files, resolver, wanted, wish.drop ?? []);
    if ("reason" in planned) {
      const path = placeOf(files, resolver).path;
      return manual(files, { path, ...planned }, linesByHand(wanted, resolver, wish.drop));
    }
    edits.push(...planned.edits);
    const lacks = missingOps(resolver, needs);
    if (lacks.length > 0)
      notes.push(`${resolver.declaration.name} does not register ${lacks.join(", ")}, which the model needs`);
  }
  const conflict = edits.find((one) => edits.some((other) => clash(one, other)));
  if (conflict) {
    const reason = "two of the named resolvers have one N, but need different numbers of slots";
    return { kind: "manual", path: conflict.file.path, reason, lines: linesByHand(registrations) };
  }
  const homes = choice.resolvers.map((resolver) => placeOf(files, resolver).path);
  const changed = files.filter(
    (file) => homes.includes(file.path) || edits.some((edit) => edit.file === file),
  );
  const sources = changed.map((file) => ({
    path: file.path,
    text: applyEdits(file.text, distinct(edits.filter((edit) => edit.file === file))),
  }));
  return { kind: "patched", sources, notes };
}

function editsFor(
  files: readonly ParsedFile[],
  resolver: FoundResolver,
  wanted: readonly Registration[],
  drop: readonly string[],
): { edits: FileEdit[] } | Problem {
  const { declaration, sizeUnknown } = resolver;
  const dropped = dropRegistrations(files, resolver, drop, wanted);
  if ("reason" in dropped) return dropped;
  const added = registerEdits(files, resolver, wanted);
  if ("reason" in added) return added;
  const growth = wanted.length - dropped.freed;
  if (declaration.type.kind === "all-ops" || growth === 0)
    return { edits: [...added.edits, ...dropped.edits] };
  if (sizeUnknown) return { reason: `${declaration.name} ${sizeUnknown}`, at: declaration.node };
  const edits = [...added.edits, ...dropped.edits];
  for (const size of resolver.sizes) {
    const text = changedSize(size.text, growth);
    if (text === undefined) return { reason: "a comment stands inside of N", at: size };
    edits.push({ file: fileOf(files, size), start: size.startIndex, end: size.endIndex, text });
  }
  return { edits };
}

function clash(one: FileEdit, other: FileEdit): boolean {
  const isSamePlace = one.file === other.file && one.start < other.end && other.start < one.end;
  return isSamePlace && one.text !== other.text;
}

/** Two resolvers that were named may share an include or a size. */
function distinct(edits: FileEdit[]): FileEdit[] {
  const key = ({ start, end, text }: FileEdit) => `${start} ${end} ${text}`;
  return [...new Map(edits.map((edit) => [key(edit), edit])).values()];
}

function manual(
  files: readonly ParsedFile[],
  { reason, at, path }: Problem & { path?: string },
  lines: string[],
): ProjectPatch {
  if (at === undefined) return { kind: "manual", path, reason, lines };
  return { kind: "manual", path: fileOf(files, at).path, reason, line: lineOf(at), lines };
}

/** Whether the parser finds more errors in the text after the patch than before. */
function damages(cpp: CppParser, before: string, after: string): boolean {
  const sources = [before, after].map((text) => ({ path: "", text }));
  const [old, patched] = cpp.withTrees(sources, (files) =>
    files.map(({ root }) => nodesOfType(root, "ERROR").length),
  );
  return patched! > old!;
}
