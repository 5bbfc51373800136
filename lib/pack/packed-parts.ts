/** The four constant parts of a packed layer, and how they come out of a dense one; the same for all packed operators. */

import { dtmmError } from "../errors/index.js";
import type { BlockGrid } from "./block-grid.js";
import { fieldTypes, writeField } from "./fields.js";
import {
  type CommonOption,
  layouts,
  type PackedFormat,
  recordArrays,
  recordBytesPerFilter,
  recordOffset,
  shiftRange,
} from "./format.js";
import { activationRange, fusedActivation, quantizeMultiplier } from "./quantize-multiplier.js";

/** Constants and quantisation of a dense int8 layer, pruned weights still stored as zeros. */
export interface DenseLayer {
  /** [filters][positions][channels] of the operator's grid: OHWI, or [outputs][inputs]. */
  weights: Int8Array;
  /** One per filter; absent means zeros. */
  bias?: Int32Array;
  /** TFLite `ActivationFunctionType` fused into the operator. */
  activation: number;
  inputScale: number;
  inputZeroPoint: number;
  /** One scale per filter, or a single one for all. */
  filterScales: ArrayLike<number>;
  outputScale: number;
  outputZeroPoint: number;
}

/** The constant parts of a packed operator; see docs/packed-format.md. */
export interface PackedParts {
  options: Uint8Array;
  weights: Int8Array;
  index: Uint8Array;
  records: Uint8Array;
}

/** Sizes of the parts. */
export interface PackedBytes {
  weightBytes: number;
  indexBytes: number;
  recordBytes: number;
  optionBytes: number;
}

/** Why a layer stays dense. */
export type PackRefusal =
  | "OPTION_OUT_OF_RANGE"
  | "ACTIVATION_UNSUPPORTED"
  | "SCALE_INVALID"
  | "SHIFT_OUT_OF_RANGE"
  | "ACCUMULATOR_OVERFLOW"
  | "INDEX_UNFIT";

interface Refused {
  ok: false;
  reason: PackRefusal;
  detail: string;
}

export type PackResult = { ok: true; parts: PackedParts } | Refused;

/** What `packParts` gets from a packed operator. */
export interface PackRequest<Name extends string> {
  format: PackedFormat<Name>;
  layer: DenseLayer;
  /** The options that are the operator's own. */
  options: Record<Exclude<Name, CommonOption>, number>;
  /** Real multiplier from accumulator to output, as TFLM computes it for this operator. */
  effectiveScale: (filterScale: number) => number;
}

/**
 * Packs a layer without loss.
 *
 * A layer that the format or int32 arithmetic can't hold gives a refusal, not an error: it stays dense.
 */
export function packParts<Name extends string>(request: PackRequest<Name>): PackResult {
  const { format, layer } = request;
  const activation = Object.values(fusedActivation).find((value) => value === layer.activation);
  if (activation === undefined) {
    return refuse("ACTIVATION_UNSUPPORTED", `fused activation ${layer.activation}`);
  }
  for (const scale of [layer.inputScale, layer.outputScale, ...Array.from(layer.filterScales)]) {
    if (!(Math.fround(scale) > 0 && Number.isFinite(Math.fround(scale)))) {
      return refuse("SCALE_INVALID", `scale ${scale}`);
    }
  }
  const range = activationRange(activation, layer.outputScale, layer.outputZeroPoint);
  const common: Record<CommonOption, number> = {
    version: format.version,
    layout: layouts.generic,
    inputZeroPoint: layer.inputZeroPoint,
    outputZeroPoint: layer.outputZeroPoint,
    activationMin: range.min,
    activationMax: range.max,
  };
  const options = { ...request.options, ...common } as Record<Name, number>;
  const fault = format.options.fault(options);
  if (fault !== undefined) return refuse("OPTION_OUT_OF_RANGE", fault);
  const grid = format.grid(options);
  assertLengths(layer, grid);
  const records = packRecords(layer, grid, request.effectiveScale);
  if (!(records instanceof Uint8Array)) return records;
  const blocks = format.index.pack(layer.weights, grid);
  if (typeof blocks === "string") return refuse("INDEX_UNFIT", blocks);
  return { ok: true, parts: { options: format.options.encode(options), ...blocks, records } };
}

/** What a packed layer weighs, part by part. */
export function partBytes({ options, weights, index, records }: PackedParts): PackedBytes {
  return {
    weightBytes: weights.length,
    indexBytes: index.length,
    recordBytes: records.length,
    optionBytes: options.length,
  };
}

function packRecords(
  layer: DenseLayer,
  { filters }: BlockGrid,
  effectiveScale: PackRequest<string>["effectiveScale"],
): Uint8Array | Refused {
  const weightsPerFilter = layer.weights.length / filters;
  const bytes = new Uint8Array(filters * recordBytesPerFilter);
  const view = new DataView(bytes.buffer);
  for (let filter = 0; filter < filters; filter++) {
    let sum = 0;
    let magnitude = 0;
    for (const w of layer.weights.subarray(filter * weightsPerFilter, (filter + 1) * weightsPerFilter)) {
      sum += w;
      magnitude += Math.abs(w);
    }
    const foldedBias = (layer.bias?.[filter] ?? 0) - layer.inputZeroPoint * sum;
    const worst = Math.abs(foldedBias) + 128 * magnitude;
    if (worst > fieldTypes.int32.max) {
      return refuse("ACCUMULATOR_OVERFLOW", `filter ${filter} can reach ${worst}, beyond int32`);
    }
    const filterScale = layer.filterScales[layer.filterScales.length === 1 ? 0 : filter]!;
    const { multiplier, shift } = quantizeMultiplier(effectiveScale(filterScale));
    if (shift > shiftRange.max) return refuse("SHIFT_OUT_OF_RANGE", `filter ${filter} needs shift ${shift}`);
    const values = { foldedBias, multiplier, shift };
    for (const { name, type } of recordArrays) {
      const offset = recordOffset(name, filters) + fieldTypes[type].bytes * filter;
      writeField(view, offset, type, values[name]);
    }
  }
  return bytes;
}

function refuse(reason: PackRefusal, detail: string): Refused {
  return { ok: false, reason, detail };
}

function assertLengths(layer: DenseLayer, { filters, positions, channels, unit }: BlockGrid): void {
  const scales = layer.filterScales.length;
  const consistent =
    layer.weights.length === filters * positions * channels &&
    (layer.bias === undefined || layer.bias.length === filters) &&
    (scales === 1 || scales === filters) &&
    unit.channels <= channels &&
    unit.filters <= filters;
  if (!consistent) {
    throw dtmmError("INTERNAL", {
      what: "weights, bias, scales or blocks do not fit the shape of the layer",
    });
  }
}
