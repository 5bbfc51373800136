/** A preview of recorded data: what they are, what their values are like, and whether a model can take them. */

import type { Context } from "./context.js";
import { elementCount } from "./data/elements.js";
import { shapeProblem } from "./data/inputs.js";
import { checkLabels } from "./data/labels.js";
import { type DataSettings, effectiveSettings, openSource } from "./data/open.js";
import type { DataSource, Sample } from "./data/source.js";
import { DtmmError, dtmmError } from "./errors/index.js";
import { type ImportedModel, importModel } from "./import.js";
import { Statistics, scaled } from "./inspect/data-statistics.js";
import { picture } from "./inspect/picture.js";
import { activationScale } from "./layers.js";
import type { InspectOptions } from "./options/types.js";
import { projectPath } from "./project-path.js";
import type { InspectDataResult } from "./report/data-result.js";
import { schemaVersion } from "./report/schema-version.js";
import { mainGraph } from "./tflite/graph.js";
import type { Tensor } from "./tflite/model.js";
import { enumLabel, TensorType } from "./tflite/schema.js";

/** So many samples are looked at, chosen all over the data. */
const previewSamples = 1024;
const shownSamples = 3;
const shownValues = 16;

type ModelFit = NonNullable<InspectDataResult["model"]>;

/**
 * Looks at recorded data, and whether the model takes them where one is named. Neither TFLM nor the addon is needed, but for
 * features of the TFLM tree's audio front end.
 *
 * @throws DATA_UNREADABLE, MODEL_*, and what opening and reading the kind of data throws
 */
export async function inspectData(
  options: InspectOptions & { data: string },
  { progress, signal }: Context,
): Promise<InspectDataResult> {
  const model =
    options.model === undefined ? undefined : await expectedInput(options.model, options.arrayName);
  const shape = model?.tensor.shape.slice(1);
  const source = await openSource(options.data, options, signal, shape && { shape });
  const stage = progress.stage("import", "Reading the data");
  const statistics = new Statistics();
  const seen: { labels: (number | undefined)[]; first: InspectDataResult["first"]; clamped: number } = {
    labels: [],
    first: [],
    clamped: 0,
  };
  const range = model && rangeOf(model.tensor);
  const all = Math.min(source.total ?? previewSamples, previewSamples);
  for await (const sample of source.read({ limit: previewSamples, seed: 1 })) {
    signal.throwIfAborted();
    statistics.add(sample.values);
    seen.labels.push(sample.label);
    if (seen.first.length < shownSamples) seen.first.push(shown(sample, source.shape));
    if (range) seen.clamped += clampedIn(sample, range, options);
    stage.update(seen.labels.length / all, `sample ${seen.labels.length}`);
  }
  stage.done();
  const recorded = statistics.result();
  const isQuantised = source.type === "int8" && model?.tensor.type !== TensorType.FLOAT32;
  const values = seen.labels.length * elementCount(source.shape);
  return {
    schemaVersion,
    data: {
      path: projectPath(options.root, source.path),
      kind: source.kind,
      ...(source.total === undefined ? {} : { samples: source.total }),
      shape: [...source.shape],
      type: source.type,
      notes: [...(source.notes ?? [])],
    },
    settings: effectiveSettings(source.kind, options),
    read: seen.labels.length,
    ...(recorded ? { recorded } : {}),
    ...(recorded && !isQuantised ? { real: scaled(recorded, options.inputScale, options.inputOffset) } : {}),
    notFinite: statistics.notFinite,
    ...classCounts(source, seen.labels),
    first: seen.first,
    ...(model && {
      model: modelFit(model, options.root, {
        problems: [...shapeProblems(source, model, statistics.notFinite), ...labelProblems(source, model)],
        ...(range && !isQuantised && values > 0 ? { clamped: seen.clamped / values } : {}),
      }),
    }),
  };
}

interface ExpectingModel {
  imported: ImportedModel;
  tensor: Tensor;
  /** Elements of its output. */
  classes: number;
}

async function expectedInput(path: string, arrayName: string): Promise<ExpectingModel> {
  const imported = await importModel(path, { purpose: "inspect", arrayName });
  const { inputs, outputs, tensors } = mainGraph(imported.model);
  const [input, output] = [tensors[inputs[0] ?? -1], tensors[outputs[0] ?? -1]];
  if (inputs.length !== 1 || outputs.length !== 1 || !input || !output) {
    throw dtmmError("MODEL_INPUTS_OUTPUTS", { model: path, inputs: inputs.length, outputs: outputs.length });
  }
  return { imported, tensor: input, classes: elementCount(output.shape) };
}

/** Real values that a quantised input can stand for. */
function rangeOf(tensor: Tensor): readonly [number, number] | undefined {
  if (tensor.type !== TensorType.INT8) return undefined;
  const { scale, zeroPoint } = activationScale(tensor);
  return [(-128 - zeroPoint) * scale, (127 - zeroPoint) * scale];
}

/** Values that lie more than half a step beyond the range. */
function clampedIn(
  { values }: Sample,
  [low, high]: readonly [number, number],
  settings: DataSettings,
): number {
  const half = (high - low) / 255 / 2;
  let clamped = 0;
  for (const value of values) {
    const real = Number(value) * settings.inputScale + settings.inputOffset;
    if (real < low - half || real > high + half) clamped++;
  }
  return clamped;
}

function shown(
  { index, values, label }: Sample,
  shape: readonly number[],
): InspectDataResult["first"][number] {
  const numbers = Array.from(values.slice(0, shownValues), Number);
  const drawn = picture(values, shape);
  return {
    sample: index,
    ...(label === undefined ? {} : { class: label }),
    values: numbers.map((value) => (Number.isFinite(value) ? value : null)),
    ...(drawn ? { picture: drawn } : {}),
  };
}

function classCounts(
  { labels }: DataSource,
  seen: readonly (number | undefined)[],
): Pick<InspectDataResult, "classes"> {
  const counts = new Map<number, number>(labels?.names?.map((_, number) => [number, 0]));
  for (const label of labels?.values ?? seen) {
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  if (counts.size === 0) return {};
  const sorted = [...counts].sort(([a], [b]) => a - b);
  const name = (number: number) => labels?.names?.[number];
  return {
    classes: sorted.map(([number, samples]) => ({
      class: number,
      ...(name(number) === undefined ? {} : { name: name(number) }),
      samples,
    })),
  };
}

type Problem = ModelFit["problems"][number];

function shapeProblems(source: DataSource, { tensor }: ExpectingModel, notFinite: number): Problem[] {
  const type = enumLabel("TensorType", tensor.type) ?? String(tensor.type);
  const isTaken = tensor.type === TensorType.INT8 || tensor.type === TensorType.FLOAT32;
  const problems = [
    isTaken ? undefined : dtmmError("INPUT_NOT_SUPPORTED", { type }),
    source.total === 0 ? dtmmError("INPUT_EMPTY", { path: source.path }) : undefined,
    shapeProblem(source, tensor.shape.slice(1)),
  ].flatMap((error) => (error ? [asProblem(error)] : []));
  if (notFinite === 0) return problems;
  const message = `${notFinite} of the values read are NaN or infinite`;
  return [...problems, { code: "INPUT_NOT_FINITE", message }];
}

/** What keeps the classes that come with the data from being those of the model. */
function labelProblems({ path, labels }: DataSource, { classes }: ExpectingModel): Problem[] {
  if (labels?.values === undefined) return [];
  const { values, names } = labels;
  try {
    checkLabels({ path, values, names }, values.length, classes);
    return [];
  } catch (error) {
    if (error instanceof DtmmError) return [asProblem(error)];
    throw error;
  }
}

function asProblem({ code, message }: DtmmError): Problem {
  return { code, message };
}

function modelFit(
  { imported, tensor }: ExpectingModel,
  root: string,
  found: Pick<ModelFit, "problems" | "clamped">,
): ModelFit {
  const range = rangeOf(tensor);
  return {
    path: projectPath(root, imported.path),
    sha256: imported.sha256,
    input: {
      name: tensor.name ?? "",
      type: enumLabel("TensorType", tensor.type) ?? String(tensor.type),
      shape: [...tensor.shape],
      ...activationScale(tensor),
      ...(range ? { range: [...range] as [number, number] } : {}),
    },
    fits: found.problems.length === 0,
    ...found,
  };
}
