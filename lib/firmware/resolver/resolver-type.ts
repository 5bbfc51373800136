import type { Node } from "web-tree-sitter";
import { ancestors, nodesOfType } from "./parse.js";

/** What a C++ type says about the op resolver behind it. */
export interface ResolverType {
  kind: "mutable" | "all-ops";
  /** The template argument N of `MicroMutableOpResolver<N>`; several where `#if` chooses between aliases. */
  sizes: Node[];
}

/** The resolver types that the sources of a project spell out. */
export interface ResolverTypes {
  /** The resolver type that a type node means, through qualification, aliases, base classes and smart pointers. */
  of(type: Node | null): ResolverType | undefined;
  /** Every N that is written out, file by file in source order. */
  sizes: Node[];
}

const resolverTemplate = "MicroMutableOpResolver";

/** Collects the spellings of `MicroMutableOpResolver<N>` and `AllOpsResolver`, their aliases and classes made of them. */
export function resolverTypes(roots: readonly Node[]): ResolverTypes {
  const names = typeNames(roots);

  const of = (type: Node | null, behind: ReadonlySet<string> = new Set()): ResolverType | undefined => {
    if (type === null) return undefined;
    switch (type.type) {
      case "type_descriptor":
        return of(type.childForFieldName("type"), behind);
      case "qualified_identifier":
        return of(type.childForFieldName("name"), behind);
      case "template_type":
      case "template_function":
        return ofTemplate(type, behind);
      case "identifier":
      case "type_identifier":
        if (type.text === "AllOpsResolver") return { kind: "all-ops", sizes: [] };
        return behind.has(type.text) ? undefined : ofName(type, new Set([...behind, type.text]));
      default:
        return undefined;
    }
  };

  /** What the name stands for in its own file, else in the one other file that defines it. */
  const ofName = (name: Node, behind: ReadonlySet<string>): ResolverType | undefined => {
    const all = names.get(name.text) ?? [];
    const own = all.filter((target) => target.tree === name.tree);
    const targets = own.length > 0 ? own : all;
    if (targets.some((target) => target.tree !== targets[0]!.tree)) return undefined;
    const found = targets.map((target) => of(target, behind)).filter((type) => type !== undefined);
    return found[0] && { kind: found[0].kind, sizes: found.flatMap(({ sizes }) => sizes) };
  };

  /** `MicroMutableOpResolver<N>` itself, or `std::unique_ptr<...>`, `std::make_unique<...>` and the like around it. */
  const ofTemplate = (type: Node, behind: ReadonlySet<string>): ResolverType | undefined => {
    if (type.childForFieldName("name")?.text === resolverTemplate) {
      const [size] = templateArguments(type);
      return size && { kind: "mutable", sizes: [size] };
    }
    for (const argument of templateArguments(type)) {
      const found = of(argument, behind);
      if (found) return found;
    }
    return undefined;
  };

  const sizes = roots
    .flatMap((root) => nodesOfType(root, "template_type"))
    .filter((type) => type.childForFieldName("name")?.text === resolverTemplate)
    .map((type) => templateArguments(type)[0])
    .filter((size): size is Node => size !== undefined);
  return { of: (type) => of(type), sizes };
}

/** Whether a name is the parameter of a template around it, so that the number or the type stands elsewhere. */
export function isTemplateParameter(name: Node): boolean {
  return [...ancestors(name)].some((at) => {
    if (at.type !== "template_declaration") return false;
    const parameters = at.childForFieldName("parameters")?.namedChildren ?? [];
    return parameters.some((parameter) => /\w+$/.exec(parameter?.text ?? "")?.[0] === name.text);
  });
}

/** The classes that derive from an op resolver, with the base that says so. */
export function derivedResolvers(root: Node, types: ResolverTypes): { node: Node; type: ResolverType }[] {
  return nodesOfType(root, "class_specifier", "struct_specifier").flatMap((node) => {
    const type = basesOf(node)
      .map((base) => types.of(base))
      .find((found) => found !== undefined);
    return type ? [{ node, type }] : [];
  });
}

/** What aliases and base classes make of a name. */
function typeNames(roots: readonly Node[]): Map<string, Node[]> {
  const names = new Map<string, Node[]>();
  const add = (name: Node | null, target: Node | null) => {
    if (name?.type === "type_identifier" && target)
      names.set(name.text, [...(names.get(name.text) ?? []), target]);
  };
  for (const root of roots) {
    for (const alias of nodesOfType(root, "alias_declaration"))
      add(alias.childForFieldName("name"), alias.childForFieldName("type"));
    for (const alias of nodesOfType(root, "type_definition"))
      add(alias.childForFieldName("declarator"), alias.childForFieldName("type"));
    for (const node of nodesOfType(root, "class_specifier", "struct_specifier"))
      for (const base of basesOf(node)) add(node.childForFieldName("name"), base);
  }
  return names;
}

function basesOf(node: Node): Node[] {
  const clause = node.namedChildren.find((child) => child?.type === "base_class_clause");
  return (clause?.namedChildren ?? []).filter((child): child is Node => child !== null);
}

function templateArguments(type: Node): Node[] {
  const list = type.childForFieldName("arguments");
  return list
    ? list.namedChildren.filter((node): node is Node => node !== null && node.type !== "comment")
    : [];
}
