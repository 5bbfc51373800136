import type { Node } from "web-tree-sitter";
import { type Declaration, lookUp, resolverDeclarations } from "./declarations.js";
import { lineOf, loadCpp, nodesOfType } from "./parse.js";
import { resolverTypes } from "./resolver-type.js";

/** One `resolver.AddX(...)`. */
export interface AddCall {
  call: Node;
  /** How the call reaches the resolver, with its operator: `resolver.`, `this->resolver_->`. */
  receiver: string;
  /** The method, for example `AddConv2D`. */
  method: string;
}

/** An op resolver and what a file does with it. Its nodes live only as long as the tree. */
export interface FoundResolver {
  declaration: Declaration;
  calls: AddCall[];
  /** Every N that has to change with this resolver's: its own, and those of the references to it. */
  sizes: Node[];
  /** Whether the object (or the alias that carries its N) stands in this file. */
  sizeIsHere: boolean;
}

/** What a user can be told about an op resolver. */
export interface ResolverSummary {
  name: string;
  kind: "mutable" | "all-ops";
  /** N as it is written; undefined for AllOpsResolver. */
  size?: string;
  /** Line of the declaration, counted from 1. */
  line: number;
  /** Methods called on it, in source order: `AddConv2D`, `AddSoftmax`. */
  adds: string[];
}

/** Lists the op resolvers that the C++ text `source` declares. */
export async function findResolvers(source: string): Promise<ResolverSummary[]> {
  const cpp = await loadCpp();
  return cpp.withTree(source, (root) =>
    resolversIn(root).map(({ declaration, calls }) => ({
      name: declaration.name,
      kind: declaration.type.kind,
      size: declaration.type.size?.text,
      line: lineOf(declaration.node),
      adds: calls.map((call) => call.method),
    })),
  );
}

/** The op resolvers that are declared below `root`, each with its `Add` calls. */
export function resolversIn(root: Node): FoundResolver[] {
  const types = resolverTypes(root);
  const declarations = resolverDeclarations(root, types);
  const calls = new Map<Declaration, AddCall[]>(declarations.map((declaration) => [declaration, []]));
  for (const call of nodesOfType(root, "call_expression")) {
    const method = addCall(call);
    const name = method && receiverName(method.receiver);
    const declaration = name && lookUp(declarations, name, call);
    if (declaration) {
      calls.get(declaration)?.push({ call, receiver: method.receiverText, method: method.name });
    }
  }
  return declarations.map((declaration) => {
    const size = declaration.type.size;
    return {
      declaration,
      calls: calls.get(declaration) ?? [],
      sizes: size ? types.sizes.filter((other) => other.text === size.text) : [],
      sizeIsHere:
        declarations.some((other) => other.isObject && other.type.size?.text === size?.text) ||
        isInAlias(size) ||
        isMadeHere(declaration),
    };
  });
}

function addCall(call: Node): { receiver: Node; receiverText: string; name: string } | undefined {
  const target = call.childForFieldName("function");
  if (target?.type !== "field_expression") return undefined;
  const receiver = target.childForFieldName("argument");
  const field = target.childForFieldName("field");
  if (!receiver || !field?.text.startsWith("Add")) return undefined;
  const receiverText = target.text.slice(0, field.startIndex - target.startIndex);
  return { receiver, receiverText, name: field.text };
}

/** `resolver`, `this->resolver_`, `app.resolver`, `(*resolver)`: the name that the declaration carries. */
function receiverName(receiver: Node): string | undefined {
  switch (receiver.type) {
    case "identifier":
      return receiver.text;
    case "field_expression":
      return receiver.childForFieldName("field")?.text;
    case "parenthesized_expression":
    case "pointer_expression": {
      const inner = receiver.childForFieldName("argument") ?? receiver.namedChild(0);
      return inner ? receiverName(inner) : undefined;
    }
    default:
      return undefined;
  }
}

function isInAlias(size: Node | undefined): boolean {
  for (let at = size ?? null; at !== null; at = at.parent) {
    if (at.type === "alias_declaration" || at.type === "type_definition") return true;
  }
  return false;
}

/** `auto* r = new MicroMutableOpResolver<5>()`: a pointer, but the object comes from this very line. */
function isMadeHere(declaration: Declaration): boolean {
  return nodesOfType(declaration.node, "new_expression").length > 0;
}
