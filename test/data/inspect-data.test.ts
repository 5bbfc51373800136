import path from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { inspectData } from "../../lib/index.js";
import { Statistics } from "../../lib/inspect/data-statistics.js";
import { picture } from "../../lib/inspect/picture.js";
import type { OptionsInput } from "../../lib/options/types.js";
import { inspectDataResultSchema } from "../../lib/report/data-result.js";
import { dataSummary } from "../../lib/report/data-summary.js";
import { dtmm } from "../cli/support/dtmm.js";
import { tempFolder, writeFiles } from "../cli/support/temp-folder.js";
import { thrownBy } from "../cli/support/throws.js";
import { convModel, everyLayer } from "../support/models.js";
import { npyBytes } from "./npy-bytes.js";
import { zipBytes } from "./npz-bytes.js";
import { wav16 } from "./wav-bytes.js";

const root = tempFolder();
/** Bytes 0, 1, ... over and over, as samples of 12 x 12 x 3. */
const bytes = Uint8Array.from({ length: 4 * 432 }, (_, i) => i % 256);
const x = npyBytes({ descr: "|u1", shape: [4, 12, 12, 3], data: bytes });
const dot = (grey: number) =>
  sharp({ create: { width: 20, height: 15, channels: 3, background: { r: grey, g: grey, b: grey } } })
    .png()
    .toBuffer();
writeFiles(root, {
  "model.tflite": convModel(everyLayer),
  "x.npy": x,
  "flat.npy": npyBytes({ descr: "|u1", shape: [4, 432], data: bytes }),
  "holes.npy": npyBytes({
    descr: "<f4",
    shape: [2, 3],
    data: Float32Array.of(1, Number.NaN, 3, Number.NEGATIVE_INFINITY, 5, -3),
  }),
  "int8.npy": npyBytes({ descr: "|i1", shape: [4, 12, 12, 3], data: new Int8Array(bytes.buffer) }),
  "data.npz": zipBytes([
    { name: "x.npy", content: x, compressed: true },
    { name: "y.npy", content: npyBytes({ descr: "|u1", shape: [4], data: Uint8Array.of(0, 9, 9, 3) }) },
  ]),
  "photos/ant/1.png": await dot(10),
  "photos/bee/1.png": await dot(200),
  "photos/bee/2.png": await dot(100),
  "photos/bee/list.txt": "1.png",
  "word.wav": wav16(Int16Array.from({ length: 16000 }, (_, i) => (i * i * 31) % 9973)),
  "stream.mjs":
    "export default function* () { for (let i = 0; i < 7; i++) yield { input: [i, i, i, i], label: i % 2 }; }",
});

const look = async (data: string, options: OptionsInput = {}) => {
  const result = await inspectData({ data, ...options }, { cwd: root });
  expect(inspectDataResultSchema.parse(result)).toEqual(result);
  return result;
};

describe("what the data are", () => {
  test("an array: shape, type, values as recorded and real", async () => {
    const result = await look("x.npy", { inputScale: 0.5, inputOffset: 1 });
    expect(result).toMatchObject({
      data: { path: "x.npy", kind: "npy", samples: 4, shape: [12, 12, 3], type: "uint8", notes: [] },
      settings: { inputScale: 0.5, inputOffset: 1 },
      read: 4,
      recorded: { min: 0, max: 255 },
      real: { min: 1, max: 128.5 },
      notFinite: 0,
    });
    expect(result.first.map(({ sample }) => sample)).toEqual([0, 1, 2]);
    expect(result.first[0]!.values).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect(result.classes).toBeUndefined();
    expect(result.model).toBeUndefined();
  });

  test("classes are counted, with their names", async () => {
    expect((await look("data.npz")).classes).toEqual([
      { class: 0, samples: 1 },
      { class: 3, samples: 1 },
      { class: 9, samples: 2 },
    ]);
    const photos = await look("photos", {
      image: { size: [4, 6], channels: "grey" },
      classes: ["bee", "ant", "fly"],
    });
    expect(photos).toMatchObject({
      data: { kind: "images", samples: 3, shape: [4, 6, 1], notes: ["passed over: 1 .txt"] },
      classes: [
        { name: "bee", samples: 2 },
        { name: "ant", samples: 1 },
        { name: "fly", samples: 0 },
      ],
    });
    expect(photos.settings).toMatchObject({
      classes: ["bee", "ant", "fly"],
      image: { fit: "cover", kernel: "linear" },
    });
  });

  test("a stream has no number of samples", async () => {
    const result = await look("stream.mjs");
    expect(result.data).not.toHaveProperty("samples");
    expect(result).toMatchObject({
      read: 7,
      classes: [
        { class: 0, samples: 4 },
        { class: 1, samples: 3 },
      ],
    });
  });

  test("features of a recording, with every setting that counted", async () => {
    const result = await look("word.wav", { audio: { features: "mfcc" } });
    expect(result.data.shape).toEqual([49, 10]);
    expect(result.settings.audio).toMatchObject({ melBins: 40, windowMs: 30, upperHz: 4000, log: "ln" });
    expect(result.first[0]!.picture).toHaveLength(24);
  });

  test("values that are no numbers are counted and left out", async () => {
    expect(await look("holes.npy")).toMatchObject({
      notFinite: 2,
      recorded: { min: -3, max: 5 },
      first: [{ values: [1, null, 3] }, { values: [null, 5, -3] }],
    });
  });
});

describe("whether a model takes them", () => {
  const model = "model.tflite";

  test("it does, and so much is clamped", async () => {
    // The input stands for -128 * 2 / 255 to 127 * 2 / 255.
    const fits = await look("x.npy", { model, inputScale: 2 / 255, inputOffset: -256 / 255 });
    expect(fits.model).toMatchObject({ path: model, fits: true, problems: [], clamped: 0 });
    expect(fits.model!.input).toMatchObject({ type: "INT8", shape: [1, 12, 12, 3] });
    const raw = await look("x.npy", { model });
    // Bytes from 2 on lie beyond the range.
    expect(raw.model!.clamped).toBeCloseTo(bytes.filter((value) => value > 1).length / bytes.length, 6);
  });

  test("int8 values are model inputs already", async () => {
    const result = await look("int8.npy", { model });
    expect(result).not.toHaveProperty("real");
    expect(result.model).toMatchObject({ fits: true });
    expect(result.model).not.toHaveProperty("clamped");
  });

  test.each([
    ["flat.npy", {}, ["INPUT_SHAPE"]],
    ["holes.npy", {}, ["INPUT_SHAPE", "INPUT_NOT_FINITE"]],
    ["photos", {}, ["CLASSES_COUNT"]],
    ["stream.mjs", {}, ["INPUT_SHAPE"]],
  ])("%s does not fit", async (data, options, codes) => {
    const result = await look(data, { model, ...options });
    expect(result.model!.problems.map(({ code }) => code)).toEqual(codes);
    expect(result.model!.fits).toBe(false);
    expect(dataSummary(result)).toContain(`the data do not fit:\n  ${codes[0]}: `);
  });
});

describe("on the command line", () => {
  test("the summary; data that do not fit are exit code 1", async () => {
    const good = await dtmm(
      ["inspect", "--data", "data.npz", "model.tflite", "--input-scale", "2/255", "--input-offset", "-1"],
      root,
    );
    expect(good.code).toBe(0);
    expect(good.stdout).toContain("npz: data.npz:x, 4 samples of 12x12x3, uint8");
    expect(good.stdout).toMatch(/^recorded +0 +255 +/m);
    expect(good.stdout).toMatch(/^ +9 +2$/m);
    expect(good.stdout).toContain("sample 0, class 0: 0 1 2 3");
    expect(good.stdout).toContain("the data fit");
    const bad = await dtmm(["inspect", "--data", "flat.npy", "model.tflite"], root);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain("dtmm: not met: ");
    expect(bad.stdout).toContain("INPUT_SHAPE");
  });

  test("as JSON, with settings behind a flag", async () => {
    const { code, stdout } = await dtmm(
      ["inspect", "--data", "photos", "--image", "size=[5,5],channels=grey", "--json", "-"],
      root,
    );
    expect(code).toBe(0);
    expect(inspectDataResultSchema.parse(JSON.parse(stdout)).data.shape).toEqual([5, 5, 1]);
  });

  test("neither a model nor data: OPTION_MISSING", async () => {
    const { code, stderr } = await dtmm(["inspect"], path.join(root, "photos"));
    expect([code, stderr.includes("[OPTION_MISSING]") || stderr.includes("needs MODEL")]).toEqual([2, true]);
  });

  test("no such data", async () => {
    expect((await thrownBy(() => look("none.npy"))).code).toBe("DATA_UNREADABLE");
  });
});

test("statistics in one pass are those of all values at once", () => {
  const statistics = new Statistics();
  const parts = [Float64Array.of(1e6 + 1, 1e6 + 2, 1e6 + 4), new Float64Array(), Float64Array.of(1e6 + 9)];
  for (const part of parts) statistics.add(part);
  const { mean, std, min, max } = statistics.result()!;
  expect([min, max, mean]).toEqual([1e6 + 1, 1e6 + 9, 1e6 + 4]);
  expect(std).toBeCloseTo(Math.sqrt((9 + 4 + 0 + 25) / 4), 9);
  expect(new Statistics().result()).toBeUndefined();
});

describe("pictures", () => {
  test("a gradient, darkest to lightest", () => {
    const values = Uint8Array.from({ length: 80 }, (_, i) => (i % 10) * 20);
    expect(picture(values, [8, 10])).toEqual(Array(4).fill(" .:-=+*#%@"));
    expect(picture(values, [8, 10, 1])).toEqual(Array(4).fill(" .:-=+*#%@"));
  });

  test("of one value, and of shapes that have none", () => {
    expect(picture(new Uint8Array(64), [8, 8])).toEqual(Array(4).fill(""));
    expect(picture(new Uint8Array(64), [64])).toBeUndefined();
    expect(picture(new Uint8Array(64), [2, 32])).toBeUndefined();
  });

  test("large ones are averaged", () => {
    const lines = picture(new Uint8Array(96 * 96 * 3).fill(7).fill(200, 0, 48 * 96 * 3), [96, 96, 3])!;
    expect(lines).toHaveLength(16);
    expect(lines[0]).toBe("@".repeat(32));
    expect(lines[15]).toBe("");
  });
});
