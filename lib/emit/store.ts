import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { dtmmError } from "../errors/index.js";
import { errorCode, readIfThere, replaceDurably } from "./durable.js";

/**
 * The folder `.dtmm` in a project:
 *
 *     lock          process that is writing
 *     stage-<id>/    files of a run that are not in place yet
 *     journal.json  a committed run: what goes where; gone once everything is in place
 *     state.json    what dtmm wrote, for undo
 *     undo/<sha256> bytes that were overwritten
 */
export interface Store {
  root: string;
  folder: string;
  journal: string;
  state: string;
  undo: string;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const stateSchema = z.strictObject({
  version: z.literal(1),
  files: z.record(
    z.string(),
    z.strictObject({
      undo: z.enum(["file", "patch"]),
      /** Hash of the bytes to restore; null if the file is to go away. */
      before: hash.nullable(),
      /** Hash of what dtmm wrote last. */
      after: hash,
    }),
  ),
  /** Folders that dtmm made, relative to the root. */
  folders: z.array(z.string()),
});

const journalSchema = z.strictObject({
  version: z.literal(1),
  /** Name of the stage folder in `.dtmm`. */
  stage: z.string(),
  /** Relative to the root; `staged` is a name in the stage folder, null removes the file. */
  changes: z.array(z.strictObject({ target: z.string(), staged: z.string().nullable() })),
  makeFolders: z.array(z.string()),
  dropFolders: z.array(z.string()),
  /** The state from then on; null if nothing is left to undo. */
  state: stateSchema.nullable(),
});

export type State = z.infer<typeof stateSchema>;
export type Journal = z.infer<typeof journalSchema>;

export const emptyState: State = { version: 1, files: {}, folders: [] };

export function storeOf(root: string): Store {
  const folder = join(root, ".dtmm");
  return {
    root,
    folder,
    journal: join(folder, "journal.json"),
    state: join(folder, "state.json"),
    undo: join(folder, "undo"),
  };
}

/** @throws STORE_DAMAGED */
export async function readState(store: Store): Promise<State | null> {
  return readRecord(store.state, stateSchema);
}

/** @throws STORE_DAMAGED */
export async function readJournal(store: Store): Promise<Journal | null> {
  return readRecord(store.journal, journalSchema);
}

export async function writeRecord(path: string, record: State | Journal): Promise<void> {
  await replaceDurably(path, `${JSON.stringify(record, null, 2)}\n`);
}

async function readRecord<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const bytes = await readIfThere(path);
  if (bytes === null) return null;
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  } catch (error) {
    const reason = error instanceof SyntaxError ? "it is not JSON" : "its contents are not what dtmm writes";
    throw dtmmError("STORE_DAMAGED", { path, reason }, error);
  }
}

/**
 * Removes what no record refers to: unfinished stages, temporary files, originals that nothing would restore. A store
 * without a state loses everything but its lock. A committed run is left alone.
 */
export async function sweep(store: Store): Promise<void> {
  if ((await readIfThere(store.journal)) !== null) return;
  const state = await readState(store);
  const needed = new Set(Object.values(state?.files ?? {}).map((file) => file.before));
  for (const name of await namesIn(store.undo)) {
    if (!needed.has(name)) await rm(join(store.undo, name), { force: true });
  }
  for (const name of await namesIn(store.folder)) {
    const isLeftOver = name.startsWith("stage-") || name.endsWith(".tmp");
    const isUseless = state === null && (name === ".gitignore" || name === "undo");
    if (isLeftOver || isUseless) await rm(join(store.folder, name), { recursive: true, force: true });
  }
}

/** Names in a folder; none if it is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

/** Removes a folder unless something is in it. */
export async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOENT" && code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOTDIR") throw error;
  }
}
