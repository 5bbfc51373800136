import { describe, expect, test } from "vitest";
import { readWav, readWavFormat } from "../../lib/data/wav.js";
import { thrownBy } from "../cli/support/throws.js";
import { fileMaker } from "./support.js";
import { type WavSpec, wav16, wavBytes } from "./wav-bytes.js";

const saved = fileMaker();

async function samples(bytes: Uint8Array, from = 0, frames?: number) {
  const format = await readWavFormat(saved(".wav", bytes));
  return [...(await readWav(format, from, frames ?? format.frames))];
}

const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

describe("every encoding gives the values that it stands for", () => {
  const encodings: [string, WavSpec, number[]][] = [
    ["8 bits", { bits: 8, data: Uint8Array.of(0, 128, 192, 255) }, [-1, 0, 0.5, 127 / 128]],
    [
      "16 bits",
      { bits: 16, data: bytesOf(Int16Array.of(-32768, 0, 16384, 32767)) },
      [-1, 0, 0.5, 32767 / 32768],
    ],
    [
      "24 bits",
      { bits: 24, data: Uint8Array.of(0, 0, 0x80, 0, 0, 0, 0, 0, 0x40, 0xff, 0xff, 0x7f) },
      [-1, 0, 0.5, 8388607 / 8388608],
    ],
    ["32 bits", { bits: 32, data: bytesOf(Int32Array.of(-(2 ** 31), 0, 2 ** 30)) }, [-1, 0, 0.5]],
    [
      "32 bits of floating point",
      { bits: 32, tag: 3, data: bytesOf(Float32Array.of(-1, 0.25, 1.5)) },
      [-1, 0.25, 1.5],
    ],
    ["64 bits of floating point", { bits: 64, tag: 3, data: bytesOf(Float64Array.of(-1, 0.1)) }, [-1, 0.1]],
  ];
  test.each(encodings)("%s", async (_, spec, expected) => {
    expect(await samples(wavBytes(spec))).toEqual(expected);
    expect(await samples(wavBytes({ ...spec, extensible: true }))).toEqual(expected);
  });

  test("channels are averaged", async () => {
    const stereo = wav16(Int16Array.of(16384, 0, -16384, -16384, 8192, -8192), { channels: 2 });
    expect(await samples(stereo)).toEqual([0.25, -0.5, 0]);
  });

  test("other chunks, of odd lengths too, are passed over", async () => {
    const between: [string, Uint8Array][] = [
      ["LIST", Buffer.from("odd")],
      ["bext", new Uint8Array(602)],
    ];
    expect(await samples(wav16(Int16Array.of(16384), { between }))).toEqual([0.5]);
  });

  test("a part of a recording, and silence behind its end", async () => {
    const bytes = wav16(Int16Array.of(0, 8192, 16384, 24576));
    expect(await samples(bytes, 1, 2)).toEqual([0.25, 0.5]);
    expect(await samples(bytes, 3, 3)).toEqual([0.75, 0, 0]);
    expect(await samples(bytes, 9, 2)).toEqual([0, 0]);
  });
});

describe("what is refused", () => {
  const whole = wav16(Int16Array.of(1, 2, 3, 4));
  const changed = (at: number, value: number) => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt16LE(value, at);
    return bytes;
  };
  test.each([
    ["an empty file", new Uint8Array(), "WAV_DAMAGED", "ends in its header"],
    ["text", Buffer.from("not a recording at all"), "WAV_DAMAGED", "RIFF"],
    ["one that ends in its header", whole.subarray(0, 30), "WAV_DAMAGED", "ends in its header"],
    ["one that ends in its data", whole.subarray(0, whole.length - 2), "WAV_DAMAGED", "promises 8 bytes"],
    ["one without data", whole.subarray(0, 36), "WAV_DAMAGED", "ends in its header"],
    ["no channels", changed(22, 0), "WAV_DAMAGED", "0 channels"],
    ["frames that do not add up", changed(32, 3), "WAV_DAMAGED", "cannot have 3 bytes"],
    ["12 bits", changed(34, 12), "WAV_FORMAT", "12 bits"],
    ["mu-law", changed(20, 7), "WAV_FORMAT", "format 7"],
    [
      "NaN",
      wavBytes({ bits: 32, tag: 3, data: bytesOf(Float32Array.of(0, Number.NaN)) }),
      "WAV_DAMAGED",
      "value 1",
    ],
    [
      "data before their format",
      Buffer.concat([whole.subarray(0, 12), whole.subarray(36)]),
      "WAV_DAMAGED",
      "before",
    ],
  ])("%s", async (_, bytes, code, message) => {
    const error = await thrownBy(() => samples(bytes));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});

test("a mutated recording is read or refused, never anything else", async () => {
  const base = wav16(
    Int16Array.from({ length: 64 }, (_, i) => i * 500),
    { between: [["LIST", Buffer.from("abc")]] },
  );
  let refused = 0;
  for (let i = 0; i < 300; i++) {
    const bytes = Buffer.from(base);
    bytes[(i * 7) % 60] = (i * 53) % 256;
    await samples(bytes.subarray(0, i % 5 === 0 ? (i * 11) % base.length : base.length), 0, 10).catch(
      (error) => {
        expect(error.code).toMatch(/^WAV_/);
        refused++;
      },
    );
  }
  expect(refused).toBeGreaterThan(50);
  expect(refused).toBeLessThan(300);
});
