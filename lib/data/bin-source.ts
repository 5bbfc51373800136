import { dtmmError } from "../errors/index.js";
import type { InputType } from "../options/data-settings.js";
import { bytesPerElement, elementCount, elementsOf } from "./elements.js";
import { openDataFile, readRange, withDataFile } from "./read-file.js";
import { chosenOf, type DataSource, type ExpectedInput, type Sample, type SampleChoice } from "./source.js";

/**
 * Opens a file of bare numbers, little endian, sample after sample. The model's input says how many make a sample; without a
 * model the whole file is one.
 *
 * @throws DATA_UNREADABLE, INPUT_TYPE_MISSING, BIN_SIZE
 */
export async function openBin(
  path: string,
  type: InputType | undefined,
  expected?: ExpectedInput,
): Promise<DataSource> {
  const bytes = await withDataFile(path, async (_, size) => size);
  if (type === undefined) throw dtmmError("INPUT_TYPE_MISSING", { path });
  const width = bytesPerElement(type);
  const shape = expected?.shape ?? [Math.floor(bytes / width)];
  const sampleBytes = elementCount(shape) * width;
  if (bytes % Math.max(sampleBytes, 1) !== 0) {
    throw dtmmError("BIN_SIZE", { path, bytes, sampleBytes, type });
  }
  const total = sampleBytes === 0 ? 0 : bytes / sampleBytes;
  return {
    ...{ kind: "bin", path, total, shape, flat: false, type },
    read: (choice) => readSamples({ path, type, total, sampleBytes }, choice),
  };
}

async function* readSamples(
  { path, type, total, sampleBytes }: { path: string; type: InputType; total: number; sampleBytes: number },
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
