import { createHash } from "node:crypto";
import { createReadStream, existsSync, renameSync, rmSync } from "node:fs";
import { dirname, isAbsolute, join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import * as tar from "tar";
import { dtmmError } from "../errors/index.js";
import { makeCacheFolder } from "../native/paths.js";
import type { Progress } from "../native/progress.js";

const fileTypes = new Set(["File", "OldFile", "ContiguousFile"]);
const linkTypes = new Set(["SymbolicLink", "Link"]);

/**
 * Unpacks a .tar.gz with a TFLM tree into the cache, once per content. Nothing is unpacked before the checksum and every
 * entry's path are known to be good. Folders keep their names; links are left out, since a tree compiles without them.
 *
 * @param sha256 the expected SHA-256 of the archive, 64 hexadecimal digits
 * @returns the folder that the archive was unpacked into
 * @throws TFLM_ARCHIVE_UNREADABLE, TFLM_ARCHIVE_UNPINNED, TFLM_ARCHIVE_CHECKSUM, TFLM_ARCHIVE_UNSAFE
 */
export async function unpackArchive(
  path: string,
  sha256: string | undefined,
  cacheDir: string,
  progress?: Progress,
): Promise<string> {
  const actual = await checksum(path);
  if (!sha256) throw dtmmError("TFLM_ARCHIVE_UNPINNED", { path, actual });
  if (sha256.trim().toLowerCase() !== actual) {
    throw dtmmError("TFLM_ARCHIVE_CHECKSUM", { path, expected: sha256, actual });
  }
  const folder = join(cacheDir, "archives", actual);
  if (existsSync(folder)) return folder;

  progress?.(`Unpacking ${path}`);
  await checkEntries(path);
  const staging = makeCacheFolder(`${folder}.${process.pid}.tmp`);
  try {
    await tar.x({
      file: path,
      cwd: staging,
      strict: true,
      filter: (_, entry) => !("type" in entry && linkTypes.has(entry.type)),
    });
    moveIntoPlace(staging, folder);
  } catch (error) {
    throw dtmmError("TFLM_ARCHIVE_UNREADABLE", { path, reason: (error as Error).message }, error);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return folder;
}

async function checksum(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw dtmmError("TFLM_ARCHIVE_UNREADABLE", { path, reason: (error as Error).message }, error);
  }
  return hash.digest("hex");
}

/** Reads the whole archive once, without writing, and refuses it if any entry would leave the folder it is unpacked into. */
async function checkEntries(path: string): Promise<void> {
  const refused: { entry: string; reason: string }[] = [];
  try {
    await tar.t({
      file: path,
      strict: true,
      onReadEntry: (entry) => {
        const reason = whyUnsafe(entry.path, entry.type, entry.linkpath);
        if (reason) refused.push({ entry: entry.path, reason });
      },
    });
  } catch (error) {
    throw dtmmError("TFLM_ARCHIVE_UNREADABLE", { path, reason: (error as Error).message }, error);
  }
  const first = refused[0];
  if (first) throw dtmmError("TFLM_ARCHIVE_UNSAFE", { path, ...first });
}

function whyUnsafe(entry: string, type: string, linkpath: string | undefined): string | undefined {
  if (escapes(entry)) return "its path leaves the archive";
  if (linkTypes.has(type)) {
    // A hard link names its target from the archive's top, a symbolic one from where it stands.
    const from = type === "SymbolicLink" ? dirname(entry) : ".";
    return isAbsolute(linkpath ?? "") || escapes(posix.join(from, linkpath ?? ""))
      ? "it links out of the archive"
      : undefined;
  }
  return fileTypes.has(type) || type === "Directory" ? undefined : `it is a ${type}`;
}

function escapes(path: string): boolean {
  const parts = posix.normalize(path.replaceAll("\\", "/"));
  return isAbsolute(parts) || /^[A-Za-z]:/.test(parts) || parts === ".." || parts.startsWith("../");
}

/** Another process may have unpacked the same content meanwhile; theirs is as good as ours. */
function moveIntoPlace(staging: string, folder: string): void {
  try {
    renameSync(staging, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
