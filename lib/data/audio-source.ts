import { dtmmError } from "../errors/index.js";
import type { AudioSettings, FrontendSettings, SpectrumSettings } from "../options/data-settings.js";
import type { TflmOptions } from "../tflm/locate.js";
import { ensureFrontend } from "./audio/frontend-build.js";
import { FrontendProcess } from "./audio/frontend-process.js";
import { frameCount, MelFeatures, samplesIn, transformLength } from "./audio/mel.js";
import type { Elements } from "./elements.js";
import { fileSource } from "./file-source.js";
import type { DataFolder } from "./folder.js";
import type { DataSource, ExpectedInput } from "./source.js";
import { readWav, readWavFormat, type WavFormat } from "./wav.js";

/** A stretch of a recording that is one sample. */
interface Clip {
  file: string;
  /** Place among the clips of its file. */
  index: number;
  label?: number;
}

/** Computes features of clips; `close` ends what it has started. */
interface Extractor {
  compute: (samples: Float64Array) => Promise<Elements>;
  close: () => void;
}

interface AudioRequest {
  path: string;
  settings: AudioSettings | undefined;
  /** Which TFLM tree has the front end. */
  tree: TflmOptions;
  signal: AbortSignal;
}

/**
 * Opens .wav recordings, which become the features that the settings name: [frames, coefficients], or the samples themselves. A
 * model that takes a vector gets them end to end.
 *
 * @throws AUDIO_SETTINGS, OPTION_VALUE, WAV_*, and what building the front end throws
 */
export async function openAudio(
  { path, settings, tree, signal }: AudioRequest,
  { files, labels, notes }: Pick<DataFolder, "files" | "labels" | "notes">,
  expected?: ExpectedInput,
): Promise<DataSource> {
  if (settings === undefined) throw dtmmError("AUDIO_SETTINGS", { path });
  checkSettings(settings);
  const clips = await clipsOf(files, labels?.values, settings);
  const own = labels && { names: labels.names, values: Float64Array.from(clips, ({ label }) => label!) };
  const source = fileSource({
    ...{ kind: "audio", path, count: clips.length, shape: featureShape(settings), notes, labels: own },
    type: settings.features === "micro-frontend" ? "uint16" : "float32",
    start: async () => {
      const extractor = await openExtractor(settings, tree, signal);
      return {
        decode: async (index) => extractor.compute(await readClip(clips[index]!, settings)),
        close: extractor.close,
      };
    },
  });
  return { ...source, flat: expected?.shape.length === 1 };
}

/** Settings that each may be right, but do not go together. Throws OPTION_VALUE. */
function checkSettings(settings: AudioSettings): void {
  const require = (key: string, holds: boolean, expects: string) => {
    if (holds) return;
    const value = JSON.stringify((settings as Record<string, unknown>)[key]);
    throw dtmmError("OPTION_VALUE", { where: `${key} of audio`, expects, value });
  };
  if (settings.features === "waveform") return;
  const { sampleRate, clipMs, windowMs, strideMs, lowerHz, upperHz, melBins } = settings;
  require("windowMs", windowMs <= clipMs, `at most clipMs, ${clipMs}`);
  require("strideMs", samplesIn(strideMs, sampleRate) >= 1, "at least a sample");
  require("upperHz", upperHz <= sampleRate / 2, `at most half the sample rate, ${sampleRate / 2}`);
  require("lowerHz", lowerHz < upperHz, `less than upperHz, ${upperHz}`);
  if (settings.features === "micro-frontend") {
    require("windowMs", Number.isInteger(windowMs), "whole milliseconds");
    require("strideMs", Number.isInteger(strideMs), "whole milliseconds");
    return;
  }
  const length = transformLength(settings);
  const window = samplesIn(windowMs, sampleRate);
  const isPower = Number.isInteger(Math.log2(length));
  require("fftLength", isPower && length >= window, `a power of two from the window's ${window} samples up`);
  if (settings.features !== "mfcc") return;
  require("coefficients", settings.coefficients <= melBins, `at most melBins, ${melBins}`);
}

function featureShape(settings: AudioSettings): number[] {
  const clip = samplesIn(settings.clipMs, settings.sampleRate);
  if (settings.features === "waveform") return [clip];
  const window = samplesIn(settings.windowMs, settings.sampleRate);
  const stride = samplesIn(settings.strideMs, settings.sampleRate);
  const width = settings.features === "mfcc" ? settings.coefficients : settings.melBins;
  return [frameCount(clip, window, stride), width];
}

/** One clip a file, or as many as it holds where they are to follow each other. */
async function clipsOf(
  files: readonly string[],
  labels: Float64Array | undefined,
  { clipMs, clipStrideMs, sampleRate }: AudioSettings,
): Promise<Clip[]> {
  if (clipStrideMs === undefined) return files.map((file, i) => ({ file, index: 0, label: labels?.[i] }));
  const clip = samplesIn(clipMs, sampleRate);
  const stride = Math.max(1, samplesIn(clipStrideMs, sampleRate));
  const clips: Clip[] = [];
  for (const [i, file] of files.entries()) {
    const { frames } = await formatOf(file, sampleRate);
    const count = Math.max(1, frameCount(frames, clip, stride));
    for (let index = 0; index < count; index++) clips.push({ file, index, label: labels?.[i] });
  }
  return clips;
}

/** Throws WAV_RATE for a recording of another rate. */
async function formatOf(file: string, sampleRate: number): Promise<WavFormat> {
  const format = await readWavFormat(file);
  if (format.sampleRate === sampleRate) return format;
  throw dtmmError("WAV_RATE", { path: file, rate: format.sampleRate, wanted: sampleRate });
}

async function readClip(
  clip: Clip,
  { clipMs, clipStrideMs = 0, sampleRate }: AudioSettings,
): Promise<Float64Array> {
  const format = await formatOf(clip.file, sampleRate);
  const from = clip.index * Math.max(1, samplesIn(clipStrideMs, sampleRate));
  return readWav(format, from, samplesIn(clipMs, sampleRate));
}

async function openExtractor(
  settings: AudioSettings,
  tree: TflmOptions,
  signal: AbortSignal,
): Promise<Extractor> {
  switch (settings.features) {
    case "waveform":
      return { compute: async (samples) => Float32Array.from(samples), close: () => undefined };
    case "micro-frontend":
      return frontend(settings, await ensureFrontend(tree, signal));
    default:
      return melFeatures(settings);
  }
}

function melFeatures(settings: SpectrumSettings): Extractor {
  const features = new MelFeatures(settings);
  return { compute: async (samples) => features.compute(samples), close: () => undefined };
}

function frontend(settings: FrontendSettings, program: string): Extractor {
  const running = new FrontendProcess(program, settings);
  return { compute: (samples) => running.compute(asInt16(samples)), close: () => running.close() };
}

/** What 16-bit recordings hold; the front end takes nothing else. */
function asInt16(samples: Float64Array): Int16Array {
  return Int16Array.from(samples, (value) => Math.min(32767, Math.max(-32768, Math.round(value * 32768))));
}
