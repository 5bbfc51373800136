/** Packed layers on their way through the compiled runners (`runner.h`). */

import { execFileSync } from "node:child_process";
import type { PackedParts } from "../../../lib/pack/packed-parts.js";

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
  output: Int8Array;
}

/** Runs all requests through the compiled runner, in order. */
export function runRequests(program: string, requests: RunnerRequest[]): Answer[] {
  const input = Buffer.concat(requests.flatMap(serialize));
  const answer = execFileSync(program, { input, maxBuffer: 2 ** 30, stdio: ["pipe", "pipe", "pipe"] });
  const answers: Answer[] = [];
  for (let at = 0; at < answer.length; ) {
    const bytes = answer.readInt32LE(at + 8);
    const output = new Int8Array(answer.subarray(at + 12, at + 12 + bytes));
    answers.push({ status: answer.readInt32LE(at), scratchBytes: answer.readInt32LE(at + 4), output });
    at += 12 + bytes;
  }
  return answers;
}

function serialize({ packed, input, extents }: RunnerRequest): Uint8Array[] {
  const blobs = [packed.options, packed.weights, packed.index, packed.records, input];
  const head = Int32Array.from([...blobs.map((blob) => blob.length), ...extents]);
  return [head, ...blobs].map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
}
