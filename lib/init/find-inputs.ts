import { join, posix } from "node:path";
import type { ElementType } from "../data/elements.js";
import { imageName, listFolder } from "../data/folder.js";
import { openNpy } from "../data/npy-source.js";
import { openArchive } from "../data/npz.js";
import { openNpz } from "../data/npz-source.js";
import { fitsInput } from "../data/shapes.js";
import { DtmmError } from "../errors/index.js";
import { findSources } from "../firmware/resolver/scan.js";
import { activationScale } from "../layers.js";
import { mainGraph } from "../tflite/graph.js";
import type { Model, Tensor } from "../tflite/model.js";
import type { Finding } from "./finding.js";

/** What recorded inputs there are, by the options' names. */
export interface FoundInputs {
  calibration?: Finding<string>;
  eval?: Finding<string>;
  labels?: Finding<string>;
  inputScale?: Finding<string>;
  inputOffset?: Finding<number>;
}

const calibrationName = /calib|represent/i;
const trainingName = /train/i;
const evaluationName = /eval|test|valid/i;
const labelName = /label|class|target/i;

/** Recorded data of the project. */
interface Recording {
  /** As the options name it: relative to the root, with an array's name behind an archive's. */
  file: string;
  samples: number;
  /** Of one sample. */
  shape: readonly number[];
  type: ElementType;
  /** Classes come with it. */
  isLabelled: boolean;
}

/**
 * Finds arrays in .npy and .npz files whose samples fit the model's input, and folders of images that say by their names what
 * they are for.
 */
export async function findInputs(root: string, model: Model, ignore: string[]): Promise<FoundInputs> {
  const graph = mainGraph(model);
  const input = graph.tensors[graph.inputs[0] ?? -1]!;
  const shape = input.shape.slice(1);
  const arrays = [...(await npyRecordings(root, ignore)), ...(await npzRecordings(root, ignore, shape))];
  const folders = await imageFolders(root, ignore, shape);
  const fitting = [...arrays.filter((array) => fitsInput(array.shape, shape)), ...folders];
  const named = (pattern: RegExp) =>
    onlyOne(fitting.filter(({ file }) => pattern.test(posix.basename(file))));
  const evaluation = named(evaluationName);
  const calibration =
    named(calibrationName) ?? onlyOne(fitting.filter((one) => one !== evaluation)) ?? named(trainingName);
  const labels =
    evaluation &&
    !evaluation.isLabelled &&
    onlyOne(
      arrays.filter(
        (one) => one.shape.length === 0 && one.samples === evaluation.samples && labelName.test(one.file),
      ),
    );
  const found = (one: Recording | undefined, text: string): Finding<string> | undefined =>
    one && { value: one.file, reason: `${one.samples} ${text}` };
  return {
    calibration: found(calibration, `inputs of the model's shape [n, ${shape.join(", ")}]`),
    eval: found(evaluation, "inputs, by its name to judge on"),
    labels: found(labels || undefined, "numbers, by its name their classes"),
    ...(calibration ? scaling(calibration, input) : {}),
  };
}

/** What `read` makes of every file of this name; files that it cannot read are none. */
async function readAll<T>(
  root: string,
  { names, ignore }: { names: RegExp; ignore: string[] },
  read: (file: string) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = [];
  for (const file of await findSources(root, { names, ignore, maxBytes: Number.POSITIVE_INFINITY })) {
    try {
      found.push(...(await read(file)));
    } catch (error) {
      if (!(error instanceof DtmmError)) throw error;
    }
  }
  return found;
}

function npyRecordings(root: string, ignore: string[]): Promise<Recording[]> {
  return readAll(root, { names: /\.npy$/i, ignore }, async (file) => {
    const { total = 0, shape, type } = await openNpy(join(root, file));
    return [{ file, samples: total, shape, type, isLabelled: false }];
  });
}

/** Every array of every archive that could be inputs. */
function npzRecordings(root: string, ignore: string[], wanted: readonly number[]): Promise<Recording[]> {
  return readAll(root, { names: /\.npz$/i, ignore }, async (file) => {
    const { zip, arrays } = await openArchive(join(root, file));
    zip.close();
    const fitting = arrays.filter(
      ({ header }) => !(header instanceof DtmmError) && fitsInput(header.shape.slice(1), wanted),
    );
    const recordings = fitting.map(async ({ name }) => {
      const value = arrays.length === 1 ? file : `${file}:${name}`;
      const source = await openNpz(join(root, value), { shape: wanted });
      const { total = 0, shape, type, labels } = source;
      return { file: value, samples: total, shape, type, isLabelled: labels !== undefined };
    });
    return Promise.all(recordings);
  });
}

/** Folders whose names say that they are a data set, with images in them or in folders in them. */
async function imageFolders(root: string, ignore: string[], wanted: readonly number[]): Promise<Recording[]> {
  const [height = 0, width = 0, channels] = wanted;
  if (wanted.length !== 3 || height < 8 || width < 8 || (channels !== 1 && channels !== 3)) return [];
  const images = await findSources(root, { names: imageName, ignore, maxBytes: Number.POSITIVE_INFINITY });
  const parents = images.flatMap((file) => [posix.dirname(file), posix.dirname(posix.dirname(file))]);
  const says = (folder: string) =>
    [calibrationName, trainingName, evaluationName].some((name) => name.test(posix.basename(folder)));
  const found: Recording[] = [];
  for (const folder of [...new Set(parents)].filter(says)) {
    try {
      const { kind, files, labels } = await listFolder(join(root, folder), undefined);
      if (kind !== "images") continue;
      const isLabelled = labels !== undefined;
      found.push({ file: folder, samples: files.length, shape: wanted, type: "uint8", isLabelled });
    } catch (error) {
      if (!(error instanceof DtmmError)) throw error;
    }
  }
  return found;
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/**
 * How bytes 0..255 become real values, where the input's quantisation leaves no doubt: it spans 0..1, or -1..1. Steps that
 * are off by a tenth are another range.
 */
function scaling({ type }: Recording, input: Tensor): Pick<FoundInputs, "inputScale" | "inputOffset"> {
  if (type !== "uint8" || input.quantization === undefined) return {};
  const { scale, zeroPoint } = activationScale(input);
  const low = (-128 - zeroPoint) * scale;
  const high = (127 - zeroPoint) * scale;
  const spans = (from: number, to: number) => Math.abs(low - from) < 0.1 && Math.abs(high - to) < 0.1;
  const reason = `the recording holds bytes and the model's input spans ${low.toFixed(2)}..${high.toFixed(2)}`;
  if (spans(0, 1)) return { inputScale: { value: "1/255", reason } };
  if (spans(-1, 1)) return { inputScale: { value: "1/127.5", reason }, inputOffset: { value: -1, reason } };
  return {};
}
