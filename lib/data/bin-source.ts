import { dtmmError } from "../errors/index.js";
import type { InputType } from "../options/data-settings.js";
import { bytesPerElement, elementCount, elementsOf } from "./elements.js";
import { fileSource } from "./file-source.js";
import type { DataFolder } from "./folder.js";
import { openDataFile, readDataFile, readRange, withDataFile } from "./read-file.js";
import { chosenOf, type DataSource, type ExpectedInput, type Sample, type SampleChoice } from "./source.js";

/** A file of bare numbers and how they make samples. */
interface BinFile {
  path: string;
  type: InputType;
  total: number;
  sampleBytes: number;
}

/**
 * Opens a file of bare numbers, little endian, sample after sample. The model's input says how many make a sample; without a
 * model the whole file is one.
 *
 * @throws DATA_UNREADABLE, INPUT_TYPE_MISSING, BIN_SIZE
 */
export async function openBin(
  path: string,
  inputType: InputType | undefined,
  expected?: ExpectedInput,
): Promise<DataSource> {
  const bytes = await fileBytes(path);
  const type = known(inputType, path);
  const shape = sampleShape(bytes, type, expected);
  const sampleBytes = elementCount(shape) * bytesPerElement(type);
  const total = sampleBytes === 0 ? 0 : bytes / sampleBytes;
  if (!Number.isInteger(total)) throw dtmmError("BIN_SIZE", { path, bytes, sampleBytes, type });
  return {
    ...{ kind: "bin", path, total, shape, flat: false, type },
    read: (choice) => readSamples({ path, type, total, sampleBytes }, choice),
  };
}

/**
 * Opens a folder of files of bare numbers with one sample each; without a model, the first file says how many.
 *
 * @throws DATA_UNREADABLE, INPUT_TYPE_MISSING; BIN_SIZE for a file of another length, once it is read
 */
export async function openBinFolder(
  path: string,
  folder: Pick<DataFolder, "files" | "labels" | "notes">,
  inputType: InputType | undefined,
  expected?: ExpectedInput,
): Promise<DataSource> {
  const type = known(inputType, path);
  const shape = sampleShape(await fileBytes(folder.files[0]!), type, expected);
  const sampleBytes = elementCount(shape) * bytesPerElement(type);
  return fileSource({
    ...{ kind: "bin", path, ...folder, shape, type },
    decode: async (file) => {
      const bytes = await fileBytes(file);
      if (bytes !== sampleBytes) throw dtmmError("BIN_SIZE", { path: file, bytes, sampleBytes, type });
      return elementsOf(type, await readDataFile(file));
    },
  });
}

function fileBytes(path: string): Promise<number> {
  return withDataFile(path, async (_, bytes) => bytes);
}

function known(type: InputType | undefined, path: string): InputType {
  if (type === undefined) throw dtmmError("INPUT_TYPE_MISSING", { path });
  return type;
}

function sampleShape(bytes: number, type: InputType, expected?: ExpectedInput): readonly number[] {
  return expected?.shape ?? [Math.floor(bytes / bytesPerElement(type))];
}

async function* readSamples(
  { path, type, total, sampleBytes }: BinFile,
  choice: SampleChoice,
): AsyncGenerator<Sample> {
  const file = await openDataFile(path);
  try {
    for (const index of chosenOf(total, choice)) {
      yield {
        index,
        values: elementsOf(type, await readRange(file, path, index * sampleBytes, sampleBytes)),
      };
    }
  } finally {
    await file.close();
  }
}
