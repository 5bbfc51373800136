/**
 * The quantisation arithmetic that TFLM's Prepare does for a layer with weights, redone bit for bit so that its results
 * can be stored in flash. Sources: TFLite `QuantizeMultiplier` (quantization_util), and
 * `PopulateConvolutionQuantizationParams` and `CalculateActivationRangeQuantized` (kernel_util).
 */

/** A real multiplier as `multiplier * 2^(shift - 31)`; `multiplier` is 0 or in [2^30, 2^31). */
export interface QuantizedMultiplier {
  multiplier: number;
  /** Above 0 is a left shift. At least -31; not bounded above. */
  shift: number;
}

/** Values of TFLite's `ActivationFunctionType` that a layer can fuse. */
export const fusedActivation = { none: 0, relu: 1, reluN1To1: 2, relu6: 3 } as const;

export type FusedActivation = (typeof fusedActivation)[keyof typeof fusedActivation];

/**
 * Splits `real` (finite, >= 0) into a fixed point multiplier and a shift, as TFLite's `QuantizeMultiplier`:
 * round half away from zero, 2^31 carried into the shift, anything below about 2^-32 flushed to zero.
 */
export function quantizeMultiplier(real: number): QuantizedMultiplier {
  if (real === 0) return { multiplier: 0, shift: 0 };
  const { fraction, exponent } = frexp(real);
  let multiplier = Math.round(fraction * 2 ** 31);
  let shift = exponent;
  if (multiplier === 2 ** 31) {
    multiplier = 2 ** 30;
    shift += 1;
  }
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}

/**
 * Real multiplier from accumulator to output, in TFLM's order of double operations: of a conv, and of a fully connected
 * layer with a scale per output. The scales are float32 in the file, so each is rounded to float32 first.
 */
export function effectiveScale(inputScale: number, filterScale: number, outputScale: number): number {
  return (Math.fround(inputScale) * Math.fround(filterScale)) / Math.fround(outputScale);
}

/**
 * The same of a fully connected layer with a single filter scale, where TFLM (`GetQuantizedConvolutionMultipler`) rounds
 * the product of the scales to float32 before it divides.
 */
export function perTensorEffectiveScale(
  inputScale: number,
  filterScale: number,
  outputScale: number,
): number {
  return Math.fround(Math.fround(inputScale) * Math.fround(filterScale)) / Math.fround(outputScale);
}

/** The real multiplier of a fully connected layer's filters, by their scale. */
export function fullyConnectedScale(layer: {
  inputScale: number;
  filterScales: ArrayLike<number>;
  outputScale: number;
}): (filterScale: number) => number {
  const scale = layer.filterScales.length === 1 ? perTensorEffectiveScale : effectiveScale;
  return (filterScale) => scale(layer.inputScale, filterScale, layer.outputScale);
}

/** Smallest and largest int8 output of a fused activation, with TFLM's float32 arithmetic. */
export function activationRange(
  activation: FusedActivation,
  outputScale: number,
  outputZeroPoint: number,
): { min: number; max: number } {
  const quantize = (real: number) =>
    outputZeroPoint + roundHalfAway(Math.fround(real / Math.fround(outputScale)));
  const range = { min: -128, max: 127 };
  if (activation === fusedActivation.relu || activation === fusedActivation.relu6) {
    range.min = Math.max(range.min, quantize(0));
  }
  if (activation === fusedActivation.relu6) range.max = Math.min(range.max, quantize(6));
  if (activation === fusedActivation.reluN1To1) {
    range.min = Math.max(range.min, quantize(-1));
    range.max = Math.min(range.max, quantize(1));
  }
  return range;
}

/** C's `frexp` for a finite positive double: `value = fraction * 2^exponent`, fraction in [0.5, 1). */
function frexp(value: number): { fraction: number; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const biased = (view.getUint16(0) >> 4) & 0x7ff;
  if (biased === 0) {
    // Subnormal: scale into the normal range first.
    const scaled = frexp(value * 2 ** 64);
    return { fraction: scaled.fraction, exponent: scaled.exponent - 64 };
  }
  const exponent = biased - 1022;
  view.setUint16(0, (view.getUint16(0) & 0x800f) | (1022 << 4));
  return { fraction: view.getFloat64(0), exponent };
}

function roundHalfAway(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}
