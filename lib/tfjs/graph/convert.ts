/** A loaded graph model, walked from its input to its output. */

import type { GraphModel } from "@tensorflow/tfjs-converter";
import { dtmmError } from "../../errors/index.js";
import { NetworkDraft } from "../draft.js";
import { isObject, type JsonObject } from "../json.js";
import type { Network } from "../network.js";
import { type Attributes, GraphCall, type GraphValue, refuseAll } from "./call.js";
import { graphRules } from "./rules.js";
import { type FileNode, nodesBehind } from "./topology.js";
import { fusedRefusal } from "./weights.js";

/** A node as the converter has mapped it. */
interface MappedNode {
  attrParams: Readonly<Record<string, { value?: unknown }>>;
}

/**
 * The network of a loaded graph model.
 *
 * @throws DtmmError TFJS_UNSUPPORTED with every operation that cannot be imported, and the codes of `layersNetwork`
 */
export function graphNetwork(model: GraphModel, nodes: ReadonlyMap<string, FileNode>, path: string): Network {
  const { inputs, outputs } = model;
  if (inputs.length !== 1 || outputs.length !== 1) {
    throw dtmmError("MODEL_INPUTS_OUTPUTS", { model: path, inputs: inputs.length, outputs: outputs.length });
  }
  const [input, output] = [inputs[0]!, outputs[0]!];
  const mapped = mappedNodes(model);
  const attributesOf = (name: string): Attributes =>
    Object.fromEntries(
      Object.entries(mapped[name]?.attrParams ?? {}).map(([key, { value }]) => [key, value]),
    );
  const used = nodesBehind(output.name, nodes);
  refuseAll(
    path,
    [...used].reverse().flatMap((name) => refusalsOf(nodes.get(name)!, attributesOf(name), input.name)),
  );
  const draft = new NetworkDraft(path);
  const values = new Map<string, GraphValue>();
  values.set(input.name, { node: draft.input(input.name, fixedShape(input, path)) });
  const resultOf = (name: string): GraphValue => {
    const node = nodes.get(name)!;
    if (node.op === "Const") return constantOf(model, name, path);
    const operands = node.inputs.map((read) => {
      if (read.result !== 0) draft.refuse(name, `reads result ${read.result} of ${read.name}`);
      return values.get(read.name)!;
    });
    return graphRules[node.op]!(new GraphCall(draft, path, name, attributesOf(name), operands));
  };
  for (const name of inOrder(output.name, nodes)) if (!values.has(name)) values.set(name, resultOf(name));
  const result = values.get(output.name)!;
  return draft.finish(
    "node" in result ? result.node : draft.refuse(output.name, "does not depend on the input"),
  );
}

/** The converter keeps its graph to itself; its version is pinned in package.json. */
function mappedNodes(model: GraphModel): Readonly<Record<string, MappedNode>> {
  const { executor } = model as unknown as { executor: { graph: { nodes: Record<string, MappedNode> } } };
  return executor.graph.nodes;
}

function refusalsOf(node: FileNode, attributes: Attributes, input: string): string[] {
  const { name, op } = node;
  if (name === input || op === "Const") return [];
  if (!Object.hasOwn(graphRules, op)) return [`${name} (${op})`];
  const format = textOf(node.attributes, "data_format");
  const { transposeA, fusedOps } = attributes;
  const problem =
    format === "NCHW" || format === "NCDHW"
      ? `data_format ${format}, TFLite has channels last`
      : transposeA === true
        ? "transpose_a"
        : fusedRefusal(Array.isArray(fusedOps) ? fusedOps : []);
  return problem === undefined ? [] : [`${name} (${op}: ${problem})`];
}

/** A text among a node's attributes, which stands there as base64. */
function textOf(attributes: JsonObject, key: string): string | undefined {
  const attribute = attributes[key];
  if (!isObject(attribute) || typeof attribute.s !== "string") return undefined;
  return Buffer.from(attribute.s, "base64").toString("latin1");
}

/** `output` and what it depends on, each behind what it reads. */
function inOrder(output: string, nodes: ReadonlyMap<string, FileNode>): Set<string> {
  const done = new Set<string>();
  const waiting = [output];
  while (waiting.length > 0) {
    const next = waiting.at(-1)!;
    const missing = done.has(next) ? [] : nodes.get(next)!.inputs.filter(({ name }) => !done.has(name));
    if (missing.length > 0) {
      waiting.push(...missing.map(({ name }) => name).reverse());
    } else {
      done.add(next);
      waiting.pop();
    }
  }
  return done;
}

function constantOf(model: GraphModel, name: string, path: string): GraphValue {
  const tensor = model.weights[name]?.[0];
  if (!tensor) {
    throw dtmmError("TFJS_WEIGHTS", {
      path,
      what: name,
      problem: "is a constant that the weights do not list",
    });
  }
  return { constant: { shape: tensor.shape, values: tensor.dataSync() } };
}

/** The input's shape with a batch of 1. */
function fixedShape({ name, shape }: GraphModel["inputs"][number], path: string): number[] {
  const [batch, ...rest] = shape ?? [];
  const known = rest.length > 0 && rest.every((size) => Number.isSafeInteger(size) && size > 0);
  if (!known || (batch !== -1 && batch !== 1)) {
    const found = shape === undefined ? "not given" : `[${shape}]`;
    throw dtmmError("MODEL_DYNAMIC_SHAPE", { model: path, field: `the shape of ${name}`, shape: found });
  }
  return [1, ...rest];
}
