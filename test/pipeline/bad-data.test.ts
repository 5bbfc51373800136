import { mkdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { npyBytes } from "../data/npy-bytes.js";
import {
  calibrationInputs,
  calibrationSamples,
  evalSamples,
  inputsNpy,
  labelsNpy,
  projectMaker,
  randomLabels,
  spec,
} from "./support/project.js";
import { expectRefusal, type Refusal } from "./support/refusal.js";

const newProject = projectMaker();
const shape = [calibrationSamples, ...spec.input.slice(1)];
const sampleSize = calibrationInputs.length / calibrationSamples;
const withNan = Float32Array.from(calibrationInputs);
withNan[2 * sampleSize + 5] = Number.NaN;
const transposed = [calibrationSamples, 3, 8, 8];
const labels = { labels: "labels.npy" };
const complex = new Uint8Array(8 * calibrationInputs.length);

const cases: [what: string, file: string, content: Uint8Array, options: object, refusal: Refusal][] = [
  [
    "too few labels",
    "labels.npy",
    labelsNpy(randomLabels(evalSamples - 1)),
    labels,
    { code: "LABELS_LENGTH", says: /31 labels for 32/ },
  ],
  [
    "inputs in NCHW",
    "calibration.npy",
    npyBytes({ descr: "|i1", shape: transposed, data: calibrationInputs }),
    {},
    { code: "INPUT_SHAPE", says: "[48, 3, 8, 8]" },
  ],
  [
    "complex inputs",
    "calibration.npy",
    npyBytes({ descr: "<c8", shape, data: complex }),
    {},
    { code: "NPY_DTYPE", says: "c8" },
  ],
  [
    "NaN in an input",
    "calibration.npy",
    npyBytes({ descr: "<f4", shape, data: withNan }),
    {},
    { code: "INPUT_NOT_FINITE", says: "NaN in sample 2" },
  ],
  [
    "no evaluation inputs",
    "eval.npy",
    inputsNpy(new Int8Array(), 0),
    {},
    { code: "INPUT_EMPTY", says: "eval.npy" },
  ],
  [
    "evaluation inputs of another size",
    "eval.npy",
    npyBytes({ descr: "|i1", shape: [4, 9, 9, 3], data: new Int8Array(972) }),
    {},
    { code: "INPUT_SHAPE", says: /eval\.npy .*\[4, 9, 9, 3\]/ },
  ],
];

describe("data that does not fit the model is refused before the long work", () => {
  test.each(cases)("%s", async (_, file, content, options, refusal) => {
    const { stages } = await expectRefusal(newProject({ [file]: content }), { ...options }, refusal);
    expect(stages).not.toContain("importance");
  });

  test("files that cannot be read", async () => {
    const project = newProject();
    const unreadable = { calibration: "none.npy", eval: "none.npy", labels: "none.npy" };
    for (const [key, name] of Object.entries(unreadable)) {
      await expectRefusal(project, { [key]: name }, { code: "DATA_UNREADABLE", says: name });
    }
  });

  test("an empty folder", async () => {
    const project = newProject();
    mkdirSync(path.join(project.root, "folder"));
    await expectRefusal(project, { eval: "folder" }, { code: "DATA_FOLDER_EMPTY", says: "folder" });
  });
});
