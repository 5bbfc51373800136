/** Turns pruned operators of a model value into DTMM's packed ones. */

import type { PrunedLayer } from "../pruned-model.js";
import { replaceData } from "../tflite/edit.js";
import { asInt32, builtinCode, mainGraph } from "../tflite/graph.js";
import type { Buffer, Metadata, Model, Operator, OperatorCode, Tensor } from "../tflite/model.js";
import { BuiltinOperator, TensorType } from "../tflite/schema.js";
import type { PackedParts } from "./packed-parts.js";

/** A layer with its packed form. */
export interface PackedReplacement {
  pruned: PrunedLayer;
  /** Name of the packed operator. */
  op: string;
  parts: PackedParts;
  /** Scratch memory that its kernel may ask for. */
  scratchBytes: number;
}

/** Metadata with which a converter fixes where tensors lie in the arena: [version, subgraph, tensors, offset...]. */
const offlinePlan = "OfflineMemoryAllocation";
const plannedOnline = -1;

/** New tensors are planned by the interpreter itself; the plan must name them all the same. */
function extendOfflinePlan(
  metadata: Metadata[] | undefined,
  buffers: Buffer[],
  tensors: number,
): Metadata[] | undefined {
  return metadata?.map((entry) => {
    const data = buffers[entry.buffer]?.data;
    if (entry.name !== offlinePlan || data === undefined) return entry;
    const [version = 1, subgraph = 0, count = 0, ...offsets] = asInt32(data);
    const added = new Array<number>(Math.max(0, tensors - count)).fill(plannedOnline);
    const plan = Int32Array.from([version, subgraph, tensors, ...offsets, ...added]);
    buffers.push({ ...buffers[entry.buffer]!, data: new Uint8Array(plan.buffer) });
    return { ...entry, buffer: buffers.length - 1 };
  });
}

/** Index of a packed operator's code, added where the model does not have it. */
function packedOpcode(codes: OperatorCode[], op: string): number {
  const isPacked = (code: OperatorCode) =>
    builtinCode(code) === BuiltinOperator.CUSTOM && code.customCode === op;
  const found = codes.findIndex(isPacked);
  if (found >= 0) return found;
  codes.push({
    deprecatedBuiltinCode: BuiltinOperator.CUSTOM,
    builtinCode: BuiltinOperator.CUSTOM,
    customCode: op,
    version: 1,
  });
  return codes.length - 1;
}

/**
 * Adds the workspace as an input of every operator that needs scratch memory. The first of them has it as an output too: a tensor
 * that nothing writes is no activation to TFLM.
 */
function addWorkspace(tensors: Tensor[], operators: Operator[], replacements: PackedReplacement[]): void {
  const users = replacements.filter(({ scratchBytes }) => scratchBytes > 0);
  if (users.length === 0) return;
  const bytes = Math.max(...users.map(({ scratchBytes }) => scratchBytes));
  const {
    quantization: _,
    shapeSignature: __,
    name: ___,
    ...plain
  } = tensors[users[0]!.pruned.layer.inputTensor]!;
  const workspace = tensors.push({ ...plain, shape: [bytes], type: TensorType.INT8, buffer: 0 }) - 1;
  const using = users.map(({ pruned }) => pruned.operator).sort((a, b) => a - b);
  for (const [i, index] of using.entries()) {
    const operator = operators[index]!;
    operators[index] = {
      ...operator,
      inputs: [...operator.inputs, workspace],
      outputs: i === 0 ? [...operator.outputs, workspace] : operator.outputs,
    };
  }
}

/**
 * A copy of the model in which the given layers are packed operators. The filter tensor becomes the packed weights, the
 * bias tensor the records, and one tensor is added for the index (and for the records of a layer without a bias);
 * operators and activations keep their numbers.
 *
 * All of them share a workspace, a tensor that TFLM's planner puts where nothing else is alive between the first and the last:
 * in trees of 2020, scratch memory that operators ask for themselves is persistent and adds up.
 */
export function packOperators(model: Model, replacements: PackedReplacement[]): Model {
  const graph = mainGraph(model);
  const tensors = [...graph.tensors];
  const buffers = [...model.buffers];
  const operatorCodes = [...model.operatorCodes];
  const operators: Operator[] = [...graph.operators];
  const retype = (index: number, type: number, data: Uint8Array) => {
    const { shapeSignature: _, ...tensor } = tensors[index]!;
    tensors[index] = { ...tensor, type, shape: [data.length] };
    replaceData(tensors, buffers, index, data);
  };
  /** Adds a constant beside `beside`; its name follows from that one's. */
  const addConstant = (beside: Tensor, name: string, data: Uint8Array) => {
    const { quantization: _, ...plain } = beside;
    const named = beside.name === undefined ? {} : { name: `${beside.name}/${name}` };
    const index = tensors.push({ ...plain, ...named, buffer: 0 }) - 1;
    retype(index, TensorType.UINT8, data);
    return index;
  };
  for (const { pruned, op, parts } of replacements) {
    const { inputTensor, filterTensor, biasTensor } = pruned.layer;
    const filter = tensors[filterTensor]!;
    const weights = new Uint8Array(parts.weights.buffer, parts.weights.byteOffset, parts.weights.length);
    retype(filterTensor, TensorType.INT8, weights);
    const index = addConstant(filter, "index", parts.index);
    if (biasTensor >= 0) retype(biasTensor, TensorType.UINT8, parts.records);
    const records = biasTensor >= 0 ? biasTensor : addConstant(filter, "records", parts.records);
    const { builtinOptions: _, ...operator } = operators[pruned.operator]!;
    operators[pruned.operator] = {
      ...operator,
      opcodeIndex: packedOpcode(operatorCodes, op),
      inputs: [inputTensor, filterTensor, index, records],
      customOptions: parts.options,
    };
  }
  addWorkspace(tensors, operators, replacements);
  const metadata = extendOfflinePlan(model.metadata, buffers, tensors.length);
  return {
    ...model,
    operatorCodes,
    buffers,
    ...(metadata === undefined ? {} : { metadata }),
    subgraphs: [{ ...graph, tensors, operators }, ...model.subgraphs.slice(1)],
  };
}
