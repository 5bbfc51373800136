import { extname } from "node:path";
import { DtmmError, dtmmError } from "../errors/index.js";
import { csvSettings } from "../options/data-settings.js";
import { csvRows } from "./csv.js";
import { labelColumnOf } from "./csv-source.js";
import type { LoadedInputs, LoadedLabels } from "./inputs.js";
import { hasLabelShape, isLabelArray, labelNumbers, labelsOfTexts } from "./label-values.js";
import { type NpyArray, readNpy, shapeText } from "./npy.js";
import { describeArrays, namedArray, openArchive, splitArrayName, wholeArray } from "./npz.js";
import type { DataSettings } from "./open.js";
import { readDataFile } from "./read-file.js";

/** The value of --labels that takes none, not even those that come with the inputs. */
export const noLabels = "off";

const maxTextBytes = 256 * 1024 * 1024;

/**
 * The classes of loaded inputs: those that a file has, else those that came with the inputs.
 *
 * @param path a .npy, .npz, .csv or .txt file with one class per sample, or "off"
 * @param classes how many the model has
 * @returns values 0..classes-1; undefined where there are none
 * @throws DATA_UNREADABLE, LABELS_*, CLASSES_COUNT, CLASS_UNKNOWN, and what the kind of file throws
 */
export async function labelsOf(
  inputs: Pick<LoadedInputs, "samples" | "labels">,
  path: string | undefined,
  classes: number,
  settings: DataSettings,
): Promise<Int32Array | undefined> {
  if (path === noLabels) return undefined;
  const labels = path === undefined ? inputs.labels : await readLabels(path, settings);
  if (labels === undefined) return undefined;
  return checkLabels(labels, inputs.samples, classes);
}

/**
 * Holds classes against the model's.
 *
 * @throws CLASSES_COUNT, LABELS_LENGTH, LABELS_VALUE
 */
export function checkLabels(
  { path, values, names }: LoadedLabels,
  samples: number,
  classes: number,
): Int32Array {
  // Sorted names of another number of classes would each stand for the wrong output.
  if (names && names.length !== classes)
    throw dtmmError("CLASSES_COUNT", { path, names: [...names], classes });
  if (values.length !== samples) throw dtmmError("LABELS_LENGTH", { path, labels: values.length, samples });
  return Int32Array.from(values, (value, at) => {
    if (value >= 0 && value < classes) return value;
    throw dtmmError("LABELS_VALUE", { path, at, value: String(value), classes });
  });
}

async function readLabels(path: string, settings: DataSettings): Promise<LoadedLabels> {
  const { file, array } = splitArrayName(path);
  switch (extname(file).toLowerCase()) {
    case ".npz":
      return { path, values: await npzLabels(file, array) };
    case ".csv":
      return { path, ...(await csvLabels(path, settings)) };
    case ".txt":
      return { path, ...(await textLabels(path, settings)) };
    default:
      return { path, values: arrayLabels(await readNpy(path)) };
  }
}

function arrayLabels(array: NpyArray): Float64Array {
  const { path, type, shape } = array;
  if (!hasLabelShape(shape)) throw dtmmError("LABELS_SHAPE", { path, shape: shapeText(shape) });
  if (!isLabelArray(array)) {
    throw dtmmError("NPY_DTYPE", { path, dtype: type, supported: "uint8, int8, int16, int32, int64" });
  }
  return labelNumbers(array);
}

/** Of an archive the named array, else the only one that can be classes. */
async function npzLabels(file: string, name: string | undefined): Promise<Float64Array> {
  const { zip, arrays } = await openArchive(file);
  try {
    const fitting = arrays.filter(({ header }) => !(header instanceof DtmmError) && isLabelArray(header));
    const chosen = name ?? (fitting.length === 1 ? fitting[0]!.name : undefined);
    if (chosen === undefined)
      throw dtmmError("ARCHIVE_AMBIGUOUS", { path: file, arrays: describeArrays(arrays) });
    return arrayLabels(await wholeArray(zip, namedArray(arrays, chosen, file)));
  } finally {
    zip.close();
  }
}

async function csvLabels(path: string, { csv, classes }: DataSettings) {
  const settings = csv ?? csvSettings.parse({});
  const texts: string[] = [];
  const lines: number[] = [];
  let column: number | undefined;
  for await (const { cells, line } of csvRows(path, settings.delimiter)) {
    if (column === undefined) {
      const found = labelColumnOf(cells, path, settings);
      column = found.column;
      if (found.isHeader) continue;
    }
    texts.push(cells[column]!);
    lines.push(line);
  }
  return labelsOfTexts(texts, classes, (index) => `${path}, line ${lines[index]}`);
}

async function textLabels(path: string, { classes }: DataSettings) {
  const text = new TextDecoder().decode(await readDataFile(path, maxTextBytes));
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  while (lines.at(-1) === "") lines.pop();
  return labelsOfTexts(lines, classes, (index) => `${path}, line ${index + 1}`);
}
