import { dtmmError } from "../errors/index.js";
import { bytesPerElement, elementCount, elementsOf } from "./elements.js";
import { type NpyHeader, npyHeaderBytes, parseNpyHeader, shapeText } from "./npy.js";
import { openDataFile, readRange, withDataFile } from "./read-file.js";
import { chosenOf, type DataSource, type ExpectedInput, type Sample, type SampleChoice } from "./source.js";

/**
 * Opens a .npy file [samples, ...]; only the samples that are chosen are read from the disk.
 *
 * @throws DATA_UNREADABLE, NPY_*, INPUT_SHAPE for a single number
 */
export async function openNpy(path: string, expected?: ExpectedInput): Promise<DataSource> {
  const header = await withDataFile(path, async (file, bytes) =>
    parseNpyHeader(await readRange(file, path, 0, Math.min(bytes, npyHeaderBytes)), bytes, path),
  );
  return {
    ...sampleAxes(header, expected),
    kind: "npy",
    path,
    read: (choice) => readSamples(header, choice),
  };
}

/** What an array [samples, ...] is as a source. */
export function sampleAxes(
  { path, shape, type }: NpyHeader,
  expected?: ExpectedInput,
): Pick<DataSource, "shape" | "flat" | "type"> & { total: number } {
  const [total, ...rest] = shape;
  if (total === undefined) {
    const axes = expected?.shape.join(", ") ?? "...";
    throw dtmmError("INPUT_SHAPE", { path, shape: shapeText(shape), expected: `[samples, ${axes}]` });
  }
  return { total, shape: rest, flat: false, type };
}

async function* readSamples(header: NpyHeader, choice: SampleChoice): AsyncGenerator<Sample> {
  const { path, type, shape, dataOffset } = header;
  const bytes = elementCount(shape.slice(1)) * bytesPerElement(type);
  const file = await openDataFile(path);
  try {
    for (const index of chosenOf(shape[0]!, choice)) {
      const values = elementsOf(type, await readRange(file, path, dataOffset + index * bytes, bytes));
      yield { index, values };
    }
  } finally {
    await file.close();
  }
}
