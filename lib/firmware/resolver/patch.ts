import type { Node } from "web-tree-sitter";
import { removeBlocks } from "./blocks.js";
import { type FoundResolver, resolversIn } from "./find.js";
import { includedHeaders, includePlace } from "./include.js";
import { applyEdits, blockEdit, indentAt, type TextEdit } from "./insert.js";
import { type CppParser, enclosing, lineOf, loadCpp, nodesOfType } from "./parse.js";
import { type Place, type PlaceResult, placeAfterCalls, placeForAllOps } from "./place.js";
import { grownSize, restoreSizes } from "./size.js";

/** One custom op that the firmware has to register, as C++ text. */
export interface Registration {
  /** `dtmm::kFilterletConv2DName` */
  customName: string;
  /** `dtmm::RegisterFilterletConv2D()` */
  register: string;
  /** The header with its quotes: `"dtmm_filterlet_conv_2d.h"` */
  include: string;
}

export type ResolverPatch =
  | { kind: "patched"; text: string; resolver: string }
  | {
      kind: "manual";
      reason: string;
      /** Line in the source without dtmm's patch, counted from 1. */
      line?: number;
      /** What the user has to write, line by line. */
      lines: string[];
      /** How many resolvers the text declares; 0 says that this is not the file to patch. */
      resolvers: number;
    };

const byteOrderMark = "\uFEFF";

/**
 * Adds `registrations` to the op resolver in `source`: the include, one call each after the last `Add` call in the
 * style of its neighbours, and N raised by their number. A source that is patched already is brought up to date, so
 * that a second run changes nothing.
 *
 * @param path the file's name for messages
 * @throws PATCH_EDITED if somebody changed an earlier patch by hand
 */
export async function planResolverPatch(
  source: string,
  registrations: Registration[],
  path: string,
): Promise<ResolverPatch> {
  const cpp = await loadCpp();
  const clean = removeResolverPatch(source, path);
  const mark = clean.startsWith(byteOrderMark) ? byteOrderMark : "";
  const text = clean.slice(mark.length);
  const result = cpp.withTree(text, (root) => patchTree(root, text, registrations));
  if (result.kind === "manual") return result;
  const patched = mark + result.text;
  if (removeResolverPatch(patched, path) !== clean || damages(cpp, text, result.text)) {
    const reason = "the patched text would not be sound C++, or could not be undone";
    return { kind: "manual", reason, lines: linesByHand(registrations), resolvers: 1 };
  }
  return { ...result, text: patched };
}

/**
 * Takes every trace of dtmm out of `source`; whatever else was edited since stays.
 *
 * @throws PATCH_EDITED if the patch itself was edited
 */
export function removeResolverPatch(source: string, path: string): string {
  // Sizes first: their messages count lines in the file as the user sees it.
  return removeBlocks(restoreSizes(source, path), path);
}

function patchTree(root: Node, text: string, registrations: Registration[]): ResolverPatch {
  const found = resolversIn(root);
  const chosen = choose(found);
  if ("reason" in chosen) {
    const lines = linesByHand(registrations, chosen.closest);
    return { kind: "manual", reason: chosen.reason, line: chosen.line, lines, resolvers: found.length };
  }
  const { resolver } = chosen;
  const name = resolver.declaration.name;
  const missing = registrations.filter((registration) => !isRegistered(resolver, registration));
  if (missing.length === 0) return { kind: "patched", text, resolver: name };
  const located = locate(resolver, root, missing.length);
  if ("reason" in located) {
    const lines = linesByHand(missing, resolver);
    return { kind: "manual", reason: located.reason, line: located.line, lines, resolvers: found.length };
  }
  const edits = [
    ...includeEdits(root, text, located.place, missing),
    ...located.sizes,
    registerEdit(root, text, located.place, missing),
  ];
  return { kind: "patched", text: applyEdits(text, edits), resolver: name };
}

/** The one resolver whose registrations can be extended without guessing. */
function choose(
  found: FoundResolver[],
): { resolver: FoundResolver } | { reason: string; line?: number; closest?: FoundResolver } {
  const active = found.filter(
    (resolver) =>
      resolver.calls.length > 0 ||
      (resolver.declaration.type.kind === "all-ops" && resolver.declaration.isObject),
  );
  const [resolver, other] = active;
  if (resolver && other) {
    const names = active.map(({ declaration }) => `${declaration.name} (line ${lineOf(declaration.node)})`);
    return {
      reason: `it has several op resolvers: ${names.join(", ")}`,
      line: lineOf(other.declaration.node),
    };
  }
  if (resolver) return { resolver };
  const [closest] = found;
  if (closest) {
    const { declaration } = closest;
    const reason = `${declaration.name} has no Add call here that dtmm could go by`;
    return { reason, line: lineOf(declaration.node), closest };
  }
  return { reason: "it declares no MicroMutableOpResolver or AllOpsResolver object" };
}

function isRegistered({ calls }: FoundResolver, { customName, register }: Registration): boolean {
  return calls.some(({ call, method }) => {
    const given = call.childForFieldName("arguments")?.text ?? "";
    return method === "AddCustom" && (given.includes(customName) || given.includes(register));
  });
}

function locate(
  resolver: FoundResolver,
  root: Node,
  count: number,
): { place: Place; sizes: TextEdit[] } | { reason: string; line?: number } {
  const { declaration, sizes } = resolver;
  const isMutable = declaration.type.kind === "mutable";
  if (isMutable && !resolver.sizeIsHere) {
    const reason = `${declaration.name} refers to a resolver whose object is in another file`;
    return { reason, line: lineOf(declaration.node) };
  }
  const result: PlaceResult =
    resolver.calls.length > 0 ? placeAfterCalls(resolver) : placeForAllOps(resolver, root);
  if ("reason" in result) return result;
  const edits: TextEdit[] = [];
  for (const size of sizes) {
    const grown = grownSize(size.text, count);
    if (grown === undefined) return { reason: "a comment stands inside of N", line: lineOf(size) };
    edits.push({ start: size.startIndex, end: size.endIndex, text: grown });
  }
  return { place: result.place, sizes: edits };
}

function includeEdits(root: Node, text: string, place: Place, missing: Registration[]): TextEdit[] {
  const present = includedHeaders(root);
  const wanted = [...new Set(missing.map(({ include }) => include))].filter(
    (include) => !present.has(include),
  );
  if (wanted.length === 0) return [];
  const limit = enclosing(place.statement, ["function_definition"])?.startIndex ?? place.statement.startIndex;
  const { index, side } = includePlace(root, limit);
  const body = wanted.map((include) => `#include ${include}`);
  return [blockEdit(root, text, index, side, { tag: "include", body, indent: "" })];
}

function registerEdit(root: Node, text: string, place: Place, missing: Registration[]): TextEdit {
  const { statement, side, receiver, style } = place;
  const body = missing.flatMap((one) => style.render(addCustom(receiver, one), labelOf(one)));
  const index = side === "after" ? statement.endIndex : statement.startIndex;
  // After an #endif the neighbour inside shows the depth, since directives stand at the margin.
  const model = statement.type.startsWith("preproc") ? style.last : statement;
  const indent = indentAt(text, model.startIndex);
  return blockEdit(root, text, index, side, { tag: "register", body, indent });
}

function addCustom(receiver: string, { customName, register }: Registration): string {
  return `${receiver}AddCustom(${customName}, ${register})`;
}

/** `dtmm::kFilterletConv2DName` as a word for log messages: `FilterletConv2D`. */
function labelOf({ customName }: Registration): string {
  return customName.replace(/^.*::k?/, "").replace(/Name$/, "");
}

/** What to add where dtmm does not dare to, as lines of C++. */
function linesByHand(registrations: Registration[], resolver?: FoundResolver): string[] {
  const receiver = resolver?.calls.at(-1)?.receiver ?? `${resolver?.declaration.name ?? "resolver"}.`;
  const size = resolver?.declaration.type.size?.text ?? "N";
  const includes = new Set(registrations.map(({ include }) => `#include ${include}`));
  const calls = registrations.map((registration) => `${addCustom(receiver, registration)};`);
  const isAllOps = resolver?.declaration.type.kind === "all-ops";
  const slots = registrations.length;
  const growth = isAllOps ? [] : [`MicroMutableOpResolver<${size} + ${slots}>  // N grows by ${slots}`];
  return [...includes, ...growth, ...calls];
}

/** Whether the parser finds more errors in the text after the patch than before. */
function damages(cpp: CppParser, before: string, after: string): boolean {
  const errors = (text: string) => cpp.withTree(text, (root) => nodesOfType(root, "ERROR").length);
  return errors(after) > errors(before);
}
