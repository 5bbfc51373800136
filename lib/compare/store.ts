/** What finished tasks leave on the disk, so that an interrupted comparison goes on and shards can be merged. */

import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { reasonOf, replaceDurably } from "../emit/durable.js";
import { dtmmError } from "../errors/index.js";
import { comparedModelSchema, comparePointSchema, missingSchema } from "../report/compare-result.js";

const findingsSchema = z.object({
  /** Of a task that measured the dense model. */
  dense: comparedModelSchema.optional(),
  points: z.array(comparePointSchema),
  missing: z.array(missingSchema),
  warnings: z.array(z.string()),
});

/** What one task found. */
export type TaskFindings = z.output<typeof findingsSchema>;

/** Folder of the results in an output folder. */
const folderName = "tasks";

/**
 * Findings of a task in the first of the folders that has them.
 *
 * @throws COMPARE_DAMAGED where a file is there and is no findings
 */
export async function readFindings(
  folders: readonly string[],
  key: string,
): Promise<TaskFindings | undefined> {
  for (const folder of folders) {
    const path = join(folder, folderName, `${key}.json`);
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    try {
      return findingsSchema.parse(JSON.parse(text));
    } catch (error) {
      throw dtmmError("COMPARE_DAMAGED", { path }, error);
    }
  }
  return undefined;
}

/**
 * Keeps the findings of a task.
 *
 * @throws OUTPUT_NOT_WRITABLE
 */
export async function writeFindings(folder: string, key: string, findings: TaskFindings): Promise<void> {
  const place = join(folder, folderName);
  try {
    await mkdir(place, { recursive: true });
    await replaceDurably(join(place, `${key}.json`), `${JSON.stringify(findings)}\n`);
  } catch (error) {
    throw dtmmError("OUTPUT_NOT_WRITABLE", { path: place, reason: reasonOf(error) }, error);
  }
}
