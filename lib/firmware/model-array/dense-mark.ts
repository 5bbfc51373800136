import { sha256 } from "../../emit/durable.js";

/**
 * The comment in front of an array that dtmm replaced: where the dense model is, and which bytes took its place. As long
 * as the array holds those, a prune starts from the dense model; a new array stands for itself.
 */
export interface DenseMark {
  /** Path of the dense .tflite, relative to the source's folder, with "/" between folders. */
  dense: string;
  /** First 12 hexadecimal digits of the SHA-256 of the bytes that dtmm wrote. */
  hash: string;
}

const mark = /\/\* dtmm:dense (\S+) sha256:([0-9a-f]{12}) \*\/(?:[ \t]*\r?\n| )/g;

export function renderDenseMark(dense: string, bytes: Uint8Array): string {
  return `/* dtmm:dense ${encodeURI(dense)} sha256:${sha256(bytes).slice(0, 12)} */`;
}

/** The marks of a source, in their order. */
export function denseMarksIn(text: string): DenseMark[] {
  return [...text.matchAll(mark)].map(([, dense, hash]) => ({
    dense: decodeURI(dense!),
    hash: hash!,
  }));
}

/** The index at which the mark right in front of `index` begins; `index` itself if there is none. */
export function startOfMark(text: string, index: number): number {
  const before = [...text.slice(0, index).matchAll(mark)].at(-1);
  return before && before.index + before[0].length === index ? before.index : index;
}

/** Whether `bytes` are what dtmm put in the place of the dense model. */
export function isWrittenByDtmm({ hash }: DenseMark, bytes: Uint8Array): boolean {
  return sha256(bytes).startsWith(hash);
}
