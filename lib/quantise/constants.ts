/** Filters and biases of a float model on int8 and int32 grids. */

const int8Limit = 127;
/** Biases stay well inside of int32: what is added to them must fit too. */
const biasLimit = 2 ** 30;

export interface QuantisedFilter {
  weights: Int8Array;
  /** One per index along the axis, or a single one. */
  scales: Float32Array;
}

/**
 * Quantises a filter symmetrically.
 *
 * @param axis of the scales: one for each index along it; undefined for a single one
 * @param bias real values, one per output channel: a filter whose bias would leave int32 gets a larger scale
 */
export function quantiseFilter(
  filter: Float32Array,
  shape: readonly number[],
  axis: number | undefined,
  bias: Float32Array | undefined,
  inputScale: number,
): QuantisedFilter {
  const channels = axis === undefined ? 1 : shape[axis]!;
  const inner = axis === undefined ? filter.length : shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const channelOf = (i: number) => (axis === undefined ? 0 : Math.floor(i / inner) % channels);
  const largest = new Float64Array(channels);
  filter.forEach((value, i) => {
    const channel = channelOf(i);
    largest[channel] = Math.max(largest[channel]!, Math.abs(value));
  });
  bias?.forEach((value, i) => {
    const channel = axis === undefined ? 0 : i;
    const least = (int8Limit * Math.abs(value)) / (inputScale * biasLimit);
    largest[channel] = Math.max(largest[channel]!, least);
  });
  const scales = Float32Array.from(largest, (most) => (most > 0 ? most / int8Limit : 1));
  const weights = Int8Array.from(filter, (value, i) => {
    const q = Math.round(value / scales[channelOf(i)]!);
    return Math.min(int8Limit, Math.max(-int8Limit, q));
  });
  return { weights, scales };
}

/** Quantises a bias to int32, in units of the accumulator. */
export function quantiseBias(bias: Float32Array, inputScale: number, scales: Float32Array): Int32Array {
  return Int32Array.from(bias, (value, i) =>
    Math.round(value / (inputScale * scales[scales.length === 1 ? 0 : i]!)),
  );
}

/**
 * What rounding the filter shifts the mean of every output by (Nagel et al., "Data-Free Quantization Through Weight Equalization
 * and Bias Correction", ICCV 2019, section 4.2), from the means of the input's channels.
 *
 * @param shape of the filter: OHWI, [outputs][inputs], or 1HWO of a depthwise convolution
 * @returns the shift by output channel, to be taken from the bias
 */
export function roundingShift(
  filter: Float32Array,
  { weights, scales }: QuantisedFilter,
  shape: readonly number[],
  depthwise: boolean,
  inputMeans: Float64Array,
): Float64Array {
  const outputs = depthwise ? shape[3]! : shape[0]!;
  const inputs = shape.at(-1)!;
  const shift = new Float64Array(outputs);
  const perFilter = filter.length / outputs;
  filter.forEach((value, i) => {
    const output = depthwise ? i % outputs : Math.floor(i / perFilter);
    const rounded = weights[i]! * scales[scales.length === 1 ? 0 : output]!;
    // A depthwise output reads one input; several may read the same.
    const input = depthwise
      ? Math.floor((output * inputMeans.length) / outputs)
      : (i % inputs) % inputMeans.length;
    shift[output]! += (rounded - value) * inputMeans[input]!;
  });
  return shift;
}
