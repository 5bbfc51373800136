import { dtmmError } from "../errors/index.js";
import { checkIndex, type Fail } from "./check-index.js";
import { checkOperators } from "./check-operators.js";
import { checkTensors } from "./check-tensors.js";
import { builtinCode } from "./graph.js";
import type { Model, SubGraph } from "./model.js";
import { BuiltinOperator, schemaVersion } from "./schema.js";

/** TFLM reads this metadata as a table of arena offsets, one per tensor, behind three words of header. */
const memoryPlanMetadata = "OfflineMemoryAllocation";

/**
 * The semantic check that a file's structure cannot give: every index points at something, buffers hold what shapes
 * promise, quantisation arrays have their lengths, operators run in order and on shapes that fit.
 *
 * TFLM follows most of these without a look; a model that passes here is one that it can at worst refuse.
 *
 * @param name what to call the model in an error, usually its path
 * @throws DtmmError MODEL_INVALID with the path of the field
 */
export function checkModel(model: Model, name = "the model"): void {
  const fail: Fail = (field, problem) => {
    throw dtmmError("MODEL_INVALID", { model: name, field, problem });
  };
  if (model.version !== schemaVersion) fail("version", `is ${model.version}, TFLM needs ${schemaVersion}`);
  checkBuffers(model, fail);
  checkOperatorCodes(model, fail);
  checkMetadata(model, fail);
  checkSignatures(model, fail);
  if (model.subgraphs.length === 0) fail("subgraphs", "is empty");
  model.subgraphs.forEach((graph, index) => {
    const field = `subgraphs[${index}]`;
    checkTensors(model, graph, field, fail);
    checkOperators(model, graph, field, fail);
  });
}

function checkBuffers(model: Model, fail: Fail): void {
  if (model.buffers[0] === undefined) fail("buffers", "is empty: the first buffer must be the empty one");
  if (model.buffers[0]?.data?.length) fail("buffers[0]", "holds data, but stands for tensors without any");
  model.buffers.forEach((buffer, index) => {
    if (buffer.offset > 1n || buffer.size > 1n) {
      fail(`buffers[${index}]`, "keeps its data outside of the schema, which TFLM does not read");
    }
  });
}

function checkOperatorCodes(model: Model, fail: Fail): void {
  model.operatorCodes.forEach((code, index) => {
    const field = `operatorCodes[${index}]`;
    const { builtinCode: current, deprecatedBuiltinCode: legacy } = code;
    if (legacy < 0) fail(`${field}.deprecatedBuiltinCode`, `is ${legacy}`);
    // Trees of 2020 read the older field alone.
    if (current !== 0 && legacy !== Math.min(current, 127)) {
      fail(`${field}.builtinCode`, `is ${current}, but deprecatedBuiltinCode says ${legacy}`);
    }
    const builtin = builtinCode(code);
    if (builtin === BuiltinOperator.PLACEHOLDER_FOR_GREATER_OP_CODES) {
      fail(`${field}.builtinCode`, "is the placeholder for greater operator codes");
    }
    if (builtin === BuiltinOperator.CUSTOM && !code.customCode) fail(`${field}.customCode`, "is absent");
    if (code.version < 1) fail(`${field}.version`, `is ${code.version}`);
  });
}

function checkMetadata(model: Model, fail: Fail): void {
  const { length } = model.buffers;
  model.metadataBuffer?.forEach((buffer, index) => {
    checkIndex(buffer, length, `metadataBuffer[${index}]`, "buffers", fail);
  });
  model.metadata?.forEach((entry, index) => {
    const field = `metadata[${index}]`;
    if (entry.name === undefined) fail(`${field}.name`, "is absent");
    checkIndex(entry.buffer, length, `${field}.buffer`, "buffers", fail);
    if (entry.name === memoryPlanMetadata) checkMemoryPlan(model, entry.buffer, `${field}.buffer`, fail);
  });
}

function checkMemoryPlan(model: Model, buffer: number, field: string, fail: Fail): void {
  const words = (model.buffers[buffer]?.data?.length ?? 0) / 4;
  const tensors = model.subgraphs[0]?.tensors.length ?? 0;
  if (words !== 3 + tensors)
    fail(field, `is an offline memory plan of ${words} words, expected ${3 + tensors}`);
}

function checkSignatures(model: Model, fail: Fail): void {
  model.signatureDefs?.forEach((signature, index) => {
    const field = `signatureDefs[${index}]`;
    checkIndex(signature.subgraphIndex, model.subgraphs.length, `${field}.subgraphIndex`, "subgraphs", fail);
    const tensors = (model.subgraphs[signature.subgraphIndex] as SubGraph).tensors.length;
    for (const side of ["inputs", "outputs"] as const) {
      signature[side]?.forEach(({ tensorIndex }, position) => {
        checkIndex(tensorIndex, tensors, `${field}.${side}[${position}].tensorIndex`, "tensors", fail);
      });
    }
  });
}
