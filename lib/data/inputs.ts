import { dtmmError } from "../errors/index.js";
import { type NpyArray, readNpy, shapeText } from "./npy.js";
import { type Quantisation, quantiseInto, type RawInput } from "./quantise.js";
import { Random } from "./random.js";

/** What must be known about the model's input; `TensorFacts` of the addon fits. */
export interface InputTensor extends Quantisation {
  /** TFLM's name of the element type; only "INT8" is served. */
  type: string;
  /** The tensor's shape with its batch axis, which is 1. */
  shape: readonly number[];
}

/** Which samples to take; all of them when `limit` is absent. */
export interface SampleChoice {
  limit?: number;
  /** Seed of the choice; the chosen samples keep the file's order. */
  seed?: number;
}

/** Samples ready for the interpreter. */
export interface LoadedInputs {
  samples: number;
  /** int8 model inputs, laid end to end. */
  bytes: Uint8Array;
  source: {
    path: string;
    /** Samples that the file holds, before the choice. */
    total: number;
    /** The file held int8 model inputs: they were taken as they are. */
    alreadyQuantised: boolean;
  };
}

/**
 * Loads recorded inputs for a model. The array is [samples, ...the input's shape without its batch]; a trailing
 * channel axis of 1 may be missing. int8 arrays are taken as already quantised; all others become real values as
 * raw * scale + offset and go through the tensor's own scale and zero point.
 *
 * @throws DATA_UNREADABLE, NPY_*, INPUT_NOT_SUPPORTED, INPUT_SHAPE, INPUT_EMPTY, INPUT_NOT_FINITE
 */
export async function loadInputs(
  path: string,
  tensor: InputTensor,
  raw: RawInput,
  choice: SampleChoice = {},
): Promise<LoadedInputs> {
  if (tensor.type !== "INT8") throw dtmmError("INPUT_NOT_SUPPORTED", { type: tensor.type });
  const { array, chosen, size, total } = await chooseSamples(path, tensor, choice);
  const out = new Int8Array(chosen.length * size);
  chosen.forEach((sample, i) => {
    const from = array.data.subarray(sample * size, (sample + 1) * size);
    const to = out.subarray(i * size, (i + 1) * size);
    if (from instanceof Int8Array) {
      to.set(from);
      return;
    }
    const bad = quantiseInto(to, from, raw, tensor);
    if (bad >= 0) throw dtmmError("INPUT_NOT_FINITE", { path, value: String(from[bad]), sample });
  });
  return {
    samples: chosen.length,
    bytes: new Uint8Array(out.buffer),
    source: { path, total, alreadyQuantised: array.type === "int8" },
  };
}

/** The array of a file, checked against the tensor, and which of its samples to take; a sample has `size` values. */
export async function chooseSamples(path: string, tensor: InputTensor, choice: SampleChoice) {
  const array = await readNpy(path);
  const sampleShape = tensor.shape.slice(1);
  checkShape(array, sampleShape);
  const total = array.shape[0]!;
  if (total === 0) throw dtmmError("INPUT_EMPTY", { path });
  const chosen = new Random(choice.seed ?? 0).choose(total, choice.limit ?? total);
  return { array, chosen, total, size: sampleShape.reduce((product, axis) => product * axis, 1) };
}

function checkShape(array: NpyArray, sampleShape: readonly number[]): void {
  const [, ...found] = array.shape;
  const fits = (shape: readonly number[]) =>
    shape.length === found.length && shape.every((axis, i) => axis === found[i]);
  const withoutChannel =
    sampleShape.at(-1) === 1 && sampleShape.length > 1 ? sampleShape.slice(0, -1) : sampleShape;
  if (array.shape.length > 0 && (fits(sampleShape) || fits(withoutChannel))) return;
  throw dtmmError("INPUT_SHAPE", {
    path: array.path,
    shape: shapeText(array.shape),
    expected: `[samples, ${sampleShape.join(", ")}]`,
  });
}
