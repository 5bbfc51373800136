import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { loadInputs } from "../../lib/data/inputs.js";
import type { DataSettings } from "../../lib/data/open.js";
import { audioSettings } from "../../lib/options/data-settings.js";
import { tempFolder, writeFiles } from "../cli/support/temp-folder.js";
import { thrownBy } from "../cli/support/throws.js";
import { open, plain, read } from "./support.js";
import { wav16 } from "./wav-bytes.js";

const root = tempFolder();
let folders = 0;

function folderOf(files: Record<string, string | Uint8Array>): string {
  const folder = path.join(root, String(folders++));
  writeFiles(folder, files);
  return folder;
}

const audio = (settings: object): Partial<DataSettings> => ({ audio: audioSettings.parse(settings) });

/** The recording of audio/make_reference.py. */
function recording(): Int16Array {
  let state = 1;
  return Int16Array.from({ length: 16000 }, (_, n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const tone = n < 4000 || n >= 12000 ? 0 : Math.floor((n * 880) / 16000) % 2 === 1 ? 6000 : -6000;
    return tone + ((state >>> 16) % 4001) - 2000;
  });
}

const wav = wav16(recording());
const reference = JSON.parse(
  readFileSync(new URL("audio/reference.json", import.meta.url), "utf8"),
) as Record<string, number[][]>;

/** Features of a recording, frame by frame. */
async function featuresOf(settings: object, bytes: Uint8Array = wav): Promise<number[][]> {
  const source = await open(folderOf({ "a.wav": bytes }), audio(settings));
  const [values] = (await read(source)).values;
  const [frames, width] = source.shape;
  return Array.from({ length: frames! }, (_, frame) => values!.slice(frame * width!, (frame + 1) * width!));
}

/** Largest difference of two tables of the same size. */
function largestDifference(found: readonly number[][], wanted: readonly number[][]): number {
  expect(found.map((row) => row.length)).toEqual(wanted.map((row) => row.length));
  return Math.max(...found.flatMap((row, i) => row.map((value, k) => Math.abs(value - wanted[i]![k]!))));
}

const every = (step: number) => (_: unknown, index: number) => index % step === 0;

describe("features are TensorFlow's (reference.json)", () => {
  test("MFCC as of MLPerf Tiny's keyword spotting: 30 ms by 20 ms, 40 filters from 20 to 4000 Hz, 10 coefficients", async () => {
    const found = await featuresOf({ features: "mfcc" });
    expect(found).toHaveLength(49);
    expect(largestDifference(found, reference.mfcc!)).toBeLessThan(0.001);
  });

  test("log-mel of the same filters", async () => {
    const found = (await featuresOf({ features: "log-mel" })).filter(every(8));
    expect(largestDifference(found, reference["log-mel"]!)).toBeLessThan(0.001);
  });

  test("log-mel of power, by other settings throughout", async () => {
    const settings = {
      features: "log-mel",
      ...{ windowMs: 25, strideMs: 10, fftLength: 1024, melBins: 26, lowerHz: 0, upperHz: 8000 },
      ...{ spectrum: "power", logOffset: 1e-3 },
    };
    const found = (await featuresOf(settings)).filter(every(20));
    const wanted = reference["log-mel of power, 25 ms by 10 ms, 26 filters to 8000 Hz"]!;
    expect(largestDifference(found, wanted)).toBeLessThan(0.001);
  });

  test("other logarithms", async () => {
    const [ln] = await featuresOf({ features: "log-mel", logOffset: 0 });
    const [log10] = await featuresOf({ features: "log-mel", logOffset: 0, log: "log10" });
    const [db] = await featuresOf({ features: "log-mel", logOffset: 0, log: "db" });
    ln!.forEach((value, i) => {
      expect(log10![i]).toBeCloseTo(value / Math.LN10, 5);
      expect(db![i]).toBeCloseTo((10 * value) / Math.LN10, 4);
    });
  });

  test("the tree's own audio front end, to the last bit", async () => {
    expect(await featuresOf({ features: "micro-frontend" })).toEqual(reference["micro-frontend"]);
    const without = await featuresOf({ features: "micro-frontend", pcan: false });
    expect(without.filter(every(8))).toEqual(reference["micro-frontend without gain control"]);
  });

  test("every clip begins with a front end that has heard nothing", async () => {
    const folder = folderOf({ "a.wav": wav, "b.wav": wav16(new Int16Array(16000)), "c.wav": wav });
    const { values } = await read(await open(folder, audio({ features: "micro-frontend" })));
    expect(values[2]).toEqual(values[0]);
    expect(values[1]).not.toEqual(values[0]);
  });

  test("the samples themselves", async () => {
    const settings = audio({ features: "waveform", clipMs: 1 });
    const source = await open(folderOf({ "a.wav": wav16(Int16Array.of(16384, -8192)) }), settings);
    expect((await read(source)).values).toEqual([[0.5, -0.25, ...Array(14).fill(0)]]);
  });
});

describe("recordings become samples", () => {
  test("a class a folder; a file is one clip from its beginning", async () => {
    const folder = folderOf({ "no/1.wav": wav, "yes/1.wav": wav16(Int16Array.of(9)), "yes/2.wav": wav });
    const source = await open(folder, audio({ features: "mfcc" }), [49, 10, 1]);
    expect(source).toMatchObject({
      kind: "audio",
      total: 3,
      shape: [49, 10],
      labels: { names: ["no", "yes"] },
    });
    expect((await read(source)).labels).toEqual([0, 1, 1]);
    expect((await read(source, { limit: 2, seed: 1 })).indices).toHaveLength(2);
  });

  test("a long recording is cut where a stride is set", async () => {
    const ramp = Int16Array.from({ length: 100 }, (_, i) => i * 256);
    const folder = folderOf({
      "a/1.wav": wav16(ramp, { sampleRate: 1000 }),
      "b/1.wav": wav16(ramp.slice(0, 5), { sampleRate: 1000 }),
    });
    const settings = { features: "waveform", sampleRate: 1000, clipMs: 40, clipStrideMs: 30 };
    const source = await open(folder, audio(settings));
    const { values, labels } = await read(source);
    expect([source.total, labels]).toEqual([4, [0, 0, 0, 1]]);
    expect(values.map(([first]) => first! * 128)).toEqual([0, 30, 60, 0]);
  });

  test("a model that takes a vector gets the frames end to end", async () => {
    const folder = folderOf({ "a.wav": wav });
    const tensor = { type: "INT8", shape: [1, 1960], scale: 26 / 255, zeroPoint: -128 };
    const settings = { ...plain, inputScale: 10 / 256, ...audio({ features: "micro-frontend" }) };
    const { bytes } = await loadInputs(folder, tensor, settings);
    const wanted = reference["micro-frontend"]!.flat().map((value) =>
      Math.min(127, Math.round(Math.fround((value * 10) / 256) / tensor.scale) - 128),
    );
    expect([...new Int8Array(bytes.buffer)]).toEqual(wanted);
  });

  test("features of another shape than the model's: INPUT_SHAPE", async () => {
    const tensor = { type: "INT8", shape: [1, 49, 12, 1], scale: 1, zeroPoint: 0 };
    const load = () =>
      loadInputs(folderOf({ "a.wav": wav }), tensor, { ...plain, ...audio({ features: "mfcc" }) });
    const error = await thrownBy(load);
    expect([error.code, error.message.includes("[1, 49, 10]")]).toEqual(["INPUT_SHAPE", true]);
  });
});

describe("what is refused", () => {
  test("no settings: AUDIO_SETTINGS", async () => {
    expect((await thrownBy(() => open(folderOf({ "a.wav": wav })))).code).toBe("AUDIO_SETTINGS");
  });

  test("another rate: WAV_RATE", async () => {
    const folder = folderOf({ "a.wav": wav16(recording(), { sampleRate: 44100 }) });
    const error = await thrownBy(async () => read(await open(folder, audio({ features: "mfcc" }))));
    expect([error.code, error.message.includes("44100 samples a second, not 16000")]).toEqual([
      "WAV_RATE",
      true,
    ]);
  });

  test.each([
    [{ features: "mfcc", upperHz: 9000 }, "upperHz of audio"],
    [{ features: "mfcc", lowerHz: 5000 }, "lowerHz of audio"],
    [{ features: "mfcc", coefficients: 41 }, "coefficients of audio"],
    [{ features: "log-mel", fftLength: 256 }, "fftLength of audio"],
    [{ features: "log-mel", fftLength: 500 }, "fftLength of audio"],
    [{ features: "log-mel", windowMs: 40, clipMs: 30 }, "windowMs of audio"],
    [{ features: "micro-frontend", windowMs: 32.5 }, "windowMs of audio"],
  ])("%j", async (settings, where) => {
    const error = await thrownBy(() => featuresOf(settings));
    expect(error.code).toBe("OPTION_VALUE");
    expect(error.message).toContain(where);
  });

  test("a damaged recording among others is named", async () => {
    const folder = folderOf({ "a.wav": wav, "b.wav": wav.subarray(0, 1000) });
    const error = await thrownBy(async () => read(await open(folder, audio({ features: "micro-frontend" }))));
    expect([error.code, error.message.includes("b.wav")]).toEqual(["WAV_DAMAGED", true]);
  });

  test("a front end that crashes: FRONTEND_FAILED", async () => {
    // A transform of 2^18 values is beyond its 16-bit arithmetic.
    const sampleRate = 192_000;
    const bytes = wav16(new Int16Array(sampleRate).fill(1000), { sampleRate });
    const settings = { features: "micro-frontend", sampleRate, windowMs: 1000, upperHz: 96_000 };
    expect((await thrownBy(() => featuresOf(settings, bytes))).code).toBe("FRONTEND_FAILED");
  });

  test("frames of a rate that does not divide: whole samples, as the front end counts", async () => {
    const sampleRate = 11_025;
    const bytes = wav16(new Int16Array(sampleRate).fill(1000), { sampleRate });
    for (const features of ["micro-frontend", "mfcc"]) {
      expect(await featuresOf({ features, sampleRate, upperHz: 4000 }, bytes)).toHaveLength(49);
    }
  });

  test("a tree without the front end: FRONTEND_MISSING", async () => {
    const tree = folderOf({ "tensorflow/lite/micro/micro_interpreter.h": "" });
    const settings = { ...audio({ features: "micro-frontend" }), tflm: { dir: tree } };
    const error = await thrownBy(async () => read(await open(folderOf({ "a.wav": wav }), settings)));
    expect([error.code, error.exit]).toEqual(["FRONTEND_MISSING", 3]);
  });
});
