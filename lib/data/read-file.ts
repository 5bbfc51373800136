import type { Stats } from "node:fs";
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { DtmmError, dtmmError } from "../errors/index.js";

const reasons: Record<string, string> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of the path is not a directory",
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ELOOP: "it is a circle of symbolic links",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
};

/** What a failed file operation means, in plain words. */
export function fileReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ""] ?? message;
}

/** Throws DATA_UNREADABLE for what a file operation has thrown; other errors stay what they are. */
export function unreadable(path: string, error: unknown): never {
  if (error instanceof DtmmError || typeof (error as NodeJS.ErrnoException).code !== "string") throw error;
  throw dtmmError("DATA_UNREADABLE", { path, reason: fileReason(error) }, error);
}

/** Throws DATA_UNREADABLE for pipes and devices, which might never end, and for folders. */
async function checkRegular(path: string): Promise<Stats> {
  const facts = await stat(path).catch((error) => unreadable(path, error));
  if (facts.isFile()) return facts;
  const reason = facts.isDirectory() ? "it is a directory" : "it is not a file";
  throw dtmmError("DATA_UNREADABLE", { path, reason });
}

/**
 * Reads a whole data file.
 *
 * @throws DATA_UNREADABLE; DATA_TOO_LARGE beyond `limit` bytes
 */
export async function readDataFile(path: string, limit = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  const { size } = await checkRegular(path);
  if (size > limit) throw dtmmError("DATA_TOO_LARGE", { path, bytes: size, limit });
  return readFile(path).catch((error) => unreadable(path, error));
}

/** Opens a data file to read parts of it; throws DATA_UNREADABLE. */
export async function openDataFile(path: string): Promise<FileHandle> {
  await checkRegular(path);
  return open(path, "r").catch((error) => unreadable(path, error));
}

/** Opens a data file, hands it over with its length and closes it. Throws DATA_UNREADABLE. */
export async function withDataFile<T>(
  path: string,
  action: (file: FileHandle, bytes: number) => Promise<T>,
): Promise<T> {
  const file = await openDataFile(path);
  try {
    return await action(file, (await file.stat()).size);
  } catch (error) {
    return unreadable(path, error);
  } finally {
    await file.close();
  }
}

/** Bytes `from`..`from + length - 1` of an open file; throws DATA_UNREADABLE where it ends before. */
export async function readRange(
  file: FileHandle,
  path: string,
  from: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file
      .read(bytes, read, length - read, from + read)
      .catch((error) => unreadable(path, error));
    if (bytesRead === 0) throw dtmmError("DATA_UNREADABLE", { path, reason: "the file ends early" });
    read += bytesRead;
  }
  return bytes;
}
