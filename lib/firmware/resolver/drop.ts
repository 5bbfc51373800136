import { createHash } from "node:crypto";
import type { Node } from "web-tree-sitter";
import { dtmmError } from "../../errors/index.js";
import { type AddCall, addsOp, type FoundResolver } from "./find.js";
import type { FileEdit } from "./insert.js";
import { ancestors, contains, enclosing, fileOf, type ParsedFile } from "./parse.js";
import { callsByFunction, type Problem } from "./place.js";
import type { Registration } from "./register.js";
import { callsIn, isSuccess, operandOf, statementOf } from "./style.js";

// A dropped registration stays in the source as a comment, so that the file itself knows the way back. A whole statement
// becomes `/*dtmm:drop <hash> resolver.AddConv2D();*/`. Where only the call can go, its success takes its place:
// `if (/*dtmm:drop-call <hash> r.AddConv2D()*/kTfLiteOk != kTfLiteOk || r.AddSoftmax() != kTfLiteOk)`.

const mark = /\/\*dtmm:drop(-call)? ([0-9a-f]{12}) ([\s\S]*?)\*\/(\s*kTfLiteOk\b)?/g;
const success = "kTfLiteOk";
const blockTypes = ["compound_statement", "preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif"];

export interface Drops {
  edits: FileEdit[];
  /** Slots of the resolver that are free for certain. */
  freed: number;
}

/**
 * Takes the registrations of stock operators out of the resolver.
 *
 * @param ops schema names, such as "CONV_2D"
 * @param wanted what is registered at the same time
 * @returns a problem if one of them cannot be turned into a comment
 */
export function dropRegistrations(
  files: readonly ParsedFile[],
  resolver: FoundResolver,
  ops: readonly string[],
  wanted: readonly Registration[],
): Drops | Problem {
  const edits: FileEdit[] = [];
  let freed = 0;
  for (const op of ops) {
    const calls = resolver.calls.filter((call) => addsOp(call, op));
    for (const call of calls) {
      const edit = dropEdit(files, call, resolver.calls);
      if ("reason" in edit) return edit;
      edits.push(edit);
    }
    const isSwapped = wanted.some(({ replaces }) => replaces === op);
    if (freesSlot(calls, resolver, isSwapped)) freed++;
  }
  return { edits, freed };
}

/**
 * Whether every run of the firmware has one slot more without these calls. Where several functions register ops, only if
 * a packed op takes the place of each call, since nobody knows which of the functions run.
 */
function freesSlot(calls: readonly AddCall[], resolver: FoundResolver, isSwapped: boolean): boolean {
  const functions = callsByFunction(calls);
  return (
    resolver.objects === 1 &&
    functions.length > 0 &&
    functions.every((group) => group.length === 1 && alwaysRuns(group[0]!.call)) &&
    (isSwapped || callsByFunction(resolver.calls).length === 1)
  );
}

/**
 * Puts every dropped registration back.
 *
 * @throws PATCH_EDITED if one was changed by hand
 */
export function restoreDropped(text: string, path: string): string {
  return text.replace(mark, (...match) => {
    const [whole, call, hash, dropped, after = "", at] = match as unknown as [
      ...[whole: string, call: string | undefined, hash: string, dropped: string],
      ...[after: string | undefined, at: number],
    ];
    if (hashOf(dropped) === hash && (call === undefined || after !== ""))
      return dropped + (call ? "" : after);
    const line = text.slice(0, at).split("\n").length;
    const what = `the dropped registration "${whole.replace(/\s+/g, " ").slice(0, 60)}" was changed by hand`;
    throw dtmmError("PATCH_EDITED", { path, line, what });
  });
}

function dropEdit(files: readonly ParsedFile[], call: AddCall, all: readonly AddCall[]): FileEdit | Problem {
  const statement = statementOf(call.call);
  const whole =
    statement && isRemovable(statement, call, all) && !hasComment(statement) ? statement : undefined;
  const target = whole ?? call.call;
  if (hasComment(target))
    return { reason: `${call.method} holds a comment, so it cannot be dropped`, at: target };
  const text = whole
    ? `/*dtmm:drop ${hashOf(target.text)} ${target.text}*/`
    : `/*dtmm:drop-call ${hashOf(target.text)} ${target.text}*/${success}`;
  return { file: fileOf(files, target), start: target.startIndex, end: target.endIndex, text };
}

/** Whether nothing is missed when the whole statement goes, its error handling included. */
function isRemovable(statement: Node, { call }: AddCall, all: readonly AddCall[]): boolean {
  if (!blockTypes.includes(statement.parent?.type ?? "") || callsIn(statement, all) !== 1) return false;
  if (statement.type === "if_statement") {
    const condition = statement.childForFieldName("condition");
    const operand = operandOf(call);
    const isAll = operand.parent?.type === "condition_clause" && !isSuccess(operand);
    return Boolean(
      condition && contains(condition, call) && isAll && !statement.childForFieldName("alternative"),
    );
  }
  const expression = statement.type === "expression_statement" ? statement.namedChild(0) : null;
  if (expression?.type === "cast_expression")
    return expression.childForFieldName("value")?.equals(call) === true;
  if (expression?.type !== "call_expression") return false;
  return expression.equals(call) || call.parent?.equals(expression.childForFieldName("arguments")!) === true;
}

/** Whether the call runs whenever its function does: it is in no branch, no loop and no `#if`. */
function alwaysRuns(call: Node): boolean {
  const home = enclosing(call, ["function_definition", "lambda_expression"]);
  for (const at of ancestors(call)) {
    if (home && at.equals(home)) return true;
    const inCondition = at.type === "if_statement" && contains(at.childForFieldName("condition")!, call);
    if (/^(preproc_|else_|while_|for_|do_|switch_|case_)/.test(at.type)) return false;
    if (at.type === "conditional_expression" || (at.type === "if_statement" && !inCondition)) return false;
    if (at.childForFieldName("operator")?.text === "&&") return false;
  }
  return false;
}

function hasComment(node: Node): boolean {
  return node.text.includes("*/") || node.text.includes("/*");
}

/** White space does not count, so that formatters do no harm. */
function hashOf(text: string): string {
  return createHash("sha256").update(text.replace(/\s+/g, " ").trim()).digest("hex").slice(0, 12);
}
