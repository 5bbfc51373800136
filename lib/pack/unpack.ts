import { dtmmError } from "../errors/index.js";
import type { BlockGrid } from "./block-grid.js";
import { readField } from "./fields.js";
import { type PackedFormat, recordBytesPerFilter, recordOffset } from "./format.js";
import type { PackedParts } from "./packed-parts.js";
import type { QuantizedMultiplier } from "./quantize-multiplier.js";

/** What `unpackLayer` restores. */
export interface UnpackedLayer {
  /** [filters][positions][channels]: OHWI, or [outputs][inputs]. */
  weights: Int8Array;
  /** Their sizes, as the stock operator's filter has them. */
  shape: number[];
  bias: Int32Array;
}

/** A dense layer beyond this can't come from a microcontroller's model; a damaged file would exhaust the memory. */
const maxDenseBytes = 2 ** 28;

/**
 * The dense weights and the original bias of a packed layer: the inverse of packing.
 *
 * @param parts the constant parts as any model file may hold them
 * @throws PACKED_LAYER_INVALID if they are of another format version or do not fit each other
 */
export function unpackLayer(format: PackedFormat, parts: PackedParts): UnpackedLayer {
  const options = decodeOptions(format, parts.options);
  const grid = checkedGrid(format.grid(options), parts);
  const weights = format.index.unpack(parts.weights, parts.index, grid);
  if (typeof weights === "string") throw invalid(weights);
  const { filters } = grid;
  const inputZeroPoint = options.inputZeroPoint!;
  const records = new DataView(parts.records.buffer, parts.records.byteOffset, parts.records.byteLength);
  const weightsPerFilter = weights.length / filters;
  const bias = Int32Array.from({ length: filters }, (_, filter) => {
    const sum = weights
      .subarray(filter * weightsPerFilter, (filter + 1) * weightsPerFilter)
      .reduce((total, weight) => total + weight, 0);
    const folded = readField(records, recordOffset("foldedBias", filters) + 4 * filter, "int32");
    return folded + inputZeroPoint * sum;
  });
  return { weights, shape: format.shape(options), bias };
}

/** Multiplier and shift of every filter; the records must have passed `unpackLayer`. */
export function unpackMultipliers({ records }: Pick<PackedParts, "records">): QuantizedMultiplier[] {
  const filters = records.length / recordBytesPerFilter;
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  return Array.from({ length: filters }, (_, filter) => ({
    multiplier: readField(view, recordOffset("multiplier", filters) + 4 * filter, "int32"),
    shift: readField(view, recordOffset("shift", filters) + filter, "int8"),
  }));
}

function decodeOptions(format: PackedFormat, bytes: Uint8Array): Record<string, number> {
  const { op, version, options } = format;
  if (bytes.length > 0 && bytes[0] !== version) {
    throw invalid(`${op} has format version ${bytes[0]}, and this dtmm reads version ${version}`);
  }
  if (bytes.length !== options.bytes) {
    throw invalid(`${bytes.length} bytes of options instead of ${options.bytes}`);
  }
  const values = options.decode(bytes);
  const fault = options.fault(values);
  if (fault !== undefined) throw invalid(`option ${fault}`);
  return values;
}

/** The grid, once the size of the records agrees with it. */
function checkedGrid(grid: BlockGrid, { records }: PackedParts): BlockGrid {
  const { filters, positions, channels, unit } = grid;
  const dense = filters * positions * channels;
  if (dense > maxDenseBytes) throw invalid(`a dense layer of ${dense} weights`);
  if (unit.channels > channels || unit.filters > filters) {
    throw invalid(`blocks of ${unit.filters}x${unit.channels} in a layer of ${filters}x${channels}`);
  }
  const expected = filters * recordBytesPerFilter;
  if (records.length !== expected) throw invalid(`${records.length} bytes of records instead of ${expected}`);
  return grid;
}

function invalid(reason: string) {
  return dtmmError("PACKED_LAYER_INVALID", { reason });
}
