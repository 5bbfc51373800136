import { dtmmError } from "../errors/index.js";
import {
  encodeOptions,
  fieldTypes,
  formatVersion,
  indexBytes,
  layouts,
  maxKernelSize,
  type OptionName,
  optionFields,
  type PackedOptions,
  recordArrays,
  recordBytesPerFilter,
  recordOffset,
  shiftRange,
  writeField,
} from "./format.js";
import {
  activationRange,
  effectiveScale,
  fusedActivation,
  quantizeMultiplier,
} from "./quantize-multiplier.js";

/** An int8 CONV_2D of the model, pruned weights still stored as zeros. */
export interface DenseConvLayer {
  outputChannels: number;
  kernelHeight: number;
  kernelWidth: number;
  /** Channels of the filter; grouped convolutions (fewer than the input has) can't be packed. */
  inputChannels: number;
  /** OHWI, `outputChannels * kernelHeight * kernelWidth * inputChannels` values. */
  weights: Int8Array;
  /** `outputChannels` values; absent means zeros. */
  bias?: Int32Array;
  /** One byte per filterlet (OHW); non-zero keeps the filterlet even if all of its weights are zero. */
  mask?: Uint8Array;
  strideHeight: number;
  strideWidth: number;
  dilationHeight: number;
  dilationWidth: number;
  /** TFLite `Padding`: 0 SAME, 1 VALID. */
  padding: number;
  /** TFLite `ActivationFunctionType` fused into the convolution. */
  activation: number;
  inputScale: number;
  inputZeroPoint: number;
  /** One scale per output channel, or a single one for all. */
  filterScales: ArrayLike<number>;
  outputScale: number;
  outputZeroPoint: number;
}

/** The four constant parts of a `DTMM_FILTERLET_CONV_2D`; see docs/packed-format.md. */
export interface PackedFilterletLayer {
  options: Uint8Array;
  weights: Int8Array;
  index: Uint8Array;
  records: Uint8Array;
  keptFilterlets: number;
  totalFilterlets: number;
  bytes: { weightBytes: number; indexBytes: number; recordBytes: number; optionBytes: number };
}

/** Why a layer stays dense. */
export type PackRefusal =
  | "OPTION_OUT_OF_RANGE"
  | "KERNEL_TOO_LARGE"
  | "ACTIVATION_UNSUPPORTED"
  | "SCALE_INVALID"
  | "SHIFT_OUT_OF_RANGE"
  | "ACCUMULATOR_OVERFLOW";

export type PackResult =
  | { ok: true; layer: PackedFilterletLayer }
  | { ok: false; reason: PackRefusal; detail: string };

/**
 * Packs a layer without loss: a filterlet is kept if one of its weights is not zero or `mask` says so. At least
 * one filterlet is kept, because TFLM takes a tensor without bytes for one that an operator computes.
 *
 * A layer that the format or int32 arithmetic can't hold gives a refusal, not an error: it stays dense.
 */
export function packFilterletLayer(layer: DenseConvLayer): PackResult {
  assertLengths(layer);
  const options = packedOptions(layer);
  if (!options.ok) return options;
  const kept = keptFilterlets(layer);
  const weights = new Int8Array(kept.length * layer.inputChannels);
  const index = new Uint8Array(indexBytes(layer.outputChannels, layer.kernelHeight * layer.kernelWidth));
  kept.forEach((filterlet, i) => {
    index[filterlet >> 3]! |= 1 << (filterlet & 7);
    const start = filterlet * layer.inputChannels;
    weights.set(layer.weights.subarray(start, start + layer.inputChannels), i * layer.inputChannels);
  });
  const records = packedRecords(layer);
  if (!records.ok) return records;
  const packed: PackedFilterletLayer = {
    options: options.bytes,
    weights,
    index,
    records: records.bytes,
    keptFilterlets: kept.length,
    totalFilterlets: layer.outputChannels * layer.kernelHeight * layer.kernelWidth,
    bytes: {
      weightBytes: weights.length,
      indexBytes: index.length,
      recordBytes: records.bytes.length,
      optionBytes: options.bytes.length,
    },
  };
  return { ok: true, layer: packed };
}

/** Ascending numbers (filter-major, then kernel position) of the filterlets that are stored. */
function keptFilterlets(layer: DenseConvLayer): number[] {
  const kept: number[] = [];
  const total = layer.outputChannels * layer.kernelHeight * layer.kernelWidth;
  for (let filterlet = 0; filterlet < total; filterlet++) {
    const start = filterlet * layer.inputChannels;
    const values = layer.weights.subarray(start, start + layer.inputChannels);
    if (layer.mask?.[filterlet] || values.some((value) => value !== 0)) kept.push(filterlet);
  }
  return kept.length > 0 ? kept : [0];
}

type Part = { ok: true; bytes: Uint8Array } | { ok: false; reason: PackRefusal; detail: string };

function packedOptions(layer: DenseConvLayer): Part {
  const activation = Object.values(fusedActivation).find((value) => value === layer.activation);
  if (activation === undefined) {
    return refuse("ACTIVATION_UNSUPPORTED", `fused activation ${layer.activation}`);
  }
  for (const scale of [layer.inputScale, layer.outputScale, ...Array.from(layer.filterScales)]) {
    if (!(Math.fround(scale) > 0 && Number.isFinite(Math.fround(scale)))) {
      return refuse("SCALE_INVALID", `scale ${scale}`);
    }
  }
  if (Math.max(layer.kernelHeight, layer.kernelWidth) > maxKernelSize) {
    const size = `${layer.kernelHeight}x${layer.kernelWidth}`;
    return refuse("KERNEL_TOO_LARGE", `kernel ${size}, at most ${maxKernelSize}x${maxKernelSize}`);
  }
  const range = activationRange(activation, layer.outputScale, layer.outputZeroPoint);
  const values: PackedOptions = {
    version: formatVersion,
    layout: layouts.generic,
    inputChannels: layer.inputChannels,
    outputChannels: layer.outputChannels,
    kernelHeight: layer.kernelHeight,
    kernelWidth: layer.kernelWidth,
    strideHeight: layer.strideHeight,
    strideWidth: layer.strideWidth,
    dilationHeight: layer.dilationHeight,
    dilationWidth: layer.dilationWidth,
    padding: layer.padding,
    inputZeroPoint: layer.inputZeroPoint,
    outputZeroPoint: layer.outputZeroPoint,
    activationMin: range.min,
    activationMax: range.max,
  };
  for (const field of optionFields) {
    const { max } = fieldTypes[field.type];
    const min = smallest[field.name] ?? fieldTypes[field.type].min;
    const value = values[field.name];
    if (!(Number.isInteger(value) && value >= min && value <= max)) {
      return refuse("OPTION_OUT_OF_RANGE", `${field.name} ${value}, not in ${min} to ${max}`);
    }
  }
  if (layer.padding > 1) return refuse("OPTION_OUT_OF_RANGE", `padding ${layer.padding}, not in 0 to 1`);
  return { ok: true, bytes: encodeOptions(values) };
}

/** Options whose smallest value is not the smallest of their type. */
const smallest: Partial<Record<OptionName, number>> = {
  inputChannels: 1,
  outputChannels: 1,
  kernelHeight: 1,
  kernelWidth: 1,
  strideHeight: 1,
  strideWidth: 1,
  dilationHeight: 1,
  dilationWidth: 1,
};

function packedRecords(layer: DenseConvLayer): Part {
  const count = layer.outputChannels;
  const weightsPerFilter = layer.weights.length / count;
  const bytes = new Uint8Array(count * recordBytesPerFilter);
  const view = new DataView(bytes.buffer);
  for (let filter = 0; filter < count; filter++) {
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
    const { multiplier, shift } = quantizeMultiplier(
      effectiveScale(layer.inputScale, filterScale, layer.outputScale),
    );
    if (shift > shiftRange.max) return refuse("SHIFT_OUT_OF_RANGE", `filter ${filter} needs shift ${shift}`);
    const values = { foldedBias, multiplier, shift };
    for (const { name, type } of recordArrays) {
      const offset = recordOffset(name, count) + fieldTypes[type].bytes * filter;
      writeField(view, offset, type, values[name]);
    }
  }
  return { ok: true, bytes };
}

function refuse(reason: PackRefusal, detail: string): { ok: false; reason: PackRefusal; detail: string } {
  return { ok: false, reason, detail };
}

function assertLengths(layer: DenseConvLayer): void {
  const filterlets = layer.outputChannels * layer.kernelHeight * layer.kernelWidth;
  const scales = layer.filterScales.length;
  const consistent =
    filterlets > 0 &&
    layer.weights.length === filterlets * layer.inputChannels &&
    (layer.bias === undefined || layer.bias.length === layer.outputChannels) &&
    (layer.mask === undefined || layer.mask.length === filterlets) &&
    (scales === 1 || scales === layer.outputChannels);
  if (!consistent) {
    throw dtmmError("INTERNAL", {
      what: "weights, bias, mask or scales do not fit the shape of the conv layer",
    });
  }
}
