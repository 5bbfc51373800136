import { entry } from "./entry.js";

const arrays = (list: readonly string[]) => (list.length === 0 ? "none" : list.join("; "));

/** Errors in recorded data of the various kinds. */
export const dataErrors = {
  DATA_KIND: entry<{ path: string; formats: string }>({
    exit: 2,
    message: (d) => `${d.path} is of no kind that is read as data`,
    hint: (d) => `Give a file that ends in ${d.formats}, or a folder; docs/data.md has examples.`,
  }),
  DATA_TOO_LARGE: entry<{ path: string; bytes: number; limit: number }>({
    exit: 2,
    message: (d) => `${d.path} would take ${d.bytes} bytes of memory, the limit is ${d.limit}`,
    hint: () => "Take fewer samples: --calibration-samples for calibration, a smaller file for the rest.",
  }),
  ARCHIVE_DAMAGED: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `${d.path} is no sound .npz archive: ${d.reason}`,
    hint: () => "Save it again with numpy.savez or numpy.savez_compressed.",
  }),
  ARCHIVE_ARRAY: entry<{ path: string; name: string; arrays: readonly string[] }>({
    exit: 2,
    message: (d) => `${d.path} has no array "${d.name}"`,
    hint: (d) => `Its arrays: ${arrays(d.arrays)}.`,
  }),
  ARCHIVE_AMBIGUOUS: entry<{ path: string; arrays: readonly string[] }>({
    exit: 2,
    message: (d) => `which array of ${d.path} is meant is not clear; it has ${arrays(d.arrays)}`,
    hint: (d) => `Name one, as in ${d.path}:x_test.`,
  }),
  INPUT_TYPE_MISSING: entry<{ path: string }>({
    exit: 2,
    message: (d) => `${d.path} holds bare numbers, and nothing says of which type`,
    hint: () => 'Give --input-type, or the key "inputType": int8, uint8, int16 or float32.',
  }),
  BIN_SIZE: entry<{ path: string; bytes: number; sampleBytes: number; type: string }>({
    exit: 2,
    message: (d) => `${d.path} has ${d.bytes} bytes, but a sample of type ${d.type} takes ${d.sampleBytes}`,
    hint: () =>
      "Check --input-type and the model's input shape. A file holds samples end to end without a header, one of a folder a single sample.",
  }),
  CSV_MALFORMED: entry<{ path: string; problem: string }>({
    exit: 2,
    message: (d) => `${d.path} is no sound CSV file: ${d.problem}`,
    hint: () => "Every row needs the same number of cells; check the delimiter and the quotes.",
  }),
  CSV_COLUMN: entry<{ path: string; column: string; known: readonly string[] }>({
    exit: 2,
    message: (d) => `${d.path} has no column "${d.column}"`,
    hint: (d) =>
      `Its columns: ${d.known.slice(0, 12).join(", ")}${d.known.length > 12 ? ", ..." : ""}. Set label and columns of --csv.`,
  }),
  CSV_VALUE: entry<{ path: string; line: number; column: string; value: string }>({
    exit: 2,
    message: (d) => `${d.path}, line ${d.line}, column ${d.column}: "${d.value}" is no number`,
    hint: () => "Name the columns of the inputs with --csv columns=[...], that of the classes with label=...",
  }),
  MODULE_UNLOADABLE: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `cannot load the module ${d.path}: ${d.reason}`,
    hint: () => "Run it with node by itself to see where it fails.",
  }),
  MODULE_EXPORT: entry<{ path: string; found: string }>({
    exit: 2,
    message: (d) => `${d.path} gives ${d.found}`,
    hint: () =>
      "Its default export is to be an array of { input, label }, something that yields them, or a function that returns one of these.",
  }),
  MODULE_FAILED: entry<{ path: string; sample: number; reason: string }>({
    exit: 2,
    message: (d) => `${d.path} threw an error at sample ${d.sample}: ${d.reason}`,
    hint: () => "Correct the module; --debug prints where it was thrown.",
  }),
  MODULE_SAMPLE: entry<{ path: string; sample: number; problem: string }>({
    exit: 2,
    message: (d) => `sample ${d.sample} of ${d.path} is unusable: ${d.problem}`,
    hint: () => "A sample is { input: numbers or a typed array, label: a whole number or nothing }.",
  }),
  MODULE_ENDLESS: entry<{ path: string; limit: number }>({
    exit: 2,
    message: (d) => `${d.path} yields more than ${d.limit} samples`,
    hint: () => "End the iteration once the recorded samples are through.",
  }),
  MODULE_STALLED: entry<{ path: string; sample: number; seconds: number }>({
    exit: 2,
    message: (d) => `${d.path} has not given sample ${d.sample} within ${d.seconds} seconds`,
    hint: () => "Check for a promise that is never resolved.",
  }),
  DATA_FOLDER_EMPTY: entry<{ path: string; formats: string; others: readonly string[] }>({
    exit: 2,
    message: (d) =>
      `the folder ${d.path} holds nothing that is read as data${d.others.length > 0 ? `, but ${d.others.join(", ")}` : ""}`,
    hint: (d) => `Files of a folder are read that end in ${d.formats}; convert others.`,
  }),
  DATA_FOLDER_MIXED: entry<{ path: string; kinds: readonly string[] }>({
    exit: 2,
    message: (d) => `the folder ${d.path} holds several kinds of data: ${d.kinds.join(", ")}`,
    hint: () => "Give each kind a folder of its own.",
  }),
  DATA_FOLDER_LAYOUT: entry<{ path: string; file: string; folder: string }>({
    exit: 2,
    message: (d) => `${d.path} holds files (${d.file}) beside folders of files (${d.folder})`,
    hint: () => "Put every file into the folder of its class, or all into one folder without classes.",
  }),
  CLASS_FOLDERS: entry<{ path: string; missing: readonly string[]; others: readonly string[] }>({
    exit: 2,
    message: (d) =>
      `${d.path} has no folder for the ${d.missing.length === 1 ? "class" : "classes"} ${d.missing.join(", ")}, but ${d.others.join(", ")}`,
    hint: () => "Correct --classes, or remove the folders that are no classes.",
  }),
  IMAGE_UNREADABLE: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `cannot decode the image ${d.path}: ${d.reason}`,
    hint: () => "Remove the file, or save it again as JPEG, PNG or WebP.",
  }),
  IMAGE_INPUT: entry<{ path: string; shape: string; channels: string }>({
    exit: 2,
    message: (d) =>
      `${d.path} holds images, which are read as ${d.channels}, but the model's input is [1, ${d.shape}]`,
    hint: () =>
      "Images become [height, width, channels]: 1 channel for grey, 3 for rgb and bgr (--image channels=...).",
  }),
  IMAGE_DECODER_MISSING: entry<{ reason: string }>({
    exit: 3,
    message: (d) => `the image decoder sharp cannot be loaded: ${d.reason}`,
    hint: () =>
      "Its binaries are optional packages of this platform: `npm install --include=optional sharp`, or give the inputs as .npy.",
  }),
  CLASS_UNKNOWN: entry<{ place: string; name: string; classes: readonly string[] }>({
    exit: 2,
    message: (d) => `${d.place}: there is no class "${d.name}"`,
    hint: (d) => `The classes are ${d.classes.join(", ")}. Correct --classes or the labels.`,
  }),
  CLASSES_COUNT: entry<{ path: string; names: string[]; classes: number }>({
    exit: 2,
    message: (d) =>
      `${d.path} has ${d.names.length} classes by name (${d.names.slice(0, 12).join(", ")}${d.names.length > 12 ? ", ..." : ""}), but the model has ${d.classes} outputs`,
    hint: () =>
      "Give all of the model's classes in its order with --classes; --labels off where the names are no classes.",
  }),
  LABELS_PARTIAL: entry<{ path: string; sample: number }>({
    exit: 2,
    message: (d) => `sample ${d.sample} of those taken from ${d.path} has no class, but others have one`,
    hint: () => "Give every sample a label, or none.",
  }),
};
