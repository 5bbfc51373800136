/**
 * The packed layer format of DTMM's operators, described once. The packer reads this table directly; the C kernels read
 * the header that `generate-header.ts` renders from it. `docs/packed-format.md` is the prose.
 */

import { type BlockGrid, bitmapIndex, type IndexCodec } from "./block-grid.js";
import { csrIndex } from "./csr-index.js";
import { type Field, Struct, sizeBefore } from "./fields.js";
import { patternIndex } from "./pattern-index.js";

/** Order of the packed weights. */
export const layouts = { generic: 0 } as const;

/** Values of TFLite's `Padding` enum. */
export const paddings = { same: 0, valid: 1 } as const;

/** Largest kernel height and width: it bounds the kernel's pointer table on the stack. */
export const maxKernelSize = 11;

/** Most outputs that a block of a fully connected layer spans: it bounds the kernel's accumulators. */
export const maxBlockOutputs = 4;

/** Input slots of every packed operator; the workspace is optional. */
export const inputSlots = { activations: 0, weights: 1, index: 2, records: 3, workspace: 4 } as const;

const header = [
  { name: "version", type: "uint8", doc: "format version" },
  { name: "layout", type: "uint8", doc: "order of the packed weights", max: layouts.generic },
] as const satisfies readonly Field[];

const quantisation = [
  { name: "inputZeroPoint", type: "int8", doc: "input value that stands for real 0, also in the padding" },
  { name: "outputZeroPoint", type: "int8", doc: "output value that stands for real 0" },
  { name: "activationMin", type: "int8", doc: "smallest output of the fused activation" },
  { name: "activationMax", type: "int8", doc: "largest output of the fused activation" },
] as const satisfies readonly Field[];

const convFields = [
  ...header,
  { name: "inputChannels", type: "uint16", doc: "channels of the input", min: 1 },
  { name: "outputChannels", type: "uint16", doc: "channels of the output, number of filters", min: 1 },
  { name: "blockChannels", type: "uint16", doc: "input channels of one block, at most all", min: 1 },
  { name: "kernelHeight", type: "uint8", doc: "kernel rows", min: 1, max: maxKernelSize },
  { name: "kernelWidth", type: "uint8", doc: "kernel columns", min: 1, max: maxKernelSize },
  { name: "strideHeight", type: "uint8", doc: "input rows from one output row to the next", min: 1 },
  { name: "strideWidth", type: "uint8", doc: "input columns from one output column to the next", min: 1 },
  { name: "dilationHeight", type: "uint8", doc: "input rows from one kernel row to the next", min: 1 },
  { name: "dilationWidth", type: "uint8", doc: "input columns from one kernel column to the next", min: 1 },
  { name: "padding", type: "uint8", doc: "TFLite Padding: 0 SAME, 1 VALID", max: paddings.valid },
  ...quantisation,
] as const satisfies readonly Field[];

const fullyConnectedFields = [
  ...header,
  { name: "inputs", type: "uint16", doc: "inputs of a row", min: 1 },
  { name: "outputs", type: "uint16", doc: "outputs of a row, number of filters", min: 1 },
  { name: "blockInputs", type: "uint16", doc: "inputs of one block, at most all", min: 1 },
  {
    name: "blockOutputs",
    type: "uint8",
    doc: "outputs of one block, at most all",
    min: 1,
    max: maxBlockOutputs,
  },
  ...quantisation,
] as const satisfies readonly Field[];

/** One packed operator. */
export interface PackedFormat<Name extends string = string> {
  /** Name of the custom operator code. */
  readonly op: string;
  /** Schema name of the stock operator whose layers it packs. */
  readonly replaces: string;
  /** First byte of the options. A reader refuses every version it does not know. */
  readonly version: number;
  /** What the C names of this operator begin with. */
  readonly prefix: string;
  /** The custom options; every field is naturally aligned. */
  readonly options: Struct<Name>;
  /** Shape of the dense weights of a layer with these options. */
  shape(options: Readonly<Record<Name, number>>): number[];
  /** How the index of such a layer cuts them. */
  grid(options: Readonly<Record<Name, number>>): BlockGrid;
  /** How it says which of them are there. */
  index: IndexCodec;
}

type ConvOption = (typeof convFields)[number]["name"];

const convOptions = new Struct(convFields);

function convShape(options: Readonly<Record<ConvOption, number>>): number[] {
  return [options.outputChannels, options.kernelHeight, options.kernelWidth, options.inputChannels];
}

function convGrid(options: Readonly<Record<ConvOption, number>>): BlockGrid {
  return {
    filters: options.outputChannels,
    positions: options.kernelHeight * options.kernelWidth,
    channels: options.inputChannels,
    unit: { filters: 1, channels: options.blockChannels },
  };
}

/** CONV_2D in channel blocks. Version 1 had whole filterlets only. */
export const filterletConv: PackedFormat<ConvOption> = {
  op: "DTMM_FILTERLET_CONV_2D",
  replaces: "CONV_2D",
  version: 2,
  prefix: "filterlet",
  options: convOptions,
  shape: convShape,
  grid: convGrid,
  index: bitmapIndex,
};

/** FULLY_CONNECTED in blocks of a few outputs by a few inputs. */
export const blockFullyConnected: PackedFormat<(typeof fullyConnectedFields)[number]["name"]> = {
  op: "DTMM_BLOCK_FULLY_CONNECTED",
  replaces: "FULLY_CONNECTED",
  version: 1,
  prefix: "blockFc",
  options: new Struct(fullyConnectedFields),
  shape: ({ outputs, inputs }) => [outputs, inputs],
  grid: (options) => ({
    filters: options.outputs,
    positions: 1,
    channels: options.inputs,
    unit: { filters: options.blockOutputs, channels: options.blockInputs },
  }),
  index: bitmapIndex,
};

/** 3x3 CONV_2D in kernel patterns, as PatDNN stores them; a block is a single weight. */
export const patternConv: PackedFormat<ConvOption> = {
  op: "DTMM_PATTERN_CONV_2D",
  replaces: "CONV_2D",
  version: 1,
  prefix: "pattern",
  options: convOptions,
  shape: convShape,
  grid: convGrid,
  index: patternIndex,
};

/** CONV_2D in single weights. */
export const csrConv: PackedFormat<ConvOption> = {
  ...patternConv,
  op: "DTMM_CSR_CONV_2D",
  prefix: "csrConv",
  index: csrIndex,
};

/** FULLY_CONNECTED in single weights, with the options of a 1x1 convolution over its rows. */
export const csrFullyConnected: PackedFormat<ConvOption> = {
  ...csrConv,
  op: "DTMM_CSR_FULLY_CONNECTED",
  replaces: "FULLY_CONNECTED",
  prefix: "csrFc",
  shape: ({ outputChannels, inputChannels }) => [outputChannels, inputChannels],
};

/** Every packed operator, in the order of the kernels' manifest, in which firmware registers them. */
export const packedFormats: readonly PackedFormat[] = [
  filterletConv,
  blockFullyConnected,
  patternConv,
  csrConv,
  csrFullyConnected,
];

/** Options that every packed operator has. */
export type CommonOption = (typeof header | typeof quantisation)[number]["name"];

/** The packed operator of that custom code, if it is one. */
export function packedFormat(op: string): PackedFormat | undefined {
  return packedFormats.find((format) => format.op === op);
}

/** The record arrays, one element per filter, array after array in this order. */
export const recordArrays = [
  { name: "foldedBias", type: "int32", doc: "bias - inputZeroPoint * (sum of the filter's weights)" },
  { name: "multiplier", type: "int32", doc: "fixed point output multiplier, as TFLite's QuantizeMultiplier" },
  { name: "shift", type: "int8", doc: "exponent of the multiplier; above 0 is a left shift" },
] as const satisfies readonly Field[];

export type RecordName = (typeof recordArrays)[number]["name"];

/** Shifts that TFLite's MultiplyByQuantizedMultiplier can apply. */
export const shiftRange = { min: -31, max: 30 } as const;

/** Record bytes per filter. */
export const recordBytesPerFilter = sizeBefore(recordArrays);

/** Byte offset of record array `name` in a layer of `filters` filters. */
export function recordOffset(name: RecordName, filters: number): number {
  return sizeBefore(recordArrays, name) * filters;
}
