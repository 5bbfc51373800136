/** .npz archives: zip files of .npy files, as numpy.savez and savez_compressed write them. */

import type { Readable } from "node:stream";
import type { Entry, ZipFile } from "yauzl";
import { DtmmError, dtmmError } from "../errors/index.js";
import { bytesPerElement, elementCount, elementsOf } from "./elements.js";
import { type NpyArray, type NpyHeader, npyHeaderBytes, parseNpyHeader, shapeText } from "./npy.js";
import { withDataFile } from "./read-file.js";

/** A path of data, and the name of the array in an archive where the path ends in `.npz:name`. */
export function splitArrayName(path: string): { file: string; array?: string } {
  const [, file, array] = /^(.*\.npz):([^/\\]+)$/is.exec(path) ?? [];
  return file === undefined ? { file: path } : { file, array };
}

/** An array of an archive by its name; what is wrong with it, where it cannot be read. */
export interface ArchivedArray {
  name: string;
  header: NpyHeader | DtmmError;
  entry: Entry;
}

export interface ReadableArray {
  entry: Entry;
  header: NpyHeader;
}

/** An archive with more arrays is no data set. */
const maxArrays = 1000;

/** Arrays that are read whole, such as labels, have no more bytes. */
const maxWholeBytes = 64 * 1024 * 1024;

function damaged(path: string, error: unknown): never {
  if (error instanceof DtmmError) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  throw dtmmError("ARCHIVE_DAMAGED", { path, reason }, error);
}

export interface Archive {
  zip: ZipFile;
  arrays: ArchivedArray[];
}

/** Opens an archive; whoever does closes `zip`. Throws DATA_UNREADABLE, ARCHIVE_DAMAGED. */
export async function openArchive(path: string): Promise<Archive> {
  const { openPromise } = await import("yauzl");
  // Node's own words for a file that is not there, rather than the archive's.
  await withDataFile(path, async () => undefined);
  const zip = await openPromise(path, { autoClose: false }).catch((error) => damaged(path, error));
  try {
    return { zip, arrays: await listArrays(zip, path) };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function listArrays(zip: ZipFile, path: string): Promise<ArchivedArray[]> {
  const arrays: ArchivedArray[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith(".npy")) continue;
      if (arrays.length === maxArrays) throw new Error(`it has more than ${maxArrays} arrays`);
      const name = entry.fileName.slice(0, -".npy".length);
      arrays.push({ name, entry, header: await headerOf(zip, entry, `${path}:${name}`) });
    }
  } catch (error) {
    damaged(path, error);
  }
  return arrays;
}

/** The header in the first bytes of an entry; the rest is not unpacked. */
async function headerOf(zip: ZipFile, entry: Entry, path: string): Promise<NpyHeader | DtmmError> {
  try {
    const start = await firstBytes(await openEntry(zip, entry, path), path);
    return parseNpyHeader(start, entry.uncompressedSize, path);
  } catch (error) {
    if (error instanceof DtmmError) return error;
    throw error;
  }
}

async function firstBytes(stream: Readable, path: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length >= npyHeaderBytes) break;
    }
  } catch (error) {
    damaged(path, error);
  }
  return Buffer.concat(chunks);
}

function openEntry(zip: ZipFile, entry: Entry, path: string): Promise<Readable> {
  return zip.openReadStreamPromise(entry).catch((error) => damaged(path, error));
}

/** "x [400, 28, 28] uint8" for every array, as errors list them. */
export function describeArrays(arrays: readonly ArchivedArray[]): string[] {
  return arrays.map(({ name, header }) =>
    header instanceof DtmmError
      ? `${name} (unreadable)`
      : `${name} ${shapeText(header.shape)} ${header.type}`,
  );
}

/** The array of this name; throws ARCHIVE_ARRAY where there is none, and what is wrong with it. */
export function namedArray(arrays: readonly ArchivedArray[], name: string, path: string): ReadableArray {
  const found = arrays.find((array) => array.name === name);
  if (!found) throw dtmmError("ARCHIVE_ARRAY", { path, name, arrays: describeArrays(arrays) });
  const { entry, header } = found;
  if (header instanceof DtmmError) throw header;
  return { entry, header };
}

/** Unpacks a whole array; throws ARCHIVE_DAMAGED, DATA_TOO_LARGE. */
export async function wholeArray(zip: ZipFile, array: ReadableArray): Promise<NpyArray> {
  const { header } = array;
  const bytes = elementCount(header.shape) * bytesPerElement(header.type);
  if (bytes > maxWholeBytes) {
    throw dtmmError("DATA_TOO_LARGE", { path: header.path, bytes, limit: maxWholeBytes });
  }
  for await (const part of parts(zip, array, [0], bytes)) {
    return { ...header, data: elementsOf(header.type, part.bytes) };
  }
  return { ...header, data: elementsOf(header.type, new Uint8Array()) };
}

/**
 * Unpacks an array part by part and hands over the chosen ones.
 *
 * @param chosen numbers of the parts, ascending
 * @param size bytes of a part
 */
export async function* parts(
  zip: ZipFile,
  { entry, header: { path, dataOffset } }: ReadableArray,
  chosen: readonly number[],
  size: number,
): AsyncGenerator<{ index: number; bytes: Uint8Array }> {
  if (size === 0) return;
  const stream = await openEntry(zip, entry, path);
  let next = 0;
  let part = new Uint8Array(size);
  let filled = 0;
  let position = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      while (next < chosen.length) {
        const from = dataOffset + chosen[next]! * size + filled - position;
        if (from >= chunk.length) break;
        const piece = chunk.subarray(from, from + size - filled);
        part.set(piece, filled);
        filled += piece.length;
        if (filled < size) break;
        yield { index: chosen[next]!, bytes: part };
        part = new Uint8Array(size);
        filled = 0;
        next++;
      }
      if (next === chosen.length) return;
      position += chunk.length;
    }
  } catch (error) {
    damaged(path, error);
  }
  throw dtmmError("ARCHIVE_DAMAGED", { path, reason: "an array ends early" });
}
