import type { Node } from "web-tree-sitter";
import { registers } from "../stock-ops.js";
import { type Declaration, lookUp, resolverDeclarations } from "./declarations.js";
import { classAround, lineOf, loadCpp, nodesOfType, type ParsedFile } from "./parse.js";
import { type ResolverTypes, resolverTypes } from "./resolver-type.js";
import { unite } from "./unite.js";

/** One `resolver.AddX(...)`. */
export interface AddCall {
  call: Node;
  /** How the call reaches the resolver, with its operator: `resolver.`, `this->resolver_->`; empty in a class of its own. */
  receiver: string;
  /** The method, for example `AddConv2D`. */
  method: string;
}

/** An op resolver and what the sources do with it. Its nodes live only as long as the trees. */
export interface FoundResolver {
  /** The name that the calls use; where they use several, the first one. */
  declaration: Declaration;
  /** All names that it goes by. */
  names: string[];
  calls: AddCall[];
  /** Every N that has to change with this resolver's: its own, and those of the references to it. */
  sizes: Node[];
  /** Why N cannot be told, if it cannot. */
  sizeUnknown?: string;
  /** How many objects change with this N; more than one and it can only grow. */
  objects: number;
}

/** What was found in a project: everything that the steps after it look names up in. */
export interface Findings {
  files: readonly ParsedFile[];
  types: ResolverTypes;
  declarations: Declaration[];
  calls: Map<Declaration, AddCall[]>;
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
  return cpp.withTrees([{ path: "", text: source }], (files) =>
    resolversIn(files).map(({ declaration, calls }) => ({
      name: declaration.name,
      kind: declaration.type.kind,
      size: declaration.type.sizes[0]?.text,
      line: lineOf(declaration.node),
      adds: calls.map((call) => call.method),
    })),
  );
}

/** The op resolvers of a project, each with the `Add` calls on it and every N that belongs to it. */
export function resolversIn(files: readonly ParsedFile[]): FoundResolver[] {
  const roots = files.map(({ root }) => root);
  const types = resolverTypes(roots);
  const declarations = roots.flatMap((root) => resolverDeclarations(root, types));
  const calls = new Map<Declaration, AddCall[]>(declarations.map((declaration) => [declaration, []]));
  for (const call of roots.flatMap((root) => nodesOfType(root, "call_expression"))) {
    const found = addCall(call);
    const declaration = found && declarationOf(found, call, declarations, files);
    if (declaration) calls.get(declaration)?.push({ call, receiver: found.text, method: found.method });
  }
  return unite({ files, types, declarations, calls });
}

interface Receiver {
  /** The expression in front of the method; absent in `AddConv2D()`. */
  node?: Node;
  text: string;
  method: string;
}

function addCall(call: Node): Receiver | undefined {
  const target = call.childForFieldName("function");
  if (target?.type === "identifier" && target.text.startsWith("Add")) {
    return { text: "", method: target.text };
  }
  if (target?.type !== "field_expression") return undefined;
  const node = target.childForFieldName("argument");
  const field = target.childForFieldName("field");
  if (!node || !field?.text.startsWith("Add")) return undefined;
  return { node, text: target.text.slice(0, field.startIndex - target.startIndex), method: field.text };
}

function declarationOf(
  { node }: Receiver,
  call: Node,
  declarations: readonly Declaration[],
  files: readonly ParsedFile[],
): Declaration | undefined {
  if (node === undefined || node.type === "this") {
    const owner = classAround(call);
    return declarations.find(({ place, name }) => place === "class" && name === owner);
  }
  const name = receiverName(node);
  return name === undefined ? undefined : lookUp(declarations, files, name, call);
}

/** `resolver`, `this->resolver_`, `app.resolver`, `(*resolver)`, `Resolver()`: the name that the declaration carries. */
function receiverName(receiver: Node): string | undefined {
  switch (receiver.type) {
    case "identifier":
      return receiver.text;
    case "field_expression":
      return receiver.childForFieldName("field")?.text;
    case "call_expression": {
      const called = receiver.childForFieldName("function");
      return called ? receiverName(called) : undefined;
    }
    case "parenthesized_expression":
    case "pointer_expression": {
      const inner = receiver.childForFieldName("argument") ?? receiver.namedChild(0);
      return inner ? receiverName(inner) : undefined;
    }
    default:
      return undefined;
  }
}

/** Whether the call registers the stock operator `op`, by its schema name. */
export function addsOp({ call, method }: AddCall, op: string): boolean {
  return registers(method, call.childForFieldName("arguments")?.namedChild(0)?.text, op);
}
