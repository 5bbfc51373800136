/**
 * The packed layer format of `DTMM_FILTERLET_CONV_2D`, described once. The packer reads this table directly;
 * the C kernels read the header that `generate-header.ts` renders from it. `docs/packed-format.md` is the prose.
 */

/** Storage of one field; multi-byte values are little endian. */
export type FieldType = "uint8" | "int8" | "uint16" | "int32";

interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly doc: string;
}

/** Bytes, smallest and largest value of a field type. */
export const fieldTypes: Record<FieldType, { bytes: number; min: number; max: number }> = {
  uint8: { bytes: 1, min: 0, max: 255 },
  int8: { bytes: 1, min: -128, max: 127 },
  uint16: { bytes: 2, min: 0, max: 65535 },
  int32: { bytes: 4, min: -(2 ** 31), max: 2 ** 31 - 1 },
};

/** Name of the custom operator code. */
export const opName = "DTMM_FILTERLET_CONV_2D";

/** First byte of the options. A reader refuses every version it does not know. */
export const formatVersion = 1;

/** Order of the packed weights. */
export const layouts = { generic: 0 } as const;

/** Values of TFLite's `Padding` enum. */
export const paddings = { same: 0, valid: 1 } as const;

/** Largest kernel height and width: it bounds the kernel's pointer table on the stack. */
export const maxKernelSize = 11;

/** Input slots of the operator. */
export const inputSlots = { activations: 0, weights: 1, index: 2, records: 3 } as const;

/** The custom options, in file order and without gaps; every field is naturally aligned. */
export const optionFields = [
  { name: "version", type: "uint8", doc: "format version" },
  { name: "layout", type: "uint8", doc: "order of the packed weights" },
  { name: "inputChannels", type: "uint16", doc: "channels of the input, weights of one filterlet" },
  { name: "outputChannels", type: "uint16", doc: "channels of the output, number of filters" },
  { name: "kernelHeight", type: "uint8", doc: "kernel rows" },
  { name: "kernelWidth", type: "uint8", doc: "kernel columns" },
  { name: "strideHeight", type: "uint8", doc: "input rows from one output row to the next" },
  { name: "strideWidth", type: "uint8", doc: "input columns from one output column to the next" },
  { name: "dilationHeight", type: "uint8", doc: "input rows from one kernel row to the next" },
  { name: "dilationWidth", type: "uint8", doc: "input columns from one kernel column to the next" },
  { name: "padding", type: "uint8", doc: "TFLite Padding: 0 SAME, 1 VALID" },
  { name: "inputZeroPoint", type: "int8", doc: "input value that stands for real 0, also in the padding" },
  { name: "outputZeroPoint", type: "int8", doc: "output value that stands for real 0" },
  { name: "activationMin", type: "int8", doc: "smallest output of the fused activation" },
  { name: "activationMax", type: "int8", doc: "largest output of the fused activation" },
] as const satisfies readonly Field[];

export type OptionName = (typeof optionFields)[number]["name"];
export type PackedOptions = Record<OptionName, number>;

/** The record arrays, one element per filter, array after array in this order. */
export const recordArrays = [
  { name: "foldedBias", type: "int32", doc: "bias - inputZeroPoint * (sum of the filter's weights)" },
  { name: "multiplier", type: "int32", doc: "fixed point output multiplier, as TFLite's QuantizeMultiplier" },
  { name: "shift", type: "int8", doc: "exponent of the multiplier; above 0 is a left shift" },
] as const satisfies readonly Field[];

export type RecordName = (typeof recordArrays)[number]["name"];

/** Shifts that TFLite's MultiplyByQuantizedMultiplier can apply. */
export const shiftRange = { min: -31, max: 30 } as const;

/** Byte offset of option `name`. */
export function optionOffset(name: OptionName): number {
  return sizeBefore(optionFields, name);
}

/** Bytes of the custom options. */
export const optionBytes = sizeBefore(optionFields);

/** Record bytes per filter. */
export const recordBytesPerFilter = sizeBefore(recordArrays);

/** Byte offset of record array `name` in a layer of `outputChannels` filters. */
export function recordOffset(name: RecordName, outputChannels: number): number {
  return sizeBefore(recordArrays, name) * outputChannels;
}

/** Bytes of the index: one bit per filterlet. */
export function indexBytes(outputChannels: number, kernelPositions: number): number {
  return Math.ceil((outputChannels * kernelPositions) / 8);
}

/** Writes one field into `view` at `offset`. */
export function writeField(view: DataView, offset: number, type: FieldType, value: number): void {
  if (type === "uint8") view.setUint8(offset, value);
  else if (type === "int8") view.setInt8(offset, value);
  else if (type === "uint16") view.setUint16(offset, value, true);
  else view.setInt32(offset, value, true);
}

/** Reads one field from `view` at `offset`. */
export function readField(view: DataView, offset: number, type: FieldType): number {
  if (type === "uint8") return view.getUint8(offset);
  if (type === "int8") return view.getInt8(offset);
  if (type === "uint16") return view.getUint16(offset, true);
  return view.getInt32(offset, true);
}

/** Encodes the custom options; the values must already be in the range of their fields. */
export function encodeOptions(options: PackedOptions): Uint8Array {
  const view = new DataView(new ArrayBuffer(optionBytes));
  for (const field of optionFields) {
    writeField(view, optionOffset(field.name), field.type, options[field.name]);
  }
  return new Uint8Array(view.buffer);
}

/** Decodes custom options of `optionBytes` bytes. */
export function decodeOptions(bytes: Uint8Array): PackedOptions {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = optionFields.map((f) => [f.name, readField(view, optionOffset(f.name), f.type)]);
  return Object.fromEntries(entries) as PackedOptions;
}

function sizeBefore(fields: readonly Field[], name?: string): number {
  let bytes = 0;
  for (const field of fields) {
    if (field.name === name) break;
    bytes += fieldTypes[field.type].bytes;
  }
  return bytes;
}
