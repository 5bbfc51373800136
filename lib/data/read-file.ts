import { readFile, stat } from "node:fs/promises";
import { dtmmError } from "../errors/index.js";

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

/** Reads a whole data file; throws DATA_UNREADABLE, also for pipes and devices, which might never end. */
export async function readDataFile(path: string): Promise<Uint8Array> {
  try {
    if (!(await stat(path)).isFile()) throw new Error("it is not a file");
    return await readFile(path);
  } catch (error) {
    throw dtmmError("DATA_UNREADABLE", { path, reason: fileReason(error) }, error);
  }
}
