import type { Node } from "web-tree-sitter";
import { nodesOfType } from "./parse.js";

/** Where `#include` lines go: right after a line's last character, or before a line's first. */
export interface IncludePlace {
  index: number;
  side: "before" | "after";
}

/**
 * The end of the last `#include` that stands before `limit` and is compiled unconditionally, else of a `#pragma once`, else
 * the start of the first line of code. Includes inside of `#if`, initialisers and namespaces do not count; an include guard does.
 */
export function includePlace(root: Node, limit: number): IncludePlace {
  const guard = root.namedChildren.find((child) => child?.type === "preproc_ifdef" && isGuard(child));
  const includes = [...root.namedChildren, ...(guard?.namedChildren ?? [])]
    .filter((node) => node !== null)
    .filter((node) => node.type === "preproc_include" && node.endIndex <= limit)
    .sort((a, b) => a.startIndex - b.startIndex);
  const path = includes.at(-1)?.childForFieldName("path");
  if (path) return { index: path.endIndex, side: "after" };
  const once = root.namedChildren.find((child) => child?.childForFieldName("argument")?.text === "once");
  if (once) return { index: once.childForFieldName("argument")!.endIndex, side: "after" };
  const code = root.namedChildren.find((child) => child !== null && child.type !== "comment");
  return { index: code?.startIndex ?? 0, side: "before" };
}

/** The header names that the file includes, with their quotes or brackets. */
export function includedHeaders(root: Node): Set<string> {
  const paths = nodesOfType(root, "preproc_include").map((node) => node.childForFieldName("path")?.text);
  return new Set(paths.filter((path): path is string => path !== undefined));
}

function isGuard(node: Node): boolean {
  const name = node.childForFieldName("name")?.text;
  const define = node.namedChildren.find((child) => child?.type === "preproc_def");
  return node.child(0)?.type === "#ifndef" && define?.childForFieldName("name")?.text === name;
}
