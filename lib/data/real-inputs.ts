/** Recorded inputs as real values, for a model that takes these. */

import { dtmmError } from "../errors/index.js";
import type { InputTensor, LoadedInputs, SampleChoice } from "./inputs.js";
import { chooseSamples } from "./inputs.js";
import type { RawInput } from "./quantise.js";

/**
 * Loads recorded inputs for a model with a float32 input, as `loadInputs` does for int8 ones: real = raw * scale + offset.
 *
 * @returns float32 inputs, laid end to end
 * @throws DATA_UNREADABLE, NPY_*, INPUT_SHAPE, INPUT_EMPTY, INPUT_NOT_FINITE
 */
export async function loadRealInputs(
  path: string,
  tensor: InputTensor,
  raw: RawInput,
  choice: SampleChoice = {},
): Promise<LoadedInputs> {
  const { array, chosen, size, total } = await chooseSamples(path, tensor, choice);
  const values = new Float32Array(chosen.length * size);
  chosen.forEach((sample, i) => {
    for (let at = 0; at < size; at++) {
      const value = Number(array.data[sample * size + at]);
      if (!Number.isFinite(value))
        throw dtmmError("INPUT_NOT_FINITE", { path, value: String(value), sample });
      values[i * size + at] = value * raw.scale + raw.offset;
    }
  });
  return {
    samples: chosen.length,
    bytes: new Uint8Array(values.buffer),
    source: { path, total, alreadyQuantised: false },
  };
}
