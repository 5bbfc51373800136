import type { Node } from "web-tree-sitter";
import { nodesOfType } from "./parse.js";

/** What a C++ type says about the op resolver behind it. */
export interface ResolverType {
  kind: "mutable" | "all-ops";
  /** The template argument N of `MicroMutableOpResolver<N>`. */
  size?: Node;
}

/** The resolver types that one source file spells out. */
export interface ResolverTypes {
  /** The resolver type that a type node means, through qualification, aliases and smart pointers. */
  of(type: Node | null): ResolverType | undefined;
  /** Every N that stands in the file, in source order. */
  sizes: Node[];
}

/** Collects the spellings of `MicroMutableOpResolver<N>` and `AllOpsResolver` and their aliases below `root`. */
export function resolverTypes(root: Node): ResolverTypes {
  const aliases = new Map<string, Node>();
  for (const alias of nodesOfType(root, "alias_declaration", "type_definition")) {
    const target = alias.childForFieldName("type");
    const name = alias.childForFieldName(alias.type === "alias_declaration" ? "name" : "declarator");
    if (target && name?.type === "type_identifier") aliases.set(name.text, target);
  }

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
      case "type_identifier": {
        if (type.text === "AllOpsResolver") return { kind: "all-ops" };
        const target = aliases.get(type.text);
        if (target === undefined || behind.has(type.text)) return undefined;
        return of(target, new Set([...behind, type.text]));
      }
      default:
        return undefined;
    }
  };

  /** `MicroMutableOpResolver<N>` itself, or `std::unique_ptr<...>`, `std::make_unique<...>` and the like around it. */
  const ofTemplate = (type: Node, behind: ReadonlySet<string>): ResolverType | undefined => {
    if (type.childForFieldName("name")?.text === "MicroMutableOpResolver") {
      const size = sizeArgument(type);
      return size && { kind: "mutable", size };
    }
    for (const argument of templateArguments(type)) {
      const found = of(argument, behind);
      if (found) return found;
    }
    return undefined;
  };

  const sizes = nodesOfType(root, "template_type")
    .filter((type) => type.childForFieldName("name")?.text === "MicroMutableOpResolver")
    .map(sizeArgument)
    .filter((size): size is Node => size !== undefined);
  return { of: (type) => of(type), sizes };
}

function sizeArgument(type: Node): Node | undefined {
  return templateArguments(type)[0];
}

function templateArguments(type: Node): Node[] {
  const list = type.childForFieldName("arguments");
  return list
    ? list.namedChildren.filter((node): node is Node => node !== null && node.type !== "comment")
    : [];
}
