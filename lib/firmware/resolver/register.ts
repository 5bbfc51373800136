import type { Node } from "web-tree-sitter";
import { type AddCall, addsOp, type FoundResolver } from "./find.js";
import { includedHeaders, includePlace } from "./include.js";
import { blockEdit, type FileEdit, indentAt } from "./insert.js";
import { enclosing, fileOf, type ParsedFile } from "./parse.js";
import { callsByFunction, type Place, type Problem, placeAfterCalls, placeForAllOps } from "./place.js";

/** One custom op that the firmware has to register, as C++ text. */
export interface Registration {
  /** `dtmm::kFilterletConv2DName` */
  customName: string;
  /** `dtmm::RegisterFilterletConv2D()` */
  register: string;
  /** The header with its quotes: `"dtmm_filterlet_conv_2d.h"` */
  include: string;
  /** Schema name of the stock operator that it stands in for: wherever that is registered, it has to be as well. */
  replaces?: string;
}

/** Whether the resolver registers the op already, by hand. */
export function isRegistered({ calls }: FoundResolver, { customName, register }: Registration): boolean {
  return calls.some(({ call, method }) => {
    const given = call.childForFieldName("arguments")?.text ?? "";
    return method === "AddCustom" && (given.includes(customName) || given.includes(register));
  });
}

/** One more call on the resolver: `resolver.AddCustom(name, registration)`. */
export function addCustom(receiver: string, { customName, register }: Registration): string {
  return `${receiver}AddCustom(${customName}, ${register})`;
}

/** The includes and calls that the wanted registrations need, or why there is no place for them. */
export function registerEdits(
  files: readonly ParsedFile[],
  resolver: FoundResolver,
  wanted: readonly Registration[],
): { edits: FileEdit[] } | Problem {
  if (wanted.length === 0) return { edits: [] };
  const groups = resolver.calls.length > 0 ? callsByFunction(resolver.calls) : [[]];
  const placed: { place: Place; here: readonly Registration[] }[] = [];
  for (const group of groups) {
    const here = groups.length === 1 ? wanted : wanted.filter((one) => standsIn(one, group));
    if (here.length === 0) continue;
    const result =
      group.length > 0
        ? placeAfterCalls(group, resolver)
        : placeForAllOps(resolver, fileOf(files, resolver.declaration.node).root);
    if ("reason" in result) return result;
    placed.push({ place: result.place, here });
  }
  if (wanted.some((one) => !placed.some(({ here }) => here.includes(one)))) {
    const reason = "its ops are registered in several functions";
    return { reason, at: resolver.calls.at(-1)!.call };
  }
  const edits = placed.map(({ place, here }) => registerEdit(fileOf(files, place.statement), place, here));
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const inFile = placed.filter(({ place }) => fileOf(files, place.statement) === file);
    const here = wanted.filter((one) => inFile.some((group) => group.here.includes(one)));
    edits.push(
      ...includeEdits(
        file,
        inFile.map(({ place }) => place.statement),
        here,
      ),
    );
  }
  return { edits };
}

/** Whether the calls register the stock operator that the packed one stands in for. */
function standsIn({ replaces }: Registration, calls: readonly AddCall[]): boolean {
  return replaces !== undefined && calls.some((call) => addsOp(call, replaces));
}

/** The headers, above the first of the statements. */
function includeEdits(
  file: ParsedFile,
  statements: readonly Node[],
  wanted: readonly Registration[],
): FileEdit[] {
  const present = includedHeaders(file.root);
  const missing = [...new Set(wanted.map(({ include }) => include))].filter(
    (include) => !present.has(include),
  );
  if (missing.length === 0) return [];
  const limit = Math.min(
    ...statements.map((at) => (enclosing(at, ["function_definition"]) ?? at).startIndex),
  );
  const { index, side } = includePlace(file.root, limit);
  const body = missing.map((include) => `#include ${include}`);
  return [blockEdit(file, index, side, { tag: "include", body, indent: "" })];
}

function registerEdit(file: ParsedFile, place: Place, wanted: readonly Registration[]): FileEdit {
  const { statement, side, receiver, style } = place;
  const body = wanted.flatMap((one) => style.render(addCustom(receiver, one), labelOf(one)));
  const index = side === "after" ? statement.endIndex : statement.startIndex;
  const indent = indentAt(file.text, indentModel(place).startIndex);
  return blockEdit(file, index, side, { tag: "register", body, indent });
}

/** After an #endif the neighbour inside shows the depth, since directives stand at the margin. */
function indentModel({ statement, style }: Place): Node {
  return statement.type.startsWith("preproc") ? style.last : statement;
}

/** `dtmm::kFilterletConv2DName` as a word for log messages: `FilterletConv2D`. */
function labelOf({ customName }: Registration): string {
  return customName.replace(/^.*::k?/, "").replace(/Name$/, "");
}
