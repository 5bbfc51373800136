/** Filters of TF.js in the layouts of TFLite. */

/** [rows][columns] as [columns][rows]: HWIO as OHWI, and [inputs, outputs] as [outputs, inputs], outputs being the columns. */
export function outputsFirst(values: Float32Array, outputs: number): Float32Array {
  const taps = values.length / outputs;
  const turned = new Float32Array(values.length);
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < taps; tap++) turned[output * taps + tap] = values[tap * outputs + output]!;
  }
  return turned;
}

/** Factor and summand per channel of a batch norm. */
export function batchNorm(
  statistics: { mean: Float32Array; variance: Float32Array; gamma: Float32Array; beta: Float32Array },
  epsilon: number,
): { scale: Float32Array; shift: Float32Array } {
  const { mean, variance, gamma, beta } = statistics;
  const factors = Float64Array.from(
    gamma,
    (value, channel) => value / Math.sqrt(variance[channel]! + epsilon),
  );
  return {
    scale: Float32Array.from(factors),
    shift: beta.map((value, channel) => value - mean[channel]! * factors[channel]!),
  };
}
