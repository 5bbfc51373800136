import { type DtmmError, dtmmError } from "../errors/index.js";
import type { StageProgress } from "../progress/progress.js";
import type { Elements } from "./elements.js";
import { elementCount } from "./elements.js";
import { shapeText } from "./npy.js";
import { type DataSettings, numbersOnly, openSource } from "./open.js";
import { type Quantisation, quantiseInto, type RawInput, realInto } from "./quantise.js";
import { SampleStore } from "./sample-store.js";
import { fitsSource } from "./shapes.js";
import type { DataSource, SampleChoice } from "./source.js";

/** What must be known about the model's input; `TensorFacts` of the addon fits. */
export interface InputTensor extends Quantisation {
  /** TFLM's name of the element type. */
  type: string;
  /** The tensor's shape with its batch axis, which is 1. */
  shape: readonly number[];
}

/** Whom the loading tells how far it is, and who may stop it; `RunContext` fits. */
export interface LoadContext {
  progress?: StageProgress;
  signal?: AbortSignal;
}

/** Classes that came with inputs, not yet held against the model's. */
export interface LoadedLabels {
  /** What they came with. */
  path: string;
  /** One per sample. */
  values: Float64Array;
  /** Names of the classes by their number, where numbers were made from names. */
  names?: readonly string[];
}

/** Samples ready for the interpreter. */
export interface LoadedInputs {
  samples: number;
  /** Model inputs of the tensor's type, laid end to end. */
  bytes: Uint8Array;
  labels?: LoadedLabels;
  source: {
    path: string;
    /** Samples that the source holds, before the choice. */
    total: number;
    /** The source held int8 model inputs: they were taken as they are. */
    alreadyQuantised: boolean;
  };
}

/**
 * Loads recorded inputs for a model with an int8 input. int8 samples are taken as already quantised; all others become real
 * values, as of `loadRealInputs`, and go through the tensor's own scale and zero point.
 *
 * @throws INPUT_NOT_SUPPORTED, INPUT_SHAPE, INPUT_EMPTY, INPUT_NOT_FINITE, DATA_TOO_LARGE, and what opening and reading the
 *   kind of data throws
 */
export async function loadInputs(
  path: string,
  tensor: InputTensor,
  settings: DataSettings,
  choice: SampleChoice = {},
  context: LoadContext = {},
): Promise<LoadedInputs> {
  if (tensor.type !== "INT8") throw dtmmError("INPUT_NOT_SUPPORTED", { type: tensor.type });
  return load({ path, tensor, settings, choice, context }, 1, (to, values, raw) => {
    const out = new Int8Array(to.buffer, to.byteOffset, to.length);
    if (settings.numbersOnly || !(values instanceof Int8Array)) return quantiseInto(out, values, raw, tensor);
    out.set(values);
    return -1;
  });
}

/**
 * Loads recorded inputs as real values, for a model with a float32 input: real = recorded * scale + offset, whatever the type
 * of the recorded numbers.
 *
 * @returns float32 values
 * @throws as `loadInputs`
 */
export async function loadRealInputs(
  path: string,
  tensor: InputTensor,
  settings: DataSettings,
  choice: SampleChoice = {},
  context: LoadContext = {},
): Promise<LoadedInputs> {
  if (tensor.type !== "FLOAT32") throw dtmmError("INPUT_NOT_SUPPORTED", { type: tensor.type });
  const request = { path, tensor, settings: numbersOnly(settings), choice, context };
  return load(request, 4, (to, values, raw) =>
    realInto(new Float32Array(to.buffer, to.byteOffset, to.length / 4), values, raw),
  );
}

interface LoadRequest {
  path: string;
  tensor: InputTensor;
  settings: DataSettings;
  choice: SampleChoice;
  context: LoadContext;
}

/** Writes the values of a sample as model inputs; returns the index of the first one that is not finite, or -1. */
type Convert = (to: Uint8Array, values: Elements, raw: RawInput) => number;

async function load(
  { path, tensor, settings, choice, context }: LoadRequest,
  bytesPerValue: number,
  convert: Convert,
): Promise<LoadedInputs> {
  const { progress, signal = new AbortController().signal } = context;
  const wanted = tensor.shape.slice(1);
  const source = await openSource(path, settings, signal, { shape: wanted });
  if (source.total === 0) throw dtmmError("INPUT_EMPTY", { path: source.path });
  const misfit = shapeProblem(source, wanted);
  if (misfit) throw misfit;
  const count = source.total && Math.min(source.total, choice.limit ?? source.total);
  const store = new SampleStore(source.path, elementCount(wanted) * bytesPerValue, count);
  const raw = { scale: settings.inputScale, offset: settings.inputOffset };
  const labels: (number | undefined)[] = [];
  for await (const { index, values, label } of source.read(choice)) {
    signal.throwIfAborted();
    if (values.length !== elementCount(wanted)) {
      throw new Error(`${source.path} gave ${values.length} values where its shape says otherwise`);
    }
    const bad = convert(store.next(), values, raw);
    if (bad >= 0) {
      throw dtmmError("INPUT_NOT_FINITE", { path: source.path, value: String(values[bad]), sample: index });
    }
    labels.push(label);
    if (count) progress?.update(labels.length / count, `input ${labels.length} of ${count}`);
  }
  const { samples, bytes } = store.finish();
  return {
    samples,
    bytes,
    ...labelsOfSource(source, labels),
    source: {
      path: source.path,
      total: source.total ?? samples,
      alreadyQuantised: source.type === "int8" && !settings.numbersOnly,
    },
  };
}

/** INPUT_SHAPE where samples of the source are none for an input of the shape `wanted`, which is without its batch. */
export function shapeProblem(source: DataSource, wanted: readonly number[]): DtmmError | undefined {
  if (fitsSource(source, wanted)) return undefined;
  return dtmmError("INPUT_SHAPE", {
    path: source.path,
    shape: shapeText([source.total ?? "samples", ...source.shape]),
    expected: shapeText(["samples", ...wanted]),
  });
}

/** The classes that came with the samples, if every one has its own. */
function labelsOfSource(
  source: DataSource,
  labels: readonly (number | undefined)[],
): { labels?: LoadedLabels } {
  const first = labels.indexOf(undefined);
  if (first === -1) {
    const { path } = source;
    return { labels: { path, values: Float64Array.from(labels as number[]), names: source.labels?.names } };
  }
  if (labels.some((label) => label !== undefined)) {
    throw dtmmError("LABELS_PARTIAL", { path: source.path, sample: first });
  }
  return {};
}
