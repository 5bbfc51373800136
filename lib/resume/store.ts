/** Results of finished stages on the disk, one file each, under the key of everything that they depend on. */

import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, readIfThere, syncFolder, writeDurably } from "../emit/durable.js";
import { decode, encode } from "./codec.js";
import { longestStayMs, longestWriteMs, mostBytes } from "./limits.js";

const temporaryEnd = ".tmp";

interface StoredFile {
  path: string;
  bytes: number;
  written: number;
}

async function storedFiles(folder: string): Promise<StoredFile[]> {
  const files = (await readdir(folder)).map(async (name) => {
    const path = join(folder, name);
    // Another run may have removed it since.
    const facts = await stat(path).catch(() => undefined);
    return facts?.isFile() ? [{ path, bytes: facts.size, written: facts.mtimeMs }] : [];
  });
  return (await Promise.all(files)).flat();
}

function isExpired({ path, written }: StoredFile, now: number): boolean {
  return now - written > (path.endsWith(temporaryEnd) ? longestWriteMs : longestStayMs);
}

/** Removes what is too old, then the oldest entries until `bytes` more fit below the limit. */
async function makeRoom(folder: string, bytes: number): Promise<void> {
  const now = Date.now();
  const files = await storedFiles(folder);
  const staying = files.filter((file) => !isExpired(file, now)).sort((a, b) => a.written - b.written);
  let total = staying.reduce((sum, file) => sum + file.bytes, bytes);
  const leaving = files.filter((file) => isExpired(file, now));
  for (const file of staying) {
    if (total <= mostBytes) break;
    total -= file.bytes;
    leaving.push(file);
  }
  await Promise.all(leaving.map(({ path }) => rm(path, { force: true })));
}

/**
 * Runs `work` on the disk; undefined where the disk says no. Whatever keeps an entry from being written or read costs
 * time, never a result.
 */
async function ifPossible<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

export class StageStore {
  private constructor(private readonly folder: string) {}

  /** Opens the folder and clears it of what is too old or too much; undefined where there can be no such folder. */
  static open(folder: string): Promise<StageStore | undefined> {
    return ifPossible(async () => {
      await mkdir(folder, { recursive: true });
      await makeRoom(folder, 0);
      return new StageStore(folder);
    });
  }

  private path(key: string): string {
    return join(this.folder, `${key}.stage`);
  }

  /** What was written under the key, or undefined; a file that is not whole is removed. */
  async read(key: string): Promise<{ value: unknown } | undefined> {
    const bytes = await ifPossible(() => readIfThere(this.path(key)));
    if (bytes === undefined || bytes === null) return undefined;
    const found = decode(bytes);
    if (found === undefined) await this.remove(key);
    return found;
  }

  /** Writes an entry so that a reader, now or after a power cut, finds all of it or none. */
  async write(key: string, value: unknown): Promise<void> {
    const path = this.path(key);
    const temporary = join(this.folder, `${randomUUID()}${temporaryEnd}`);
    await ifPossible(async () => {
      const bytes = encode(value);
      if (bytes.length > mostBytes) return;
      await makeRoom(this.folder, bytes.length);
      try {
        await writeDurably(temporary, bytes);
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await syncFolder(dirname(path));
    });
  }

  async remove(key: string): Promise<void> {
    await ifPossible(() => rm(this.path(key), { force: true }));
  }
}
