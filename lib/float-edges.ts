/**
 * Float edges of an int8 model: a QUANTIZE behind a float32 input, a DEQUANTIZE before a float32 output, as converters write
 * them by default. All stages work on what lies between; the file that is written gets them back.
 */

import type { TensorFacts } from "./native/addon-types.js";
import type { WrittenModel } from "./runs.js";
import { asInt8, mainGraph, opName, readerCounts } from "./tflite/graph.js";
import type { Model, Operator, SubGraph, Tensor } from "./tflite/model.js";
import { BuiltinOperator, TensorType } from "./tflite/schema.js";
import { writeModel } from "./tflite/writer.js";

/** Which edges are float32. */
export interface FloatEdges {
  input: boolean;
  output: boolean;
}

/** The versions in which an operator goes between int8 and float32. */
const versions = { QUANTIZE: 1, DEQUANTIZE: 2 } as const;

/** Whether an operator is one of the two, from and to the types that make it an edge's. */
function isEdge(model: Model, operator: Operator, name: keyof typeof versions): boolean {
  const { tensors } = mainGraph(model);
  const types = [operator.inputs[0], operator.outputs[0]].map((tensor) => tensors[tensor ?? -1]?.type);
  const { FLOAT32, INT8 } = TensorType;
  const wanted = name === "QUANTIZE" ? [FLOAT32, INT8] : [INT8, FLOAT32];
  return opName(model, operator) === name && types.every((type, i) => type === wanted[i]);
}

/** The graph without some tensors; all others get new numbers. */
function withoutTensors(graph: SubGraph, gone: ReadonlySet<number>): SubGraph {
  let next = 0;
  const places = graph.tensors.map((_, index) => (gone.has(index) ? -1 : next++));
  const moved = (indices: readonly number[]) => indices.map((index) => places[index] ?? index);
  return {
    ...graph,
    tensors: graph.tensors.filter((_, index) => !gone.has(index)),
    inputs: moved(graph.inputs),
    outputs: moved(graph.outputs),
    operators: graph.operators.map((operator) => ({
      ...operator,
      inputs: moved(operator.inputs),
      outputs: moved(operator.outputs),
      ...(operator.intermediates && { intermediates: moved(operator.intermediates) }),
    })),
  };
}

/**
 * The model between its float edges; signatures, which name tensors, are left out.
 *
 * @returns undefined where both edges are something else, or a plan of the arena in the file names tensors
 */
export function withoutFloatEdges(model: Model): { model: Model; edges: FloatEdges } | undefined {
  const graph = mainGraph(model);
  if (model.metadata?.some(({ name }) => name === "OfflineMemoryAllocation")) return undefined;
  const [input = -1, output = -1] = [graph.inputs[0], graph.outputs[0]];
  const counts = readerCounts(graph);
  const first = graph.operators.findIndex(
    (operator) =>
      operator.inputs[0] === input && counts.get(input) === 1 && isEdge(model, operator, "QUANTIZE"),
  );
  const last = graph.operators.findIndex(
    (operator) =>
      operator.outputs[0] === output && !counts.has(output) && isEdge(model, operator, "DEQUANTIZE"),
  );
  if (first < 0 && last < 0) return undefined;
  const gone = new Set([...(first < 0 ? [] : [input]), ...(last < 0 ? [] : [output])]);
  const inner = {
    ...graph,
    inputs: first < 0 ? graph.inputs : graph.operators[first]!.outputs,
    outputs: last < 0 ? graph.outputs : graph.operators[last]!.inputs,
    operators: graph.operators.filter((_, index) => index !== first && index !== last),
  };
  const { signatureDefs: _, ...rest } = model;
  const bare = { ...rest, subgraphs: [withoutTensors(inner, gone), ...model.subgraphs.slice(1)] };
  return { model: bare, edges: { input: first >= 0, output: last >= 0 } };
}

/** An int8 model with float edges: the tensors that are added are the last ones. */
export function withFloatEdges(model: Model, edges: FloatEdges): Model {
  const graph = mainGraph(model);
  const tensors: Tensor[] = [...graph.tensors];
  const operatorCodes = [...model.operatorCodes];
  /** A float32 tensor of the shape of an int8 one. */
  const float = (index: number): number => {
    const { quantization: _, ...plain } = tensors[index]!;
    const name = plain.name === undefined ? {} : { name: `${plain.name}/float` };
    return tensors.push({ ...plain, ...name, type: TensorType.FLOAT32, buffer: 0 }) - 1;
  };
  const operator = (name: keyof typeof versions, from: number, to: number): Operator => {
    const { intermediates: _, builtinOptions: __, customOptions: ___, ...plain } = graph.operators[0]!;
    const builtin = BuiltinOperator[name];
    const code = { builtinCode: builtin, deprecatedBuiltinCode: builtin, version: versions[name] };
    const opcodeIndex = operatorCodes.push(code) - 1;
    return { ...plain, opcodeIndex, inputs: [from], outputs: [to] };
  };
  const [input = -1, output = -1] = [graph.inputs[0], graph.outputs[0]];
  const inputs = edges.input ? [float(input)] : graph.inputs;
  const outputs = edges.output ? [float(output)] : graph.outputs;
  const operators = [
    ...(edges.input ? [operator("QUANTIZE", inputs[0]!, input)] : []),
    ...graph.operators,
    ...(edges.output ? [operator("DEQUANTIZE", output, outputs[0]!)] : []),
  ];
  const changed = { ...graph, tensors, inputs, outputs, operators };
  return { ...model, operatorCodes, subgraphs: [changed, ...model.subgraphs.slice(1)] };
}

/** The file of an int8 model with the edges that it is to have; the model as it is where these are int8. */
export function edged(inner: WrittenModel, edges: FloatEdges | undefined, share: boolean): WrittenModel {
  if (edges === undefined) return inner;
  const model = withFloatEdges(inner.model, edges);
  return { model, bytes: writeModel(model, { share }) };
}

/**
 * Inputs of an int8 model as one with these edges takes them.
 *
 * @param input the int8 model's
 * @returns float32, or the bytes as they are
 */
export function edgedInputs(
  bytes: Uint8Array,
  { scale, zeroPoint }: TensorFacts,
  { input }: FloatEdges,
): Uint8Array {
  if (!input) return bytes;
  return new Uint8Array(Float32Array.from(asInt8(bytes), (value) => (value - zeroPoint) * scale).buffer);
}
