import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { dtmmError } from "../errors/index.js";
import { errorCode, readIfThere, writeDurably } from "./durable.js";
import { removeIfEmpty, type Store } from "./store.js";

/** Locks that this process holds, since its own process id alone would not tell a second caller in it apart. */
const held = new Set<string>();

export interface Lock {
  /** Gives the lock back; the store's folder goes as well if nothing else is in it. */
  release(): Promise<void>;
}

/**
 * Takes the store's lock. A lock whose process is gone is taken over.
 *
 * @throws PROJECT_BUSY at once if another process has it: waiting would hide a forgotten run
 */
export async function takeLock(store: Store): Promise<Lock> {
  const path = join(store.folder, "lock");
  const token = `${process.pid} ${randomBytes(6).toString("hex")}`;
  const own = join(store.folder, `lock-${token.replace(" ", "-")}.tmp`);
  for (;;) {
    await mkdir(store.folder, { recursive: true });
    try {
      // A link appears with its contents in place, so that no reader finds a lock without an owner.
      await writeDurably(own, token);
      await appear(own, path);
      await rm(own);
      break;
    } catch (error) {
      await rm(own, { force: true });
      // ENOENT: a process that just ended has removed the whole folder.
      if (errorCode(error) === "ENOENT") continue;
      if (errorCode(error) !== "EEXIST") throw error;
    }
    await removeStale(path, store);
  }
  held.add(token);
  return {
    async release() {
      held.delete(token);
      await rm(path, { force: true });
      await removeIfEmpty(store.folder);
    },
  };
}

async function appear(own: string, path: string): Promise<void> {
  try {
    await link(own, path);
  } catch (error) {
    // FAT and some shared folders know no links; there a reader may catch the lock while it is still empty.
    const code = errorCode(error);
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
    await copyFile(own, path, constants.COPYFILE_EXCL);
  }
}

async function removeStale(path: string, store: Store): Promise<void> {
  const bytes = await readIfThere(path);
  if (bytes === null) return;
  const token = Buffer.from(bytes).toString("utf8");
  const pid = Number.parseInt(token, 10);
  if (isAlive(pid, token)) throw dtmmError("PROJECT_BUSY", { root: store.root, lock: path, pid });
  // Of two processes that find the same stale lock, one may already hold a new one by now: move, look, put back.
  const aside = `${path}-${randomBytes(6).toString("hex")}.tmp`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, "utf8")) !== token) await appear(aside, path);
    await rm(aside);
  } catch (error) {
    if (errorCode(error) !== "ENOENT" && errorCode(error) !== "EEXIST") throw error;
  }
}

function isAlive(pid: number, token: string): boolean {
  if (pid === process.pid) return held.has(token);
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}
