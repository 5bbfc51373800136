import { access, constants, mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileReason } from "../data/read-file.js";
import { dtmmError } from "../errors/index.js";

/** The text of a result, the same wherever it is written: indented, with a newline at the end. */
export function resultJson(result: unknown): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

/**
 * Finds out before the work begins whether a place for a result can be written to, folders to be created included.
 * Throws RESULT_UNWRITABLE.
 */
export async function checkResultPlace(file: string): Promise<void> {
  try {
    const existing = await stat(file).catch(() => undefined);
    if (existing?.isDirectory()) throw new Error("it is a directory");
    await access(existing ? file : await existingFolder(path.dirname(file)), constants.W_OK);
  } catch (error) {
    throw dtmmError("RESULT_UNWRITABLE", { path: file, reason: fileReason(error) }, error);
  }
}

/**
 * Writes a result or report to a place the user named, all of it or nothing: beside the place first, then renamed.
 * Missing folders are made. Throws RESULT_UNWRITABLE.
 */
export async function writeResultFile(file: string, content: string): Promise<void> {
  let stage: string | undefined;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    stage = await mkdtemp(path.join(path.dirname(file), ".dtmm-"));
    await writeFile(path.join(stage, "result"), content);
    await rename(path.join(stage, "result"), file);
  } catch (error) {
    throw dtmmError("RESULT_UNWRITABLE", { path: file, reason: fileReason(error) }, error);
  } finally {
    if (stage !== undefined) await rm(stage, { recursive: true, force: true });
  }
}

/** The nearest folder above that is there already. */
async function existingFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return existingFolder(path.dirname(folder));
  if (!found.isDirectory()) throw new Error(`${folder} is not a directory`);
  return folder;
}
