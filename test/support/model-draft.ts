/** A model under construction for `models.ts`: tensors, constants and operators, one at a time. */

import type { BuiltinOptions, Model, QuantizationParameters } from "../../lib/tflite/model.js";
import { BuiltinOperator, TensorType } from "../../lib/tflite/schema.js";
import type { Random } from "./random.js";

/** A tensor on the way through the layers: where it is, and how large its real values are. */
export interface Flow {
  tensor: number;
  shape: readonly number[];
  scale: number;
  zeroPoint: number;
  /** Mean square of the real values: the weights' scales follow it so that nothing saturates or fades. */
  power: number;
}

/** A model under construction. */
export interface Draft {
  model: Model;
  random: Random;
}

/** A model with its empty sentinel buffer and one empty subgraph. */
export function emptyModel(): Model {
  return {
    version: 3,
    description: "made by test/support/models.ts",
    operatorCodes: [],
    subgraphs: [
      { tensors: [], inputs: [], outputs: [], operators: [], name: "main", debugMetadataIndex: -1 },
    ],
    buffers: [{ offset: 0n, size: 0n }],
    metadata: [],
  };
}

/** Adds a tensor that the interpreter computes. `min` and `max` are there as converters leave them. */
export function addActivation(draft: Draft, name: string, flow: Omit<Flow, "tensor">): Flow {
  const { shape, scale, zeroPoint } = flow;
  const min = [Math.fround(scale * (-128 - zeroPoint))];
  const max = [Math.fround(scale * (127 - zeroPoint))];
  const tensor = addTensor(draft, name, TensorType.INT8, shape, 0, {
    min,
    max,
    scale: [Math.fround(scale)],
    zeroPoint: [BigInt(zeroPoint)],
    quantizedDimension: 0,
  });
  return { ...flow, scale: Math.fround(scale), tensor };
}

/** Adds a constant tensor with per-channel scales along `axis`; no scales: not quantised. Returns its index. */
export function addConstant(
  draft: Draft,
  name: string,
  type: number,
  shape: readonly number[],
  data: Uint8Array,
  scales: readonly number[] = [],
  axis = 0,
): number {
  draft.model.buffers.push({ data, offset: 0n, size: 0n });
  const quantization =
    scales.length === 0
      ? undefined
      : { scale: scales.map(Math.fround), zeroPoint: scales.map(() => 0n), quantizedDimension: axis };
  return addTensor(draft, name, type, shape, draft.model.buffers.length - 1, quantization);
}

function addTensor(
  draft: Draft,
  name: string,
  type: number,
  shape: readonly number[],
  buffer: number,
  quantization: QuantizationParameters | undefined,
): number {
  const { tensors } = draft.model.subgraphs[0]!;
  tensors.push({
    name,
    type,
    shape: [...shape],
    buffer,
    quantization,
    isVariable: false,
    hasRank: true,
    externalBuffer: 0,
  });
  return tensors.length - 1;
}

/** Adds an operator, and its operator code where the model does not have it yet; a custom one has a name as well. */
export function addOperator(
  draft: Draft,
  name: keyof typeof BuiltinOperator,
  version: number,
  inputs: number[],
  output: number,
  builtinOptions?: BuiltinOptions,
  customCode?: string,
): void {
  const codes = draft.model.operatorCodes;
  const code = BuiltinOperator[name];
  let opcodeIndex = codes.findIndex((known) => known.builtinCode === code && known.customCode === customCode);
  if (opcodeIndex < 0) {
    codes.push({ builtinCode: code, deprecatedBuiltinCode: Math.min(code, 127), version, customCode });
    opcodeIndex = codes.length - 1;
  }
  draft.model.subgraphs[0]!.operators.push({
    opcodeIndex,
    inputs,
    outputs: [output],
    ...(builtinOptions === undefined ? {} : { builtinOptions }),
    customOptionsFormat: 0,
    largeCustomOptionsOffset: 0n,
    largeCustomOptionsSize: 0n,
    debugMetadataIndex: -1,
  });
}
