import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { DtmmError, dtmmError } from "./errors/index.js";
import { isModel } from "./firmware/model-array/find.js";
import { isSourceName, modelArrayIn } from "./firmware/model-array/read.js";
import { type FloatEdges, withoutFloatEdges } from "./float-edges.js";
import { isFloatModel } from "./quantise/model.js";
import { checkFinite, checkQuantisable } from "./quantise/operators.js";
import { type WrittenModel, written } from "./runs.js";
import { checkModel } from "./tflite/check.js";
import { constantData, isCustomOperator, mainGraph, opName } from "./tflite/graph.js";
import type { Model, SubGraph, Tensor } from "./tflite/model.js";
import { readModel } from "./tflite/reader.js";
import { enumLabel, TensorType } from "./tflite/schema.js";
import { writeModel } from "./tflite/writer.js";

export interface ImportedModel {
  path: string;
  /** The .tflite file as it was read, what the C array holds, or the float model made of a TF.js one. */
  bytes: Uint8Array;
  /** Of `bytes`, in hexadecimal. */
  sha256: string;
  model: Model;
  /** The file as it was read, where its edges are float32: `model` and `bytes` are what lies between them. */
  file?: WrittenModel & { edges: FloatEdges };
  /** Name of the C array, if the file is a source that holds the model as one. */
  array?: string;
}

export interface ImportOptions {
  /**
   * What the model is for: "prune" wants a dense int8 network with something to prune, "validate" takes a packed one too,
   * "inspect" takes whatever is a valid model.
   */
  purpose?: "prune" | "validate" | "inspect";
  /** Which array holds the model, where the file is a source with several. */
  arrayName?: string;
  /** Takes the dense original of a C array that dtmm replaced. */
  dense?: boolean;
  /** Takes a float model too, which is to be quantised. */
  float?: boolean;
}

/** Prefix of the custom operators that `pack` writes. */
const packedPrefix = "DTMM_";

/** Larger than the flash of any microcontroller, small enough to hold in memory several times. */
const maxFileBytes = 256 * 1024 * 1024;

/** Operators whose second input is a filter. */
const weightedOperators: ReadonlySet<string> = new Set(["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"]);

/**
 * Reads a .tflite file, the C array of one, or a TF.js model by its model.json, and checks that the later stages can work
 * on it.
 *
 * @throws DtmmError with one of the MODEL_, TFJS_ or QUANTISE_ codes; what is checked depends on `purpose`, by default "prune"
 */
export async function importModel(path: string, options: ImportOptions = {}): Promise<ImportedModel> {
  const purpose = options.purpose ?? "prune";
  const { bytes, array } = await readModelOrArray(path, options);
  const model = readModel(bytes, path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const between =
    purpose === "inspect" || model.subgraphs.length !== 1 ? undefined : withoutFloatEdges(model);
  const inner = between?.model ?? model;
  const toQuantise = purpose !== "inspect" && options.float === true && isFloatModel(model);
  if (purpose !== "inspect") {
    checkStructure(model, path);
    checkOperatorSet(model, path, purpose);
    if (toQuantise) checkQuantisable(model, path);
    else checkInt8(inner, path);
  }
  checkModel(model, path);
  if (toQuantise) checkFinite(model, path);
  if (purpose === "prune") checkPrunable(inner, path);
  if (between === undefined) return { path, bytes, sha256, model, array };
  const file = { model, bytes, edges: between.edges };
  return { path, sha256, ...written(inner), file, array };
}

/**
 * The model's bytes, wherever they stand: the file itself, an array in it, the dense model that the array came from, or the
 * model that a TF.js one becomes.
 */
async function readModelOrArray(
  path: string,
  { arrayName, dense }: ImportOptions,
): Promise<{ bytes: Uint8Array; array?: string }> {
  if (path.endsWith(".json")) return { bytes: await tfjsBytes(path) };
  const bytes = await readModelFile(path);
  if (!isSourceName(path) || isModel(bytes)) return { bytes };
  const source = modelArrayIn(bytes, path, arrayName);
  const array = source.array.name;
  if (!dense || source.dense === undefined) return { bytes: source.array.bytes, array };
  const original = await readRegularFile(source.dense).catch((cause: unknown) => {
    throw dtmmError(
      "MODEL_DENSE_MISSING",
      { path, dense: source.dense ?? "", reason: reasonOf(cause) },
      cause,
    );
  });
  return { bytes: original, array };
}

/** TF.js is large and slow to load: only models that need it pay for it. */
async function tfjsBytes(path: string): Promise<Uint8Array> {
  const { tfjsModel } = await import("./tfjs/index.js");
  return writeModel(await tfjsModel(path));
}

/**
 * Reads models of which only the operators matter.
 *
 * @throws DtmmError with one of the MODEL_ codes
 */
export function readModels(paths: readonly string[] = []): Promise<Model[]> {
  return Promise.all(paths.map(async (path) => readModel(await readModelFile(path), path)));
}

async function readModelFile(path: string): Promise<Uint8Array> {
  const bytes = await readRegularFile(path).catch((cause: unknown) => {
    if (cause instanceof DtmmError) throw cause;
    throw dtmmError("MODEL_UNREADABLE", { path, reason: reasonOf(cause) }, cause);
  });
  if (bytes.length === 0) throw dtmmError("MODEL_EMPTY", { path });
  return bytes;
}

async function readRegularFile(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new Error("it is not a regular file");
    if (facts.size > maxFileBytes) {
      throw dtmmError("MODEL_TOO_LARGE", { path, bytes: facts.size, limit: maxFileBytes });
    }
    const bytes = await file.readFile();
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } finally {
    await file.close();
  }
}

/** Node's message without its end, which repeats the path: "ENOENT: no such file or directory". */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replace(/, \w+(?: '.*')?$/, "");
}

/** One subgraph, one input, one output, fixed shapes, batch 1. */
function checkStructure(model: Model, path: string): void {
  if (model.subgraphs.length !== 1) {
    throw dtmmError("MODEL_SUBGRAPHS", { model: path, count: model.subgraphs.length });
  }
  const { inputs, outputs, tensors } = mainGraph(model);
  if (inputs.length !== 1 || outputs.length !== 1) {
    throw dtmmError("MODEL_INPUTS_OUTPUTS", { model: path, inputs: inputs.length, outputs: outputs.length });
  }
  tensors.forEach((tensor, index) => {
    checkFixedShape(tensor, `subgraphs[0].tensors[${index}]`, path);
  });
  const batch = tensors[inputs[0] ?? -1]?.shape[0];
  if (batch !== undefined && batch !== 1) {
    const field = `subgraphs[0].tensors[${inputs[0]}].shape[0], the batch,`;
    throw dtmmError("MODEL_DYNAMIC_SHAPE", { model: path, field, shape: String(batch) });
  }
}

/** Converters note a free batch as -1 in `shapeSignature` and as 1 in `shape`; that one is fine. */
function checkFixedShape(tensor: Tensor, field: string, path: string): void {
  const { shape, shapeSignature = [] } = tensor;
  const dynamic = (dimensions: readonly number[], part: string) => {
    throw dtmmError("MODEL_DYNAMIC_SHAPE", {
      model: path,
      field: `${field}.${part}`,
      shape: `[${dimensions}]`,
    });
  };
  if (shape.some((dimension) => dimension < 1)) dynamic(shape, "shape");
  if (shapeSignature.slice(1).some((dimension) => dimension < 1)) dynamic(shapeSignature, "shapeSignature");
}

function checkOperatorSet(model: Model, path: string, purpose: "prune" | "validate"): void {
  mainGraph(model).operators.forEach((operator, index) => {
    if (!isCustomOperator(model, operator)) return;
    const details = {
      model: path,
      field: `subgraphs[0].operators[${index}]`,
      operator: opName(model, operator),
    };
    if (!details.operator.startsWith(packedPrefix)) throw dtmmError("MODEL_CUSTOM_OPERATOR", details);
    if (purpose === "prune") throw dtmmError("MODEL_ALREADY_PACKED", details);
  });
}

/** Weights first: "not quantised at all" and "quantised, but for its edges" need different advice. */
function checkInt8(model: Model, path: string): void {
  const graph = mainGraph(model);
  for (const { tensor, index, name } of filters(model, graph)) {
    if (tensor.type === TensorType.INT8) continue;
    throw dtmmError("MODEL_NOT_INT8", {
      model: path,
      field: `subgraphs[0].tensors[${index}]`,
      what: `the filter of a ${name}`,
      type: typeName(tensor),
    });
  }
  const edges = [
    ["its input", graph.inputs[0]],
    ["its output", graph.outputs[0]],
  ] as const;
  for (const [what, index = -1] of edges) {
    const tensor = graph.tensors[index];
    if (!tensor || tensor.type === TensorType.INT8) continue;
    const code = filters(model, graph).length > 0 ? "MODEL_EDGE_NOT_INT8" : "MODEL_NOT_INT8";
    throw dtmmError(code, {
      model: path,
      field: `subgraphs[0].tensors[${index}]`,
      what,
      type: typeName(tensor),
    });
  }
}

function filters(model: Model, graph: SubGraph): { tensor: Tensor; index: number; name: string }[] {
  return graph.operators.flatMap((operator) => {
    const name = opName(model, operator);
    const index = operator.inputs[1] ?? -1;
    const tensor = graph.tensors[index];
    return tensor && weightedOperators.has(name) ? [{ tensor, index, name }] : [];
  });
}

/** There is a layer of a kind that is pruned, and every filter and bias stands in the file. */
function checkPrunable(model: Model, path: string): void {
  const graph = mainGraph(model);
  const names = graph.operators.map((operator) => opName(model, operator));
  if (!names.some((name) => name === "CONV_2D" || name === "FULLY_CONNECTED")) {
    throw dtmmError("MODEL_WITHOUT_CONV", {
      model: path,
      operators: [...new Set(names)].join(", ") || "none",
    });
  }
  graph.operators.forEach((operator, index) => {
    const name = names[index] ?? "";
    if (!weightedOperators.has(name)) return;
    const parameters = operator.inputs.slice(1).filter((tensor) => tensor !== -1);
    const isConstant = parameters.every((tensor) => constantData(model, graph.tensors[tensor] as Tensor));
    if (!isConstant) {
      const field = `subgraphs[0].operators[${index}]`;
      throw dtmmError("MODEL_WEIGHTS_NOT_CONSTANT", { model: path, field, operator: name });
    }
  });
}

function typeName(tensor: Tensor): string {
  return enumLabel("TensorType", tensor.type) ?? String(tensor.type);
}
