import { constants, type Stats } from "node:fs";
import { access, lstat, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { dtmmError } from "../errors/index.js";
import { inProject } from "../project-path.js";
import { errorCode, reasonOf } from "./durable.js";

/** One wish for the disk: bytes at a path, or (null) nothing. */
export interface Wish {
  path: string;
  content: Uint8Array | null;
  mode?: number;
}

/** A wish that can be fulfilled, with what stands there now. */
export interface Checked extends Wish {
  /** The file itself, behind links; relative to the root. */
  target: string;
  current: Uint8Array | null;
  /** Folders to make first, outermost first; relative to the root. */
  newFolders: string[];
}

/**
 * Checks every path before anything is written: parents are folders that may be written to, on the root's file
 * system (files are moved there by rename), and what exists is a regular file that may be changed.
 *
 * @throws OUTPUT_NOT_WRITABLE for the first path that fails
 */
export async function preflight(root: string, wishes: Wish[]): Promise<Checked[]> {
  const checked: Checked[] = [];
  for (const wish of wishes) {
    try {
      checked.push(await check(root, wish));
    } catch (error) {
      throw dtmmError("OUTPUT_NOT_WRITABLE", { path: wish.path, reason: reasonOf(error) }, error);
    }
  }
  const folders = new Set(checked.flatMap((one) => one.newFolders));
  const clash = checked.find((one) => one.content !== null && folders.has(one.target));
  if (clash) {
    throw dtmmError("OUTPUT_NOT_WRITABLE", { path: clash.path, reason: "another file needs it as a folder" });
  }
  return checked;
}

async function check(root: string, wish: Wish): Promise<Checked> {
  const path = join(root, wish.path);
  const existing = await existingFile(path);
  const parent = await nearestFolder(dirname(existing?.path ?? path));
  await mayWrite(parent.path, constants.W_OK | constants.X_OK);
  if (parent.device !== (await nearestFolder(root)).device) {
    throw new Error(`it is on another file system than ${root}`);
  }
  if (existing && wish.content !== null) await mayWrite(existing.path, constants.W_OK);
  return {
    ...wish,
    mode: existing ? existing.stats.mode & 0o7777 : wish.mode,
    target: inProject(root, existing?.path ?? path),
    current: existing ? await readFile(existing.path) : null,
    newFolders: parent.missing.map((folder) => inProject(root, folder)),
  };
}

async function existingFile(path: string): Promise<{ path: string; stats: Stats } | null> {
  try {
    await lstat(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
  const file = await realpath(path);
  const stats = await stat(file);
  if (stats.isDirectory()) throw new Error("it is a folder");
  if (!stats.isFile()) throw new Error("it is not a regular file");
  return { path: file, stats };
}

async function nearestFolder(path: string): Promise<{ path: string; device: number; missing: string[] }> {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      const stats = await stat(at);
      if (!stats.isDirectory()) throw new Error(`${at} is not a folder`);
      return { path: at, device: stats.dev, missing };
    } catch (error) {
      if (errorCode(error) !== "ENOENT" || dirname(at) === at) throw error;
      missing.unshift(at);
    }
  }
}

async function mayWrite(path: string, mode: number): Promise<void> {
  try {
    await access(path, mode);
  } catch (error) {
    throw new Error(`${path}: ${reasonOf(error)}`, { cause: error });
  }
}
