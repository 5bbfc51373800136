/** Recorded data of every kind, by what their path says. */

import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { dtmmError } from "../errors/index.js";
import {
  type CsvSettings,
  csvSettings,
  type ImageSettings,
  type InputType,
  imageSettings,
} from "../options/data-settings.js";
import { openBin, openBinFolder } from "./bin-source.js";
import { openCsv } from "./csv-source.js";
import { type DataFolder, kindOfFile, listFolder } from "./folder.js";
import { openImages } from "./image-source.js";
import { openModule } from "./module-source.js";
import { openNpy } from "./npy-source.js";
import { splitArrayName } from "./npz.js";
import { openNpz } from "./npz-source.js";
import { unreadable } from "./read-file.js";
import type { DataSource, ExpectedInput } from "./source.js";

/** How recorded data become real values; the options of a command fit. */
export interface DataSettings {
  /** real = recorded * inputScale + inputOffset */
  inputScale: number;
  inputOffset: number;
  inputType?: InputType | undefined;
  /** int8 numbers are recorded ones like all others, not model inputs: what a float model's data are. */
  numbersOnly?: boolean | undefined;
  classes?: readonly string[] | undefined;
  image?: ImageSettings | undefined;
  csv?: CsvSettings | undefined;
}

/** Settings for the int8 model that was made of a float one: what was recorded cannot be inputs of it yet. */
export function numbersOnly<S extends DataSettings>(settings: S): S {
  return { ...settings, numbersOnly: true };
}

/** Formats by the ends of file names, as errors list them. */
const dataFormats = ".npy, .npz, .bin, .csv, .jpg, .png, .webp, .gif, .tif, .js, .mjs, .cjs, .ts, .mts";

/**
 * Opens recorded data.
 *
 * @param expected what the model wants; without it, sources whose shape only the model can say make the best of it
 * @throws DATA_UNREADABLE, DATA_KIND, and what the kind of data throws
 */
export async function openSource(
  path: string,
  settings: DataSettings,
  signal: AbortSignal,
  expected?: ExpectedInput,
): Promise<DataSource> {
  const { file } = splitArrayName(path);
  const facts = await stat(file).catch((error) => unreadable(file, error));
  if (facts.isDirectory()) {
    return openFiles(file, await listFolder(file, settings.classes), settings, expected);
  }
  switch (extname(file).toLowerCase()) {
    case ".npy":
      return openNpy(file, expected);
    case ".npz":
      return openNpz(path, expected);
    case ".bin":
      return openBin(file, settings.inputType, expected);
    case ".csv": {
      const { csv = csvSettings.parse({}), classes } = settings;
      return openCsv({ path: file, settings: csv, classes }, expected);
    }
    case ".js":
    case ".mjs":
    case ".cjs":
    case ".ts":
    case ".mts":
      return openModule(file, signal, expected);
  }
  const kind = kindOfFile(file);
  if (kind === undefined) throw dtmmError("DATA_KIND", { path: file, formats: dataFormats });
  return openFiles(file, { kind, files: [file], notes: [] }, settings, expected);
}

function openFiles(
  path: string,
  { kind, ...folder }: DataFolder,
  settings: DataSettings,
  expected?: ExpectedInput,
): Promise<DataSource> {
  switch (kind) {
    case "images":
      return openImages(path, folder, settings.image ?? imageSettings.parse({}), expected);
    case "bin":
      return openBinFolder(path, folder, settings.inputType, expected);
  }
}
