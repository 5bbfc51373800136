import { createRequire } from "node:module";
import { Language, type Node, Parser, type Tree } from "web-tree-sitter";

/** The text of one C++ source. */
export interface Source {
  /** Relative to the project, with "/" between folders. */
  path: string;
  text: string;
}

/** A source with its syntax tree. */
export interface ParsedFile extends Source {
  root: Node;
}

/** A C++ parser that lends out syntax trees for the time of one callback. */
export interface CppParser {
  /**
   * Parses the sources and calls `use` with all of them. Nodes must not outlive the callback: the trees' memory is
   * outside of JavaScript's heap and is released afterwards.
   */
  withTrees<T>(sources: readonly Source[], use: (files: ParsedFile[]) => T): T;
}

let loading: Promise<CppParser> | undefined;

/** Loads tree-sitter and its C++ grammar (WebAssembly, about 60 ms) once per process. */
export function loadCpp(): Promise<CppParser> {
  loading ??= load();
  return loading;
}

async function load(): Promise<CppParser> {
  await Parser.init();
  const grammar = createRequire(import.meta.url).resolve("tree-sitter-cpp/tree-sitter-cpp.wasm");
  const language = await Language.load(grammar);
  return {
    withTrees(sources, use) {
      const parser = new Parser();
      const trees: Tree[] = [];
      try {
        parser.setLanguage(language);
        const files = sources.map((source) => {
          const tree = parser.parse(source.text);
          if (tree === null) throw new Error("tree-sitter gave up on a source without a time limit");
          trees.push(tree);
          return { ...source, root: tree.rootNode };
        });
        return use(files);
      } finally {
        for (const tree of trees) tree.delete();
        parser.delete();
      }
    },
  };
}

/** The node and all nodes around it, innermost first. */
export function* ancestors(node: Node): Generator<Node> {
  for (let at: Node | null = node; at !== null; at = at.parent) yield at;
}

/** The nearest node of one of `types`, `node` itself included. */
export function enclosing(node: Node, types: readonly string[]): Node | undefined {
  for (const at of ancestors(node)) if (types.includes(at.type)) return at;
  return undefined;
}

/** Whether `inner` lies within `outer` (or is it). */
export function contains(outer: Node, inner: Node): boolean {
  if (outer.tree !== inner.tree) return false;
  return outer.startIndex <= inner.startIndex && inner.endIndex <= outer.endIndex;
}

/** All nodes of one of `types` at or below `root`, in the order of the source. */
export function nodesOfType(root: Node, ...types: string[]): Node[] {
  return root.descendantsOfType(types).filter((node): node is Node => node !== null);
}

/** Line of a node for messages, counted from 1. */
export function lineOf(node: Node): number {
  return node.startPosition.row + 1;
}

/** The file that a node stands in. */
export function fileOf(files: readonly ParsedFile[], node: Node): ParsedFile {
  return files.find(({ root }) => root.tree === node.tree)!;
}

/**
 * Name of the class that a node belongs to: the class around it, or the one that the function around it is qualified
 * with, as in `bool Engine::Begin() {}`.
 */
export function classAround(node: Node): string | undefined {
  for (const at of ancestors(node)) {
    if (at.type === "class_specifier" || at.type === "struct_specifier") {
      return at.childForFieldName("name")?.text;
    }
    if (at.type !== "function_definition") continue;
    const [declarator] = at.childForFieldName("declarator")?.descendantsOfType("function_declarator") ?? [];
    const name = (declarator ?? at.childForFieldName("declarator"))?.childForFieldName("declarator");
    if (name?.type === "qualified_identifier") return name.text.split("::").at(-2);
  }
  return undefined;
}
