import type { Node } from "web-tree-sitter";
import { contains, enclosing, nodesOfType } from "./parse.js";
import type { ResolverType, ResolverTypes } from "./resolver-type.js";

/** A name that stands for an op resolver. */
export interface Declaration {
  name: string;
  type: ResolverType;
  /** The whole declaration statement, member or parameter. */
  node: Node;
  place: "variable" | "member" | "parameter";
  /** True if this declaration makes the object, false for references, pointers and `extern`. */
  isObject: boolean;
  isConst: boolean;
  /** Where the name can be seen; a member's name is looked up in the whole file. */
  scope: Node;
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
const functionTypes = ["function_definition", "lambda_expression"];

/** Every variable, member and parameter below `root` whose type is an op resolver. */
export function resolverDeclarations(root: Node, types: ResolverTypes): Declaration[] {
  const found: Declaration[] = [];
  const statements = nodesOfType(
    root,
    "declaration",
    "field_declaration",
    "parameter_declaration",
    "optional_parameter_declaration",
  );
  for (const node of statements) {
    for (const declarator of node.childrenForFieldName("declarator")) {
      if (declarator === null) continue;
      const type = declaredType(node, declarator, types);
      const named = type && nameOf(declarator);
      if (!type || !named) continue;
      const place = placeOf(node);
      const scope = place === "parameter" ? enclosing(node, functionTypes) : enclosing(node, scopeTypes);
      if (!scope) continue;
      const words = node.namedChildren.map((child) => child?.text);
      found.push({
        name: named.name,
        type,
        node,
        place,
        isObject: !named.indirect && place !== "parameter" && !words.includes("extern"),
        isConst: words.includes("const"),
        scope,
      });
    }
  }
  return found;
}

/**
 * The declaration that `name` at `use` refers to: the innermost scope that holds it counts, members last, since a
 * member function may be defined far from its class.
 */
export function lookUp(declarations: Declaration[], name: string, use: Node): Declaration | undefined {
  const named = declarations.filter((declaration) => declaration.name === name);
  const visible = named
    .filter((declaration) => declaration.place !== "member" && contains(declaration.scope, use))
    .filter((declaration) => declaration.node.startIndex <= use.startIndex)
    .sort((a, b) => extent(a.scope) - extent(b.scope));
  return visible[0] ?? named.find((declaration) => declaration.place === "member");
}

function extent(node: Node): number {
  return node.endIndex - node.startIndex;
}

function placeOf(node: Node): Declaration["place"] {
  if (node.type === "field_declaration") return "member";
  return node.type === "declaration" ? "variable" : "parameter";
}

/** The written type or, behind `auto`, the one that the initial value names (`new T`, `std::make_unique<T>()`). */
function declaredType(node: Node, declarator: Node, types: ResolverTypes): ResolverType | undefined {
  const written = node.childForFieldName("type");
  if (written?.type !== "placeholder_type_specifier") return types.of(written);
  const value = declarator.childForFieldName("value");
  if (value?.type === "new_expression") return types.of(value.childForFieldName("type"));
  if (value?.type === "call_expression") return types.of(value.childForFieldName("function"));
  return undefined;
}

/** Follows pointers, references, arrays and initialisers down to the declared identifier. */
function nameOf(declarator: Node): { name: string; indirect: boolean } | undefined {
  let indirect = false;
  let at: Node | null = declarator;
  while (at && at.type !== "identifier" && at.type !== "field_identifier") {
    if (at.type === "pointer_declarator" || at.type === "reference_declarator") indirect = true;
    at = at.childForFieldName("declarator") ?? at.namedChild(0);
  }
  return at ? { name: at.text, indirect } : undefined;
}
