import { createRequire } from "node:module";
import { Language, type Node, Parser } from "web-tree-sitter";

/** A C++ parser that lends out a syntax tree for the time of one callback. */
export interface CppParser {
  /**
   * Parses `text` and calls `use` with the root node. Nodes must not outlive the callback: the tree's memory
   * is outside of JavaScript's heap and is released afterwards.
   */
  withTree<T>(text: string, use: (root: Node) => T): T;
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
    withTree(text, use) {
      const parser = new Parser();
      try {
        parser.setLanguage(language);
        const tree = parser.parse(text);
        if (tree === null) throw new Error("tree-sitter gave up on a source without a time limit");
        try {
          return use(tree.rootNode);
        } finally {
          tree.delete();
        }
      } finally {
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
