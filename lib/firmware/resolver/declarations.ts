import type { Node } from "web-tree-sitter";
import { classAround, contains, enclosing, fileOf, nodesOfType, type ParsedFile } from "./parse.js";
import {
  derivedResolvers,
  isTemplateParameter,
  type ResolverType,
  type ResolverTypes,
} from "./resolver-type.js";

/** A name that stands for an op resolver. */
export interface Declaration {
  name: string;
  type: ResolverType;
  /** The whole declaration statement, member, parameter, function or class. */
  node: Node;
  /** A `function` returns the resolver, a `class` derives from it. */
  place: "variable" | "member" | "parameter" | "function" | "class";
  /** True if this declaration makes the object, false for references, pointers and `extern`. */
  isObject: boolean;
  isConst: boolean;
  /** Where the name can be seen; a member's name is looked up everywhere. */
  scope: Node;
  /** The class that a member belongs to. */
  owner?: string;
}

const scopeTypes = [
  "compound_statement",
  "for_statement",
  "for_range_loop",
  "if_statement",
  "declaration_list",
  "field_declaration_list",
  "translation_unit",
];
/** The type of a parameter that takes anything. */
export const anyType: ResolverType = { kind: "mutable", sizes: [] };
const functionTypes = ["function_definition", "lambda_expression"];
/** Files that other sources see as part of themselves; Arduino joins all .ino files of a sketch. */
const sharedFile = /\.(h|hh|hpp|hxx|ino)$/i;

/** Every variable, member, parameter, function and class below `root` that is, or gives, an op resolver. */
export function resolverDeclarations(root: Node, types: ResolverTypes): Declaration[] {
  const found: Declaration[] = derivedResolvers(root, types).map(({ node, type }) => ({
    ...{ name: node.childForFieldName("name")?.text ?? "", type, node, place: "class" },
    ...{ isObject: true, isConst: false, scope: root },
  }));
  const statements = nodesOfType(
    root,
    "declaration",
    "field_declaration",
    "parameter_declaration",
    "optional_parameter_declaration",
    "function_definition",
  );
  for (const node of statements) {
    for (const declarator of node.childrenForFieldName("declarator")) {
      if (declarator === null) continue;
      const type = declaredType(node, declarator, types);
      const named = type && nameOf(declarator);
      if (!type || !named) continue;
      const place = placeOf(node, declarator);
      const scope = place === "parameter" ? enclosing(node, functionTypes) : enclosing(node, scopeTypes);
      if (!scope) continue;
      const isValue = place !== "parameter" && place !== "function";
      const words = node.namedChildren.map((child) => child?.text);
      found.push({
        name: named.name,
        type,
        node,
        place,
        isObject: isValue && !named.indirect && !words.includes("extern"),
        isConst: words.includes("const"),
        scope,
        owner: place === "member" ? classAround(node) : undefined,
      });
    }
  }
  return found;
}

/**
 * The declaration that `name` at `use` refers to. In its own file the innermost scope that holds it counts, members
 * last, since a member function may be defined far from its class; then come the headers.
 */
export function lookUp(
  declarations: readonly Declaration[],
  files: readonly ParsedFile[],
  name: string,
  use: Node,
): Declaration | undefined {
  const named = declarations.filter((declaration) => declaration.name === name);
  const visible = named
    .filter((declaration) => declaration.place !== "member" && contains(declaration.scope, use))
    .filter((declaration) => declaration.node.startIndex <= use.startIndex)
    // Of two in one scope, as in the branches of an `#if`, the nearer one.
    .sort((a, b) => extent(a.scope) - extent(b.scope) || b.node.startIndex - a.node.startIndex);
  if (visible[0]) return visible[0];
  const members = named.filter(({ place }) => place === "member");
  const owner = classAround(use);
  const own = members.filter((member) => member.node.tree === use.tree);
  return (
    only(members.filter((member) => owner !== undefined && member.owner === owner)) ??
    only(own) ??
    only(named.filter(({ node }) => node.tree !== use.tree && isShared(node, files)))
  );
}

/** Whether the declaration stands outside of all functions and classes, so that its name means one thing. */
export function isGlobal({ place, scope }: Declaration): boolean {
  return place === "variable" && ["translation_unit", "declaration_list"].includes(scope.type);
}

function isShared(node: Node, files: readonly ParsedFile[]): boolean {
  return sharedFile.test(fileOf(files, node).path) && !(node.parent && enclosing(node.parent, functionTypes));
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

function extent(node: Node): number {
  return node.endIndex - node.startIndex;
}

function placeOf(node: Node, declarator: Node): Declaration["place"] {
  const [called] = nodesOfType(declarator, "function_declarator");
  // With arguments, `Resolver ops(reporter);` reads like a function as well, and is an object.
  if (called?.childForFieldName("parameters")?.namedChildCount === 0) return "function";
  if (node.type === "field_declaration") return "member";
  if (node.type === "function_definition") return "function";
  return node.type === "declaration" ? "variable" : "parameter";
}

/** The written type or, behind `auto`, the one that the initial value names (`new T`, `std::make_unique<T>()`). */
function declaredType(node: Node, declarator: Node, types: ResolverTypes): ResolverType | undefined {
  const written = node.childForFieldName("type");
  if (isAnyType(node, written)) return anyType;
  if (written?.type !== "placeholder_type_specifier") return types.of(written);
  const value = declarator.childForFieldName("value");
  if (value?.type === "new_expression") return types.of(value.childForFieldName("type"));
  if (value?.type === "call_expression") return types.of(value.childForFieldName("function"));
  return undefined;
}

/** A parameter that may be anything: `auto& ops`, or `Ops& ops` of a template; what it is called with says what it is. */
function isAnyType(node: Node, type: Node | null): boolean {
  if (!node.type.endsWith("parameter_declaration") || type === null) return false;
  return type.type === "placeholder_type_specifier" || isTemplateParameter(type);
}

/** Follows pointers, references, arrays and initialisers down to the declared identifier. */
function nameOf(declarator: Node): { name: string; indirect: boolean } | undefined {
  let indirect = false;
  let at: Node | null = declarator;
  while (at && at.type !== "identifier" && at.type !== "field_identifier") {
    if (at.type === "pointer_declarator" || at.type === "reference_declarator") indirect = true;
    at = at.childForFieldName("declarator") ?? at.childForFieldName("name") ?? at.namedChild(0);
  }
  return at ? { name: at.text, indirect } : undefined;
}
