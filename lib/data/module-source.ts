import { types } from "node:util";
import { DtmmError, dtmmError } from "../errors/index.js";
import type { Elements, ElementType } from "./elements.js";
import { Random } from "./random.js";
import { chosenOf, type DataSource, type ExpectedInput, type Sample, type SampleChoice } from "./source.js";
import { defaultExport, firstLine, type ModuleRequest, patiently } from "./user-module.js";

/** More samples than anybody records: a module that yields more never ends. */
const maxSamples = 1_000_000;

const typesByTag: Record<string, ElementType> = {
  Uint8Array: "uint8",
  Uint8ClampedArray: "uint8",
  Int8Array: "int8",
  Uint16Array: "uint16",
  Int16Array: "int16",
  Uint32Array: "uint32",
  Int32Array: "int32",
  BigInt64Array: "int64",
  Float32Array: "float32",
  Float64Array: "float64",
};

/** An array, whose length is known, or something that yields samples. */
type Made = readonly unknown[] | AsyncIterable<unknown> | Iterable<unknown>;

/** Makes the samples anew for every reading. */
interface Maker {
  path: string;
  signal: AbortSignal;
  make: () => Promise<Made>;
}

/** What a module must yield, as its first sample says. */
interface Form {
  type: ElementType;
  length: number;
}

/**
 * Opens a module whose default export is an array of samples `{ input, label }`, an iterable or async iterable of them, or a
 * function that returns one of these. `input` is an array of numbers or a typed array; Int8Arrays are model inputs already.
 *
 * @throws DATA_UNREADABLE, MODULE_*
 */
export async function openModule(
  path: string,
  signal: AbortSignal,
  expected?: ExpectedInput,
): Promise<DataSource> {
  const maker = makerOf(await defaultExport(path), { path, signal, shape: expected?.shape });
  const made = await maker.make();
  const first = await firstOf(made, maker);
  const form =
    first === undefined ? { type: "float64" as const, length: 0 } : checkSample(first, 0, maker.path);
  const total = Array.isArray(made) ? made.length : first === undefined ? 0 : undefined;
  return {
    ...{ kind: "module", path, shape: [form.length], flat: true, type: form.type },
    ...(total === undefined ? {} : { total }),
    read: (choice) => readSamples(maker, form, choice),
  };
}

function makerOf(value: unknown, { path, signal, shape }: ModuleRequest & { path: string }): Maker {
  const make = async () => {
    let made = value;
    if (typeof value === "function") {
      const call = async () => (value as (request: ModuleRequest) => unknown)({ shape, signal });
      made = await patiently(call(), { path, sample: 0, signal }).catch((error) => failed(path, 0, error));
    }
    return samplesIn(made, path, typeof value === "function");
  };
  return { path, signal, make };
}

function samplesIn(value: unknown, path: string, isMadeAnew: boolean): Made {
  const refuse = (found: string) => dtmmError("MODULE_EXPORT", { path, found });
  if (Array.isArray(value)) return value as readonly unknown[];
  if (typeof value !== "object" || value === null || types.isTypedArray(value)) {
    throw refuse(value === null ? "null" : types.isTypedArray(value) ? "a typed array" : `a ${typeof value}`);
  }
  const many = (value as { [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator];
  const one = (value as { [Symbol.iterator]?: unknown })[Symbol.iterator];
  if (typeof many !== "function" && typeof one !== "function") throw refuse("an object that yields nothing");
  const isOnce = typeof (value as { next?: unknown }).next === "function";
  if (isOnce && !isMadeAnew) throw refuse("an iterator, which can be read only once");
  return value as Made;
}

function failed(path: string, sample: number, error: unknown): never {
  if (error instanceof DtmmError) throw error;
  throw dtmmError("MODULE_FAILED", { path, sample, reason: firstLine(error) }, error);
}

/** Every sample with its number; the module is told when the reading stops early. */
async function* each(
  made: Made,
  { path, signal }: Maker,
): AsyncGenerator<{ index: number; sample: unknown }> {
  const iterator = iteratorOf(made, path);
  let hasMore = false;
  try {
    for (let index = 0; index < maxSamples; index++) {
      hasMore = false;
      const { done, value } = await stepOf(iterator, { path, sample: index, signal });
      if (done) return;
      hasMore = true;
      yield { index, sample: value };
    }
    throw dtmmError("MODULE_ENDLESS", { path, limit: maxSamples });
  } finally {
    if (hasMore) await Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

/** What the iterator says next; what it throws is coded. */
async function stepOf(
  iterator: AsyncIterator<unknown>,
  place: { path: string; sample: number; signal: AbortSignal },
): Promise<IteratorResult<unknown>> {
  try {
    const step: unknown = iterator.next();
    const result = types.isPromise(step) ? await patiently(step, place) : step;
    if (typeof result !== "object" || result === null) throw new Error("next() returned no object");
    return result as IteratorResult<unknown>;
  } catch (error) {
    place.signal.throwIfAborted();
    return failed(place.path, place.sample, error);
  }
}

function iteratorOf(made: Made, path: string): AsyncIterator<unknown> {
  try {
    if (Symbol.asyncIterator in made) return made[Symbol.asyncIterator]();
    // A synchronous iterator does as well: what it returns is awaited.
    return made[Symbol.iterator]() as unknown as AsyncIterator<unknown>;
  } catch (error) {
    return failed(path, 0, error);
  }
}

async function firstOf(made: Made, maker: Maker): Promise<unknown> {
  for await (const { sample } of each(made, maker)) return sample;
  return undefined;
}

/** Checks one sample; throws MODULE_SAMPLE. */
function checkSample(sample: unknown, index: number, path: string): Form & Omit<Sample, "index"> {
  const refuse = (problem: string) => dtmmError("MODULE_SAMPLE", { path, sample: index, problem });
  if (typeof sample !== "object" || sample === null) throw refuse("it is no object { input, label }");
  const { input, label } = fieldsOf(sample, index, path);
  if (label !== undefined && !(typeof label === "number" && Number.isSafeInteger(label))) {
    throw refuse("its label is no whole number");
  }
  const values = Array.isArray(input) ? numbersOf(input, refuse) : input;
  const type = types.isTypedArray(values) ? typesByTag[values[Symbol.toStringTag]] : undefined;
  if (type === undefined) throw refuse("its input is neither an array of numbers nor a typed array");
  return { type, length: (values as Elements).length, values: values as Elements, label };
}

/** Reads the two fields; they may be getters that throw. */
function fieldsOf(sample: { input?: unknown; label?: unknown }, index: number, path: string) {
  try {
    return { input: sample.input, label: sample.label };
  } catch (error) {
    return failed(path, index, error);
  }
}

function numbersOf(input: readonly unknown[], refuse: (problem: string) => DtmmError): Float64Array {
  return Float64Array.from(input, (value, at) => {
    if (typeof value !== "number") throw refuse(`its input has ${typeof value} at ${at}, not a number`);
    return value;
  });
}

async function* readSamples(maker: Maker, form: Form, choice: SampleChoice): AsyncGenerator<Sample> {
  const made = await maker.make();
  const checked = ({ index, sample }: { index: number; sample: unknown }): Sample => {
    const { type, length, values, label } = checkSample(sample, index, maker.path);
    const refuse = (problem: string) =>
      dtmmError("MODULE_SAMPLE", { path: maker.path, sample: index, problem });
    if (length !== form.length)
      throw refuse(`its input has ${length} numbers, that of the first has ${form.length}`);
    if ((type === "int8") !== (form.type === "int8")) {
      throw refuse(`its input is of type ${type}, that of the first of type ${form.type}`);
    }
    return { index, values, label };
  };
  if (Array.isArray(made)) {
    for (const index of chosenOf(made.length, choice)) yield checked({ index, sample: made[index] });
  } else if (choice.limit === undefined) {
    for await (const one of each(made, maker)) yield checked(one);
  } else {
    yield* await drawn(each(made, maker), checked, choice.limit, choice.seed ?? 0);
  }
}

/**
 * Draws `count` samples from a stream of unknown length, every one equally likely, in one pass and with memory for these only
 * (J. Vitter, "Random Sampling with a Reservoir", 1985: algorithm R).
 *
 * @returns ascending
 */
async function drawn(
  stream: AsyncIterable<{ index: number; sample: unknown }>,
  checked: (one: { index: number; sample: unknown }) => Sample,
  count: number,
  seed: number,
): Promise<Sample[]> {
  const random = new Random(seed);
  const kept: Sample[] = [];
  for await (const one of stream) {
    const place = one.index < count ? one.index : random.below(one.index + 1);
    if (place >= count) continue;
    const sample = checked(one);
    // The module may fill one array again and again.
    kept[place] = { ...sample, values: sample.values.slice() };
  }
  return kept.sort((a, b) => a.index - b.index);
}
