/** Makes .wav files by hand. */

export interface WavSpec {
  sampleRate?: number;
  channels?: number;
  bits: number;
  /** 1 PCM, 3 floating point. */
  tag?: number;
  /** Puts the tag into an extended format chunk. */
  extensible?: boolean;
  /** Chunks between format and data: a name and its bytes. */
  between?: [string, Uint8Array][];
  /** The samples as they stand in the file. */
  data: Uint8Array;
}

export function wavBytes({
  sampleRate = 16000,
  channels = 1,
  bits,
  tag = 1,
  extensible = false,
  between = [],
  data,
}: WavSpec): Buffer {
  const form = Buffer.alloc(extensible ? 40 : 16);
  form.writeUInt16LE(extensible ? 0xfffe : tag, 0);
  form.writeUInt16LE(channels, 2);
  form.writeUInt32LE(sampleRate, 4);
  form.writeUInt32LE((sampleRate * channels * bits) / 8, 8);
  form.writeUInt16LE((channels * bits) / 8, 12);
  form.writeUInt16LE(bits, 14);
  if (extensible) {
    form.writeUInt16LE(22, 16);
    form.writeUInt16LE(bits, 18);
    form.writeUInt16LE(tag, 24);
  }
  const body = Buffer.concat([
    Buffer.from("WAVE"),
    ...([["fmt ", form], ...between, ["data", data]] as const).flatMap(([name, bytes]) => chunk(name, bytes)),
  ]);
  return Buffer.concat(chunk("RIFF", body));
}

function chunk(name: string, bytes: Uint8Array): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return [Buffer.from(name), length, Buffer.from(bytes), Buffer.alloc(bytes.length % 2)];
}

/** A 16-bit recording. */
export function wav16(samples: Int16Array, spec: Partial<WavSpec> = {}): Buffer {
  return wavBytes({
    bits: 16,
    ...spec,
    data: new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
  });
}
