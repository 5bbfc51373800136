import type { Node } from "web-tree-sitter";
import type { Declaration } from "./declarations.js";
import type { AddCall, FoundResolver } from "./find.js";
import { ancestors, contains, enclosing, nodesOfType } from "./parse.js";
import { plainStyle, type Style, statementOf, styleOf } from "./style.js";

/** Where the registrations go, and in which style. */
export interface Place {
  style: Style;
  statement: Node;
  side: "before" | "after";
  /** How the new calls reach the resolver: `resolver.` */
  receiver: string;
}

export type PlaceResult = { place: Place } | Problem;

/** Why something cannot be done, and the line of code that says so. */
export interface Problem {
  reason: string;
  at?: Node;
}

const functionTypes = ["function_definition", "lambda_expression"];
const conditionalTypes = ["preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif"];

/** Calls, function by function. */
export function callsByFunction(calls: readonly AddCall[]): AddCall[][] {
  const groups: { home: Node | undefined; calls: AddCall[] }[] = [];
  for (const call of calls) {
    const home = enclosing(call.call, functionTypes);
    const group = groups.find((one) => one.home === home || (home && one.home?.equals(home)));
    if (group) group.calls.push(call);
    else groups.push({ home, calls: [call] });
  }
  return groups.map((group) => group.calls);
}

/**
 * The statement next to which one more registration runs whenever the existing ones do: the last `Add` statement, seen
 * from the block that all calls and (if it is local) the resolver's declaration share. So a last call inside an
 * `#ifdef` or a branch does not make the new registration conditional.
 */
export function placeAfterCalls(calls: readonly AddCall[], { declaration }: FoundResolver): PlaceResult {
  const last = calls.at(-1)!;
  const home = enclosing(last.call, functionTypes);
  if (!home) return { reason: "the Add calls stand outside of a function", at: last.call };
  const result = styleOf(calls);
  if ("reason" in result) return result;
  const block = sharedBlock(calls, declaration, home);
  const statement = block?.namedChildren.find((child) => child && contains(child, result.style.last));
  if (!statement) return { reason: "its last Add call cannot be placed", at: last.call };
  const isNested = enclosing(result.style.last, ["compound_statement"])?.equals(statement.parent!) === false;
  const style = result.style.isLocal && isNested ? plainStyle(statement) : result.style;
  if (!returnsFrom(calls)) return { place: place(style, statement, "after", last) };
  if (statement.type === "return_statement") return { place: place(style, statement, "before", last) };
  return {
    reason: `a branch of ${declaration.name}'s registration returns an Add call`,
    at: statement,
  };
}

function place(style: Style, statement: Node, side: Place["side"], last: AddCall): Place {
  return { style, statement, side, receiver: last.receiver };
}

function returnsFrom(calls: readonly AddCall[]): boolean {
  return calls.some((call) => statementOf(call.call)?.type === "return_statement");
}

/** The innermost block that all calls and a local declaration share; `#if` parts count only if the declaration is in one. */
function sharedBlock(calls: readonly AddCall[], declaration: Declaration, home: Node): Node | undefined {
  const body = home.childForFieldName("body");
  const isLocal = contains(home, declaration.node);
  if (isLocal && declaration.place === "parameter") return body ?? undefined;
  const nodes = calls.map((call) => call.call);
  if (isLocal) nodes.push(declaration.node);
  const conditional =
    isLocal ||
    (declaration.node.tree === home.tree &&
      [...ancestors(declaration.node)].some((at) => isConditional(at) && !contains(at, home)));
  for (const at of ancestors(nodes[0]!)) {
    if (!nodes.every((node) => contains(at, node))) continue;
    if (at.type === "compound_statement" && at.parent?.type !== "switch_statement") return at;
    if (conditional && isConditional(at)) return at;
  }
  return undefined;
}

function isConditional(node: Node): boolean {
  return conditionalTypes.includes(node.type);
}

/**
 * AllOpsResolver has no `Add` calls to stand next to. A local one is extended right after its declaration, any other
 * right before the first statement of a function that uses it.
 */
export function placeForAllOps({ declaration }: FoundResolver, root: Node): PlaceResult {
  if (declaration.isConst) return { reason: `${declaration.name} is const`, at: declaration.node };
  if (!declaration.isObject || declaration.place !== "variable") {
    return { reason: `${declaration.name} is not an object of this file`, at: declaration.node };
  }
  const receiver = `${declaration.name}.`;
  const node = declaration.node;
  if (enclosing(node, functionTypes)) {
    return { place: { style: plainStyle(node), statement: node, side: "after", receiver } };
  }
  // `MicroInterpreter interpreter(model, resolver)` reads like a function's declaration, with types in the brackets.
  const use = nodesOfType(root, "identifier", "type_identifier").find(
    (found) => found.text === declaration.name && !contains(node, found) && enclosing(found, functionTypes),
  );
  const statement = use && [...ancestors(use)].find((at) => at.parent?.type === "compound_statement");
  if (!statement) return { reason: `no function of this file uses ${declaration.name}`, at: node };
  return { place: { style: plainStyle(statement), statement, side: "before", receiver } };
}
