/** The nodes of a graph model as the file has them, held together before TF.js sees them. */

import { dtmmError } from "../../errors/index.js";
import { arrayAt, isObject, type JsonObject, objectAt } from "../json.js";
import { checkLimit } from "../limit.js";

/** Constants are nodes of their own, so there are several nodes to a step. */
const maxNodes = 16384;
const maxInputs = 4 * maxNodes;

/** A node as the file has it. */
export interface FileNode {
  name: string;
  op: string;
  /** Nodes that it reads, by name, and which of their results; what it only waits for is left out. */
  inputs: { name: string; result: number }[];
  attributes: JsonObject;
}

/**
 * The nodes by name.
 *
 * @throws DtmmError TFJS_GRAPH for nodes without names, that read what is not there, or that wait for each other
 */
export function nodesOf(topology: JsonObject, path: string): Map<string, FileNode> {
  const listed = arrayAt(topology, "node");
  const reads = listed.map((node) => (isObject(node) ? arrayAt(node, "input").length : 0));
  checkLimit(path, "number of nodes", listed.length, maxNodes);
  checkLimit(
    path,
    "number of inputs of all nodes",
    reads.reduce((a, b) => a + b, 0),
    maxInputs,
  );
  const nodes = new Map<string, FileNode>();
  for (const [index, node] of listed.entries()) {
    const refuse = (problem: string): never => {
      throw dtmmError("TFJS_GRAPH", { path, place: `node[${index}]`, problem });
    };
    if (!isObject(node)) return refuse("is no object");
    const { name, op } = node;
    if (typeof name !== "string" || name === "" || name === "__proto__") return refuse("has no name");
    if (typeof op !== "string") return refuse(`(${name}) has no op`);
    if (nodes.has(name)) return refuse(`has the name ${name}, as another node has`);
    const names = arrayAt(node, "input");
    const inputs = names
      .filter((input) => !String(input).startsWith("^"))
      .map((input) => resultOf(String(input)));
    nodes.set(name, { name, op, inputs, attributes: objectAt(node, "attr") });
  }
  checkInputs(nodes, path);
  checkEnds(nodes, path);
  return nodes;
}

/** "name" or "name:1"; converters also write "name:output:1". */
function resultOf(input: string): { name: string; result: number } {
  const [name = "", ...rest] = input.split(":");
  return { name, result: Number(rest.at(-1) ?? 0) };
}

function checkInputs(nodes: ReadonlyMap<string, FileNode>, path: string): void {
  for (const { name, inputs } of nodes.values()) {
    const missing = inputs.find((input) => !nodes.has(input.name));
    if (missing) {
      throw dtmmError("TFJS_GRAPH", {
        path,
        place: name,
        problem: `reads ${missing.name}, which does not exist`,
      });
    }
  }
}

/** Takes away nodes that read nothing that is left, until nothing is left; what stays reads itself. */
function checkEnds(nodes: ReadonlyMap<string, FileNode>, path: string): void {
  const readers = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const { name, inputs } of nodes.values()) {
    open.set(name, inputs.length);
    for (const input of inputs) {
      const known = readers.get(input.name);
      if (known) known.push(name);
      else readers.set(input.name, [name]);
    }
  }
  const ready = [...open].filter(([, count]) => count === 0).map(([name]) => name);
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    open.delete(next);
    for (const reader of readers.get(next) ?? []) {
      const left = open.get(reader)! - 1;
      open.set(reader, left);
      if (left === 0) ready.push(reader);
    }
  }
  if (open.size === 0) return;
  const place = [...open.keys()].slice(0, 8).join(", ");
  throw dtmmError("TFJS_GRAPH", { path, place, problem: "wait for each other's results: a cycle" });
}

/** Names of the nodes that the result of `output` depends on, itself included. */
export function nodesBehind(output: string, nodes: ReadonlyMap<string, FileNode>): Set<string> {
  const found = new Set<string>();
  const waiting = [output];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(nodes.get(next)?.inputs ?? []).map(({ name }) => name));
  }
  return found;
}
