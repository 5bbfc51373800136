import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeCacheFolder } from "./paths.js";

const pollMs = 200;

/**
 * Runs `work` while no other process of this machine runs it under the same path. A lock whose owner is gone is taken
 * over. Two processes that find the same dead owner at the same instant could both go on; that costs a second build and
 * no correctness, since results are renamed into place whole.
 *
 * @param path file that stands for the lock; the machine's name is added to it, since a process id means nothing elsewhere
 * @param onWait called once if another process holds the lock
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: { signal?: AbortSignal; onWait?: () => void } = {},
): Promise<T> {
  const file = `${path}.${hostname()}.lock`;
  makeCacheFolder(dirname(file));
  for (let waited = false; !tryTake(file); waited = true) {
    if (!waited) options.onWait?.();
    await sleep(pollMs, undefined, { signal: options.signal });
  }
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

function tryTake(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (!ownerIsGone(file)) return false;
  // Moved aside before it is deleted: of two that see a dead owner, one rename fails.
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return tryTake(file);
}

function ownerIsGone(file: string): boolean {
  let owner: number;
  try {
    owner = Number.parseInt(readFileSync(file, "utf8"), 10);
  } catch {
    // Released in between: the next attempt takes it.
    return false;
  }
  // An empty file belongs to a process between creating and writing it.
  if (Number.isNaN(owner)) return false;
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
