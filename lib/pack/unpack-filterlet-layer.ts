import { dtmmError } from "../errors/index.js";
import type { PackedFilterletLayer } from "./filterlet-layer.js";
import {
  decodeOptions,
  formatVersion,
  indexBytes,
  layouts,
  optionBytes,
  type PackedOptions,
  readField,
  recordBytesPerFilter,
  recordOffset,
} from "./format.js";

/** The constant parts of a packed operator, as a model file holds them. */
export type PackedParts = Pick<PackedFilterletLayer, "options" | "weights" | "index" | "records">;

/** A dense layer beyond this can't come from a microcontroller's model; a damaged file would exhaust the memory. */
const maxDenseBytes = 2 ** 28;

/**
 * The dense OHWI weights and the original bias of a packed layer: the inverse of `packFilterletLayer`.
 *
 * @throws PACKED_LAYER_INVALID if the parts, which may come from any file, do not fit each other
 */
export function unpackFilterletLayer(parts: PackedParts): { weights: Int8Array; bias: Int32Array } {
  const options = checkedOptions(parts);
  const { inputChannels, outputChannels, inputZeroPoint } = options;
  const positions = options.kernelHeight * options.kernelWidth;
  const records = new DataView(parts.records.buffer, parts.records.byteOffset, parts.records.byteLength);
  const weights = new Int8Array(outputChannels * positions * inputChannels);
  const bias = new Int32Array(outputChannels);
  let read = 0;
  for (let filter = 0; filter < outputChannels; filter++) {
    let sum = 0;
    for (let filterlet = filter * positions; filterlet < (filter + 1) * positions; filterlet++) {
      if (!isKept(parts.index, filterlet)) continue;
      const values = parts.weights.subarray(read, read + inputChannels);
      weights.set(values, filterlet * inputChannels);
      for (const value of values) sum += value;
      read += inputChannels;
    }
    const folded = readField(records, recordOffset("foldedBias", outputChannels) + 4 * filter, "int32");
    bias[filter] = folded + inputZeroPoint * sum;
  }
  return { weights, bias };
}

/** The decoded options, once every size agrees with them. */
function checkedOptions({ options: bytes, weights, index, records }: PackedParts): PackedOptions {
  if (bytes.length > 0 && bytes[0] !== formatVersion) throw invalid(`unknown format version ${bytes[0]}`);
  if (bytes.length !== optionBytes)
    throw invalid(`${bytes.length} bytes of options instead of ${optionBytes}`);
  const options = decodeOptions(bytes);
  if (options.layout !== layouts.generic) throw invalid(`unknown weight layout ${options.layout}`);
  const positions = options.kernelHeight * options.kernelWidth;
  const filterlets = options.outputChannels * positions;
  const dense = filterlets * options.inputChannels;
  if (dense === 0 || dense > maxDenseBytes) throw invalid(`a dense layer of ${dense} weights`);
  const sizes: [what: string, actual: number, expected: number][] = [
    ["index", index.length, indexBytes(options.outputChannels, positions)],
    ["records", records.length, options.outputChannels * recordBytesPerFilter],
  ];
  for (const [what, actual, expected] of sizes) {
    if (actual !== expected) throw invalid(`${actual} bytes of ${what} instead of ${expected}`);
  }
  let kept = 0;
  for (let filterlet = 0; filterlet < filterlets; filterlet++) if (isKept(index, filterlet)) kept++;
  if (weights.length !== kept * options.inputChannels) {
    throw invalid(`${weights.length} weights, but the index keeps ${kept * options.inputChannels}`);
  }
  return options;
}

function isKept(index: Uint8Array, filterlet: number): boolean {
  return ((index[filterlet >> 3]! >> (filterlet & 7)) & 1) === 1;
}

function invalid(reason: string) {
  return dtmmError("PACKED_LAYER_INVALID", { reason });
}
