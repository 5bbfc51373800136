/**
 * The lossless diet: what may leave a .tflite file although TFLM computes the same bytes from it.
 * Steps are listed in `diet-steps.ts`; each is a function from a model value to a smaller one.
 */

import { createHash } from "node:crypto";
import { builtinCode, constantData, isCustomOperator, mainGraph } from "../tflite/graph.js";
import type { Buffer, Model, SubGraph, Tensor } from "../tflite/model.js";
import { writeModel } from "../tflite/writer.js";
import { type DietStep, dietSteps } from "./diet-steps.js";

/** Metadata that the interpreter reads. */
const neededMetadata = new Set(["OfflineMemoryAllocation"]);

function mapTensors(model: Model, change: (tensor: Tensor, index: number, graph: SubGraph) => Tensor): Model {
  const subgraphs = model.subgraphs.map((graph) => ({
    ...graph,
    tensors: graph.tensors.map((tensor, index) => change(tensor, index, graph)),
  }));
  return { ...model, subgraphs };
}

function dropNames(model: Model): Model {
  const {
    description: _,
    signatureDefs: __,
    ...rest
  } = mapTensors(model, ({ name: _, ...tensor }) => tensor);
  return { ...rest, subgraphs: rest.subgraphs.map(({ name: _, ...graph }) => graph) };
}

function dropMinMax(model: Model): Model {
  return mapTensors(model, (tensor) => {
    if (tensor.quantization === undefined) return tensor;
    const { min: _, max: __, ...quantization } = tensor.quantization;
    return { ...tensor, quantization };
  });
}

function dropMetadata(model: Model): Model {
  const { metadata, metadataBuffer: _, ...rest } = model;
  const kept = metadata?.filter((entry) => neededMetadata.has(entry.name ?? ""));
  return kept === undefined || kept.length === 0 ? rest : { ...rest, metadata: kept };
}

/** Constants that only custom operators read: those carry their quantisation in their own options. */
function dropPackedQuantization(model: Model): Model {
  const graph = mainGraph(model);
  const readByBuiltin = new Set<number>([...(graph.inputs ?? []), ...(graph.outputs ?? [])]);
  for (const operator of graph.operators) {
    if (isCustomOperator(model, operator)) continue;
    for (const tensor of operator.inputs) readByBuiltin.add(tensor);
  }
  return mapTensors(model, (tensor, index, inGraph) => {
    const packed =
      inGraph === graph && !readByBuiltin.has(index) && constantData(model, tensor) !== undefined;
    if (!packed) return tensor;
    const { quantization: _, ...plain } = tensor;
    return plain;
  });
}

/**
 * Keeps one buffer of each content, in the order of first use. Buffer 0 stays the empty one that the schema wants, and
 * every tensor without data points at it. Buffers of variable tensors are never merged.
 */
function shareBuffers(model: Model): Model {
  const buffers: Buffer[] = [{ ...model.buffers[0]!, data: undefined }];
  const byContent = new Map<string, number>();
  const place = (index: number, own: boolean): number => {
    const buffer = model.buffers[index]!;
    if (buffer.data === undefined || buffer.data.length === 0) return 0;
    const key = contentKey(buffer.data);
    const found = own ? undefined : byContent.get(key);
    if (found !== undefined) return found;
    buffers.push(buffer);
    if (!own) byContent.set(key, buffers.length - 1);
    return buffers.length - 1;
  };
  const placed = mapTensors(model, (tensor) => ({
    ...tensor,
    buffer: place(tensor.buffer, tensor.isVariable),
  }));
  const metadata = model.metadata?.map((entry) => ({ ...entry, buffer: place(entry.buffer, true) }));
  return { ...placed, buffers, ...(metadata === undefined ? {} : { metadata }) };
}

function contentKey(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}

function shareOpcodes(model: Model): Model {
  const codes: Model["operatorCodes"] = [];
  const byKey = new Map<string, number>();
  const place = (index: number): number => {
    const code = model.operatorCodes[index]!;
    const key = JSON.stringify([builtinCode(code), code.customCode, code.version]);
    const found = byKey.get(key);
    if (found !== undefined) return found;
    byKey.set(key, codes.push(code) - 1);
    return codes.length - 1;
  };
  const subgraphs = model.subgraphs.map((graph) => ({
    ...graph,
    operators: graph.operators.map((op) => ({ ...op, opcodeIndex: place(op.opcodeIndex) })),
  }));
  return { ...model, subgraphs, operatorCodes: codes };
}

const apply: Readonly<Record<DietStep, (model: Model) => Model>> = {
  names: dropNames,
  minmax: dropMinMax,
  metadata: dropMetadata,
  zeropoints: dropPackedQuantization,
  buffers: shareBuffers,
  opcodes: shareOpcodes,
  // Done by the writer, see `diet`.
  sharing: (model) => model,
};

/** A model and its file. */
export interface Slim {
  model: Model;
  bytes: Uint8Array;
}

/** Bytes that a step took off. */
export interface DietSaving {
  step: DietStep;
  bytes: number;
}

/** The model after so many of the steps, in the order in which they run. */
function after(model: Model, steps: readonly DietStep[]): Slim {
  const slim = steps.reduce((fat, step) => apply[step](fat), model);
  return { model: slim, bytes: writeModel(slim, { share: steps.includes("sharing") }) };
}

function inOrder(steps: readonly DietStep[]): DietStep[] {
  return dietSteps.filter((step) => steps.includes(step));
}

/** Puts the model through the given steps and writes it. */
export function diet(model: Model, steps: readonly DietStep[]): Slim {
  return after(model, inOrder(steps));
}

/** What each step of a diet takes off, one behind the other. */
export function dietSavings(model: Model, steps: readonly DietStep[]): DietSaving[] {
  const ordered = inOrder(steps);
  const sizes = [0, ...ordered.keys()].map((_, taken) => after(model, ordered.slice(0, taken)).bytes.length);
  return ordered.map((step, i) => ({ step, bytes: sizes[i]! - sizes[i + 1]! }));
}
