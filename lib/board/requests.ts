/** Packed layers on their way through a compiled runner (`board/runner.h`), on the host or on an emulated board. */

import type { PackedParts } from "../pack/packed-parts.js";

/** One layer as a runner gets it. */
export interface RunnerRequest {
  packed: PackedParts;
  input: Int8Array;
  /** Of the activations, as the operator's runner reads them. */
  extents: number[];
}

export interface Answer {
  /** DtmmStatus; 0 is OK. */
  status: number;
  scratchBytes: number;
  /** That the kernel took; 0 on the host. */
  instructions: number;
  output: Int8Array;
}

const headBytes = 16;

/** The bytes of the requests, in order. */
export function encodeRequests(requests: readonly RunnerRequest[]): Buffer {
  return Buffer.concat(requests.flatMap(encodeRequest));
}

function encodeRequest({ packed, input, extents }: RunnerRequest): Uint8Array[] {
  const blobs = [packed.options, packed.weights, packed.index, packed.records, input];
  const head = Int32Array.from([...blobs.map((blob) => blob.length), ...extents]);
  return [head, ...blobs].map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
}

/** The answers of a runner, in the order of the requests. */
export function decodeAnswers(bytes: Buffer): Answer[] {
  const answers: Answer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const outputBytes = bytes.readInt32LE(at + 8);
    const start = at + headBytes;
    answers.push({
      status: bytes.readInt32LE(at),
      scratchBytes: bytes.readInt32LE(at + 4),
      instructions: bytes.readUInt32LE(at + 12),
      output: new Int8Array(bytes.subarray(start, start + outputBytes)),
    });
    at = start + outputBytes;
  }
  return answers;
}
