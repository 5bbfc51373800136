/**
 * Reading .wav files (Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", 1991; WAVEFORMATEXTENSIBLE,
 * 2001): PCM of 8 to 32 bits and floating point, any number of channels, mixed to one.
 */

import type { FileHandle } from "node:fs/promises";
import { dtmmError } from "../errors/index.js";
import { readRange, withDataFile } from "./read-file.js";

/** What the header of a recording says. */
export interface WavFormat {
  path: string;
  encoding: "pcm" | "float";
  bits: number;
  channels: number;
  /** Frames a second; a frame has a value for every channel. */
  sampleRate: number;
  /** Where the frames begin in the file. */
  dataOffset: number;
  frames: number;
}

const formatTags = { pcm: 1, float: 3, extensible: 0xfffe } as const;

const maxChunks = 1000;
const maxChannels = 64;

/** Reads the header. Throws DATA_UNREADABLE, WAV_DAMAGED, WAV_FORMAT. */
export function readWavFormat(path: string): Promise<WavFormat> {
  return withDataFile(path, (file, bytes) => formatIn(file, path, bytes));
}

async function formatIn(file: FileHandle, path: string, fileBytes: number): Promise<WavFormat> {
  const damaged = (problem: string) => dtmmError("WAV_DAMAGED", { path, problem });
  const view = async (from: number, length: number) => {
    if (from + length > fileBytes) throw damaged("it ends in its header");
    const { buffer } = await readRange(file, path, from, length);
    return new DataView(buffer);
  };
  const riff = await view(0, 12);
  if (textIn(riff, 0) !== "RIFF" || textIn(riff, 8) !== "WAVE")
    throw damaged("it does not begin with RIFF and WAVE");
  let form: Omit<WavFormat, "path" | "dataOffset" | "frames"> | undefined;
  let at = 12;
  for (let chunk = 0; chunk < maxChunks; chunk++) {
    const head = await view(at, 8);
    const name = textIn(head, 0);
    const length = head.getUint32(4, true);
    const start = at + 8;
    if (name === "fmt ") form = parseForm(await view(start, Math.min(length, 40)), path);
    if (name === "data") {
      if (!form) throw damaged("its data come before their format");
      if (start + length > fileBytes) {
        throw damaged(
          `its data chunk promises ${length} bytes, but the file has ${fileBytes - start} behind it`,
        );
      }
      const frameBytes = (form.bits / 8) * form.channels;
      return { path, ...form, dataOffset: start, frames: Math.floor(length / frameBytes) };
    }
    at = start + length + (length % 2);
  }
  throw damaged("it has no data chunk");
}

function textIn(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

function parseForm(view: DataView, path: string): Omit<WavFormat, "path" | "dataOffset" | "frames"> {
  const damaged = (problem: string) => dtmmError("WAV_DAMAGED", { path, problem });
  if (view.byteLength < 16) throw damaged("its format chunk is too short");
  let tag = view.getUint16(0, true);
  if (tag === formatTags.extensible) {
    if (view.byteLength < 26) throw damaged("its format chunk is too short");
    tag = view.getUint16(24, true);
  }
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  const frameBytes = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  const encoding = tag === formatTags.pcm ? "pcm" : tag === formatTags.float ? "float" : undefined;
  const widths = encoding === "float" ? [32, 64] : [8, 16, 24, 32];
  if (encoding === undefined || !widths.includes(bits)) {
    throw dtmmError("WAV_FORMAT", { path, format: `format ${tag} with ${bits} bits` });
  }
  if (channels < 1 || channels > maxChannels) throw damaged(`it has ${channels} channels`);
  if (frameBytes !== (bits / 8) * channels) {
    throw damaged(`a frame of ${channels} channels of ${bits} bits cannot have ${frameBytes} bytes`);
  }
  return { encoding, bits, channels, sampleRate };
}

/** Reads one value as a real number, -1..1 for PCM. */
function valueReader({ encoding, bits }: WavFormat): (view: DataView, at: number) => number {
  if (encoding === "float") {
    return bits === 32 ? (view, at) => view.getFloat32(at, true) : (view, at) => view.getFloat64(at, true);
  }
  switch (bits) {
    case 8:
      return (view, at) => (view.getUint8(at) - 128) / 2 ** 7;
    case 16:
      return (view, at) => view.getInt16(at, true) / 2 ** 15;
    case 24:
      return (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 2 ** 16) / 2 ** 23;
    default:
      return (view, at) => view.getInt32(at, true) / 2 ** 31;
  }
}

/**
 * Reads a part of a recording, its channels averaged. What lies behind its end is silence.
 *
 * @param from first frame
 * @returns real values, -1..1 for PCM
 * @throws DATA_UNREADABLE; WAV_DAMAGED for values that are no numbers
 */
export function readWav(format: WavFormat, from: number, frames: number): Promise<Float64Array> {
  const { path, bits, channels, dataOffset } = format;
  const width = bits / 8;
  const there = Math.max(0, Math.min(frames, format.frames - from));
  return withDataFile(path, async (file) => {
    const start = dataOffset + from * channels * width;
    const view = new DataView((await readRange(file, path, start, there * channels * width)).buffer);
    const valueAt = valueReader(format);
    const mixed = new Float64Array(frames);
    for (let frame = 0; frame < there; frame++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) {
        sum += valueAt(view, (frame * channels + channel) * width);
      }
      mixed[frame] = sum / channels;
      if (!Number.isFinite(sum)) {
        throw dtmmError("WAV_DAMAGED", { path, problem: `value ${from + frame} is ${String(sum)}` });
      }
    }
    return mixed;
  });
}
