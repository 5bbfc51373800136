/**
 * The TFLite schema, version 3 (3d of 2026), as one table of facts. Reader, writer and TypeScript types run on it.
 * Source: `schema.fbs` of tensorflow/tflite-micro.
 *
 * The order of the fields is their order in the file: field n is vtable slot n, a union takes two slots (tag, value).
 * The order of the tables in a union is the order of their tags, from 1. Notation of a field:
 *
 *     "int"        scalar: bool byte ubyte ushort int uint long ulong float, or the name of an enum
 *     "int = 1"    with a default other than 0
 *     "[int]"      vector of a scalar, an enum or a table
 *     "[ubyte] @16" vector whose first element stands at a multiple of 16 bytes in the file
 *     "[Tensor]!"  required: TFLM follows it without a look, so a model without it is refused
 *     "string", or the name of a table or of a union
 *
 * Fields that the schema calls deprecated keep their place: old files carry them and none may get lost.
 */

import { builtinOptions } from "./schema-options.js";
import { builtinOptions2 } from "./schema-options-2.js";

export * from "./schema-enums.js";

/** Bytes per element of each scalar of the notation. */
export const scalarBytes = {
  bool: 1,
  byte: 1,
  ubyte: 1,
  ushort: 2,
  int: 4,
  uint: 4,
  float: 4,
  long: 8,
  ulong: 8,
} as const;

export type ScalarName = keyof typeof scalarBytes;

/** First bytes of the file after the root offset. */
export const fileIdentifier = "TFL3";

/** The only `Model.version` that TFLM accepts. */
export const schemaVersion = 3;

const quantizationDetails = {
  CustomQuantization: { custom: "[ubyte] @16" },
  BlockwiseQuantization: { scales: "int", zeroPoints: "int", blockSize: "int" },
  MultiAxisQuantization: { scales: "int", zeroPoints: "int", blockSize: "int", quantizedDimensions: "[int]" },
} as const;

const sparseIndexVector = {
  Int32Vector: { values: "[int]" },
  Uint16Vector: { values: "[ushort] @4" },
  Uint8Vector: { values: "[ubyte] @4" },
} as const;

/** Every union as its tables, in the order of their tags. */
export const unions = {
  QuantizationDetails: quantizationDetails,
  SparseIndexVector: sparseIndexVector,
  BuiltinOptions: builtinOptions,
  BuiltinOptions2: builtinOptions2,
} as const;

/** Every table as its fields, in the order of their slots. */
export const tables = {
  ...quantizationDetails,
  ...sparseIndexVector,
  ...builtinOptions,
  ...builtinOptions2,
  QuantizationParameters: {
    min: "[float]",
    max: "[float]",
    scale: "[float]",
    zeroPoint: "[long]",
    details: "QuantizationDetails",
    quantizedDimension: "int",
  },
  DimensionMetadata: {
    format: "DimensionType",
    denseSize: "int",
    arraySegments: "SparseIndexVector",
    arrayIndices: "SparseIndexVector",
  },
  SparsityParameters: { traversalOrder: "[int]", blockMap: "[int]", dimMetadata: "[DimensionMetadata]" },
  VariantSubType: { shape: "[int]", type: "TensorType", hasRank: "bool" },
  Tensor: {
    shape: "[int]!",
    type: "TensorType",
    buffer: "uint",
    name: "string",
    quantization: "QuantizationParameters",
    isVariable: "bool",
    sparsity: "SparsityParameters",
    shapeSignature: "[int]",
    hasRank: "bool",
    variantTensors: "[VariantSubType]",
    externalBuffer: "uint",
  },
  OperatorCode: {
    deprecatedBuiltinCode: "byte",
    customCode: "string",
    version: "int = 1",
    builtinCode: "BuiltinOperator",
  },
  Operator: {
    opcodeIndex: "uint",
    inputs: "[int]!",
    outputs: "[int]!",
    builtinOptions: "BuiltinOptions",
    customOptions: "[ubyte]",
    customOptionsFormat: "CustomOptionsFormat",
    mutatingVariableInputs: "[bool]",
    intermediates: "[int]",
    largeCustomOptionsOffset: "ulong",
    largeCustomOptionsSize: "ulong",
    builtinOptions2: "BuiltinOptions2",
    debugMetadataIndex: "int = -1",
  },
  SubGraph: {
    tensors: "[Tensor]!",
    inputs: "[int]!",
    outputs: "[int]!",
    operators: "[Operator]!",
    name: "string",
    debugMetadataIndex: "int = -1",
  },
  Buffer: { data: "[ubyte] @16", offset: "ulong", size: "ulong" },
  ExternalBufferGroup: { name: "string" },
  ExternalBuffer: { id: "uint", group: "uint", offset: "ulong", length: "ulong", packing: "string" },
  Metadata: { name: "string", buffer: "uint" },
  TensorMap: { name: "string", tensorIndex: "uint" },
  SignatureDef: {
    inputs: "[TensorMap]",
    outputs: "[TensorMap]",
    signatureKey: "string",
    deprecatedTag: "string",
    subgraphIndex: "uint",
  },
  Model: {
    version: "uint",
    operatorCodes: "[OperatorCode]!",
    subgraphs: "[SubGraph]!",
    description: "string",
    buffers: "[Buffer]!",
    metadataBuffer: "[int]",
    metadata: "[Metadata]",
    signatureDefs: "[SignatureDef]",
    externalBufferGroups: "[ExternalBufferGroup]",
    externalBuffers: "[ExternalBuffer]",
  },
} as const;

export type TableName = keyof typeof tables;
export type UnionName = keyof typeof unions;
