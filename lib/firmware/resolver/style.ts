import type { Node } from "web-tree-sitter";
import type { AddCall } from "./find.js";
import { contains, enclosing, nodesOfType } from "./parse.js";

/** How the neighbours of the new registration deal with its status. */
export interface Style {
  /** The statement after which the neighbour's error handling is complete. */
  last: Node;
  /** True if the statement may use local names or leave a loop, so that it makes sense only in the same block. */
  isLocal: boolean;
  /** One statement, without indentation and in lines, around a call such as `resolver.AddCustom(a, b)`. */
  render(call: string, label: string): string[];
}

export type StyleResult = { style: Style } | { reason: string; at: Node };

interface Edit {
  start: number;
  end: number;
  text: string;
}

const statementTypes = [
  "expression_statement",
  "declaration",
  "if_statement",
  "return_statement",
  "while_statement",
  "do_statement",
  "for_statement",
  "switch_statement",
];

/** The smallest statement around a call. */
export function statementOf(call: Node): Node | undefined {
  return enclosing(call, statementTypes);
}

/** Style for code that has no `Add` call to imitate: the status is not looked at. */
export function plainStyle(last: Node): Style {
  return { last, isLocal: false, render: (call) => [`${call};`] };
}

/**
 * Reads the error handling around the last `Add` call and turns it into a template: plain statements, casts to void,
 * macros such as TF_LITE_ENSURE_STATUS, `if (... != kTfLiteOk)` and statuses that the next statement checks.
 *
 * @param calls the resolver's calls in source order
 */
export function styleOf(calls: readonly AddCall[]): StyleResult {
  const last = calls.at(-1)!;
  const statement = statementOf(last.call);
  if (!statement) return { reason: "the last Add call is not inside a statement", at: last.call };
  switch (statement.type) {
    case "if_statement":
      return ifStyle(statement, last, calls);
    case "return_statement":
      return { style: returnStyle(statement, last, calls) };
    case "declaration":
      return { style: checkedLater(statement, last) ?? plainStyle(statement) };
    case "expression_statement":
      if (callsIn(statement, calls) > 1) return { style: plainStyle(statement) };
      return { style: checkedLater(statement, last) ?? copyOf(statement, last, []) };
    default:
      return { style: plainStyle(statement) };
  }
}

/** How many of the calls stand inside of a node. */
export function callsIn(node: Node, calls: readonly AddCall[]): number {
  return calls.filter((call) => contains(node, call.call)).length;
}

/** `if (r.AddA() != kTfLiteOk || r.AddB() != kTfLiteOk) { return; }`: one operand of the condition, the same body. */
function ifStyle(statement: Node, last: AddCall, calls: readonly AddCall[]): StyleResult {
  const value = statement.childForFieldName("condition")?.childForFieldName("value");
  const body = statement.childForFieldName("consequence");
  if (!value || !body || !contains(value, last.call)) return { style: plainStyle(statement) };
  if (statement.childForFieldName("alternative")) {
    return { reason: "the if around the last Add call has an else branch", at: statement };
  }
  const operand = operandOf(last.call);
  if (isSuccess(operand)) {
    return { reason: "what follows the last Add call runs inside the branch of its success", at: statement };
  }
  if (callsIn(body, calls) > 0)
    return { reason: "Add calls stand inside the branch of another one's failure", at: statement };
  const keep: Edit[] = [
    { start: value.startIndex, end: operand.startIndex, text: "" },
    { start: operand.endIndex, end: value.endIndex, text: "" },
  ];
  return { style: copyOf(statement, last, keep) };
}

/** The operand of `||` and `&&` that holds the call. */
export function operandOf(call: Node): Node {
  let operand = call;
  while (operand.parent && operand.parent.type !== "condition_clause") {
    const operator = operand.parent.childForFieldName("operator")?.text;
    if (operator === "||" || operator === "&&") break;
    operand = operand.parent;
  }
  return operand;
}

/** True for `call == kTfLiteOk` and `!call` (kTfLiteOk is 0). */
export function isSuccess(operand: Node): boolean {
  const operator = operand.childForFieldName("operator")?.text;
  if (operator === "!") return true;
  const sides = [operand.childForFieldName("left")?.text, operand.childForFieldName("right")?.text];
  return operator === "==" && sides.some((side) => side?.endsWith("kTfLiteOk"));
}

/** `return r.AddSoftmax();` ends the function: the new statement goes before it and leaves early on failure. */
function returnStyle(statement: Node, last: AddCall, calls: readonly AddCall[]): Style {
  const earlier = calls.filter((call) => statementOf(call.call)?.type !== "return_statement");
  if (earlier.length > 0) {
    const imitated = styleOf(earlier);
    if ("style" in imitated) return { ...imitated.style, last: statement };
  }
  const failure = statement.namedChild(0)?.equals(last.call) ? "kTfLiteError" : "false";
  const render = (call: string) => [`if (${call} != kTfLiteOk) return ${failure};`];
  return { last: statement, isLocal: true, render };
}

/** `status = r.AddX();` and then `if (status != kTfLiteOk) ...`: the same two statements again. */
function checkedLater(statement: Node, last: AddCall): Style | undefined {
  const holder = enclosing(last.call, ["init_declarator", "assignment_expression"]);
  if (!holder || !contains(statement, holder)) return undefined;
  if (statement.namedChildren.some((child) => child?.text === "const")) return undefined;
  const name = (holder.childForFieldName("declarator") ?? holder.childForFieldName("left"))?.text;
  let next = statement.nextNamedSibling;
  while (next?.type === "comment") next = next.nextNamedSibling;
  const condition = next?.type === "if_statement" ? next.childForFieldName("condition") : undefined;
  if (!next || !condition || next.childForFieldName("alternative")) return undefined;
  const use = nodesOfType(condition, "identifier").find((node) => node.text === name);
  if (!use || isSuccess(operandOf(use))) return undefined;
  const check = copyWith(next, undefined, last.method, []);
  return {
    ...check,
    isLocal: true,
    render: (call, label) => [`${name} = ${call};`, ...check.render(call, label)],
  };
}

function copyOf(statement: Node, last: AddCall, edits: Edit[]): Style {
  return copyWith(statement, last.call, last.method, edits);
}

/** The text of `statement` with the new call for `replaced` and with strings that name the neighbour's op renamed. */
function copyWith(statement: Node, replaced: Node | undefined, method: string, edits: Edit[]): Style {
  return {
    last: statement,
    isLocal: statement.type === "if_statement",
    render(call, label) {
      const all = [...edits];
      if (replaced) all.push({ start: replaced.startIndex, end: replaced.endIndex, text: call });
      for (const string of nodesOfType(statement, "string_content")) {
        const inside = all.some((edit) => edit.start <= string.startIndex && string.endIndex <= edit.end);
        if (inside) continue;
        all.push({
          start: string.startIndex,
          end: string.endIndex,
          text: renameOp(string.text, method, label),
        });
      }
      return unindent(withEdits(statement, all), statement.startPosition.column);
    },
  };
}

/** "AddSoftmax failed" becomes "AddCustom failed", "Softmax failed" becomes "FilterletConv2D failed". */
function renameOp(text: string, method: string, label: string): string {
  return text.split(method).join("AddCustom").split(method.slice("Add".length)).join(label);
}

function withEdits(node: Node, edits: Edit[]): string {
  let text = "";
  let from = node.startIndex;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    text += node.text.slice(from - node.startIndex, edit.start - node.startIndex) + edit.text;
    from = edit.end;
  }
  return text + node.text.slice(from - node.startIndex);
}

/** Lines of a statement, without the indentation that its first line had in its old place. */
function unindent(text: string, column: number): string[] {
  const indent = new RegExp(`^[ \\t]{0,${column}}`);
  return text.split(/\r?\n/).map((line, index) => (index === 0 ? line : line.replace(indent, "")));
}
