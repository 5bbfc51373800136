/** Recorded data of every kind, by what their path says. */

import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { dtmmError } from "../errors/index.js";
import {
  type AudioSettings,
  type CsvSettings,
  csvSettings,
  type ImageSettings,
  type InputType,
  imageSettings,
} from "../options/data-settings.js";
import type { TflmOptions } from "../tflm/locate.js";
import { openAudio } from "./audio-source.js";
import { openBin, openBinFolder } from "./bin-source.js";
import { openCsv } from "./csv-source.js";
import { type DataFolder, kindOfFile, listFolder } from "./folder.js";
import { openImages } from "./image-source.js";
import { openModule } from "./module-source.js";
import { openNpy } from "./npy-source.js";
import { splitArrayName } from "./npz.js";
import { openNpz } from "./npz-source.js";
import { unreadable } from "./read-file.js";
import type { DataKind, DataSource, ExpectedInput } from "./source.js";

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
  audio?: AudioSettings | undefined;
  csv?: CsvSettings | undefined;
  /** Which TFLM tree has the audio front end; the default one when absent. */
  tflm?: Omit<TflmOptions, "thirdParty"> | undefined;
  tflmThirdParty?: string | undefined;
}

/** Settings for the int8 model that was made of a float one: what was recorded cannot be inputs of it yet. */
export function numbersOnly<S extends DataSettings>(settings: S): S {
  return { ...settings, numbersOnly: true };
}

/** The settings that count for a kind of data, defaults included. */
export function effectiveSettings(kind: DataKind, settings: DataSettings): Record<string, unknown> {
  const { inputScale, inputOffset, inputType, classes, image, audio, csv } = settings;
  const own: Partial<Record<DataKind, Record<string, unknown>>> = {
    bin: { inputType },
    images: { image: image ?? imageSettings.parse({}) },
    audio: { audio },
    csv: { csv: csv ?? csvSettings.parse({}) },
  };
  const all = { inputScale, inputOffset, classes, ...own[kind] };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Formats by the ends of file names, as errors list them. */
const dataFormats = ".npy, .npz, .bin, .csv, .jpg, .png, .webp, .gif, .tif, .wav, .js, .mjs, .cjs, .ts, .mts";

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
    return openFiles(file, await listFolder(file, settings.classes), settings, signal, expected);
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
  return openFiles(file, { kind, files: [file], notes: [] }, settings, signal, expected);
}

function openFiles(
  path: string,
  { kind, ...folder }: DataFolder,
  settings: DataSettings,
  signal: AbortSignal,
  expected?: ExpectedInput,
): Promise<DataSource> {
  switch (kind) {
    case "images":
      return openImages(path, folder, settings.image ?? imageSettings.parse({}), expected);
    case "audio": {
      const { audio, tflm, tflmThirdParty } = settings;
      const tree = { ...tflm, thirdParty: tflmThirdParty };
      return openAudio({ path, settings: audio, tree, signal }, folder, expected);
    }
    case "bin":
      return openBinFolder(path, folder, settings.inputType, expected);
  }
}
