import { DtmmError, dtmmError } from "../errors/index.js";
import { bytesPerElement, elementCount, elementsOf } from "./elements.js";
import { isLabelArray, labelNumbers } from "./label-values.js";
import { sampleAxes } from "./npy-source.js";
import {
  type ArchivedArray,
  describeArrays,
  namedArray,
  openArchive,
  parts,
  splitArrayName,
  wholeArray,
} from "./npz.js";
import { fitsInput } from "./shapes.js";
import { chosenOf, type DataSource, type ExpectedInput, type Sample, type SampleChoice } from "./source.js";

/** Names that arrays of inputs go by. */
const inputsName = /^(x|inputs?|images?|features?|data|samples|arr_0)$/i;

/**
 * Opens an array [samples, ...] of a .npz archive: the one that the path names (`file.npz:x`), else the only one whose samples
 * are the model's, else the only one with a usual name. Classes come from the array beside it: `y` for `x`, `y_test` for
 * `x_test`, `labels` for `images` and the like.
 *
 * @throws DATA_UNREADABLE, ARCHIVE_*, NPY_*, DATA_TOO_LARGE
 */
export async function openNpz(path: string, expected?: ExpectedInput): Promise<DataSource> {
  const { file, array } = splitArrayName(path);
  const { zip, arrays } = await openArchive(file);
  try {
    const name = array ?? chooseInputs(arrays, file, expected);
    const { header } = namedArray(arrays, name, file);
    const axes = sampleAxes(header, expected);
    const beside = labelsBeside(arrays, name, axes.total);
    const values = beside && labelNumbers(await wholeArray(zip, namedArray(arrays, beside.name, file)));
    return {
      ...axes,
      kind: "npz",
      path: header.path,
      ...(values ? { labels: { values } } : {}),
      read: (choice) => readSamples(file, name, values, choice),
    };
  } finally {
    zip.close();
  }
}

function chooseInputs(arrays: readonly ArchivedArray[], path: string, expected?: ExpectedInput): string {
  if (arrays.length === 1) return arrays[0]!.name;
  const candidates = arrays.filter(({ header }) => {
    if (header instanceof DtmmError) return false;
    return expected ? fitsInput(header.shape.slice(1), expected.shape) : header.shape.length > 1;
  });
  if (candidates.length === 1) return candidates[0]!.name;
  const usual = (candidates.length > 0 ? candidates : arrays).filter(({ name }) => inputsName.test(name));
  if (usual.length === 1) return usual[0]!.name;
  throw dtmmError("ARCHIVE_AMBIGUOUS", { path, arrays: describeArrays(arrays) });
}

/** What the classes of these inputs may be called, in lower case. */
function labelNames(name: string): string[] {
  const lower = name.toLowerCase();
  if (lower === "arr_0") return ["arr_1"];
  const instead = (word: string) => lower.replace(/^x(?=$|_)|inputs?|images?|features?|data|samples/, word);
  return ["y", "labels", "label", "classes", "targets"].map(instead).filter((other) => other !== lower);
}

function labelsBeside(
  arrays: readonly ArchivedArray[],
  name: string,
  total: number,
): ArchivedArray | undefined {
  const wanted = labelNames(name);
  return arrays.find(
    ({ name: other, header }) =>
      wanted.includes(other.toLowerCase()) &&
      !(header instanceof DtmmError) &&
      header.shape[0] === total &&
      isLabelArray(header),
  );
}

async function* readSamples(
  file: string,
  name: string,
  labels: Float64Array | undefined,
  choice: SampleChoice,
): AsyncGenerator<Sample> {
  const { zip, arrays } = await openArchive(file);
  try {
    const array = namedArray(arrays, name, file);
    const { type, shape } = array.header;
    const size = elementCount(shape.slice(1)) * bytesPerElement(type);
    for await (const { index, bytes } of parts(zip, array, chosenOf(shape[0]!, choice), size)) {
      yield { index, values: elementsOf(type, bytes), label: labels?.[index] };
    }
  } finally {
    zip.close();
  }
}
