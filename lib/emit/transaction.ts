import { randomBytes } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DtmmError, dtmmError } from "../errors/index.js";
import { errorCode, readIfThere, reasonOf, sha256, syncFolder, writeDurably } from "./durable.js";
import { takeLock } from "./lock.js";
import type { ApplyOptions } from "./plan.js";
import type { Checked } from "./preflight.js";
import {
  type Journal,
  readJournal,
  removeIfEmpty,
  type State,
  type Store,
  storeOf,
  sweep,
  writeRecord,
} from "./store.js";

type Hooks = Pick<ApplyOptions, "signal" | "onStep">;

/** What one run does to the disk, all of it or nothing. */
export interface Transaction {
  changes: Checked[];
  /** Bytes to keep for undo, by their SHA-256. */
  originals: Uint8Array[];
  dropFolders: string[];
  /** The record from then on; null if nothing is left to undo. */
  state: State | null;
}

/**
 * Runs `work` alone in the project, after an interrupted run has been brought to its end. Whatever `work` leaves behind
 * without committing is removed, and so is the store if there was none.
 *
 * @throws PROJECT_BUSY, STORE_DAMAGED, OUTPUT_NOT_WRITABLE
 */
export async function inStore<T>(root: string, hooks: Hooks, work: (store: Store) => Promise<T>): Promise<T> {
  const store = storeOf(root);
  const madeRoot = await mkdir(root, { recursive: true }).catch(notWritable(root));
  await hooks.onStep?.("lock");
  const lock = await takeLock(store).catch(notWritable(store.folder));
  try {
    await finishInterrupted(store);
    return await work(store);
  } finally {
    await sweep(store).finally(() => lock.release());
    if (madeRoot !== undefined) await removeEmptyFrom(root, madeRoot);
  }
}

/** Stages and commits a transaction; once the journal stands, it will be carried out, if need be by the next run. */
export async function transact(store: Store, transaction: Transaction, hooks: Hooks): Promise<void> {
  const journal = await stage(store, transaction, hooks).catch(notWritable(store.folder));
  await rollForward(store, journal, hooks);
}

/** Carries out a committed run that did not come to its end. */
export async function finishInterrupted(store: Store): Promise<void> {
  const journal = await readJournal(store);
  if (journal) await rollForward(store, journal, {});
  await sweep(store);
}

async function stage(store: Store, transaction: Transaction, { signal, onStep }: Hooks): Promise<Journal> {
  const name = `stage-${randomBytes(6).toString("hex")}`;
  const folder = join(store.folder, name);
  await onStep?.("make stage");
  await mkdir(folder, { recursive: true });
  await mkdir(store.undo, { recursive: true });
  await writeDurably(join(store.folder, ".gitignore"), "*\n");
  const changes: Journal["changes"] = [];
  for (const [index, { target, content, mode }] of transaction.changes.entries()) {
    signal?.throwIfAborted();
    await onStep?.(`stage ${target}`);
    const staged = content === null ? null : String(index);
    if (content !== null) await writeDurably(join(folder, String(index)), content, mode);
    changes.push({ target, staged });
  }
  for (const original of transaction.originals) {
    signal?.throwIfAborted();
    await onStep?.("keep an original");
    await keep(store, original);
  }
  await syncFolder(folder);
  await syncFolder(store.undo);
  const makeFolders = [...new Set(transaction.changes.flatMap((change) => change.newFolders))];
  const { dropFolders, state } = transaction;
  const journal: Journal = { version: 1, stage: name, changes, makeFolders, dropFolders, state };
  signal?.throwIfAborted();
  await onStep?.("commit");
  await writeRecord(store.journal, journal);
  return journal;
}

/** Originals are named by their hash; an existing one is whole, since it was renamed into place. */
async function keep(store: Store, original: Uint8Array): Promise<void> {
  const path = join(store.undo, sha256(original));
  if ((await readIfThere(path)) !== null) return;
  await writeDurably(`${path}.tmp`, original);
  await rename(`${path}.tmp`, path);
}

/** Every step may have been done before: a run that was killed in the middle is simply repeated. */
async function rollForward(store: Store, journal: Journal, { onStep }: Hooks): Promise<void> {
  let at = store.root;
  try {
    for (const folder of journal.makeFolders) {
      at = join(store.root, folder);
      await onStep?.(`make ${folder}`);
      await mkdir(at, { recursive: true });
    }
    for (const { target, staged } of journal.changes) {
      at = join(store.root, target);
      await onStep?.(`place ${target}`);
      if (staged === null) await rm(at, { force: true });
      else await moveIfThere(join(store.folder, journal.stage, staged), at);
    }
    for (const folder of new Set(journal.changes.map(({ target }) => dirname(join(store.root, target))))) {
      at = folder;
      await syncFolder(folder).catch(ignoreMissing);
    }
    for (const folder of journal.dropFolders) {
      at = join(store.root, folder);
      await onStep?.(`drop ${folder}`);
      await removeIfEmpty(at);
    }
    at = store.state;
    await onStep?.("record");
    if (journal.state === null) await rm(store.state, { force: true });
    else await writeRecord(store.state, journal.state);
    await onStep?.("close journal");
    await rm(store.journal);
    await syncFolder(store.folder);
    await onStep?.("sweep");
  } catch (error) {
    throw dtmmError("OUTPUT_INCOMPLETE", { path: at, reason: reasonOf(error) }, error);
  }
}

async function moveIfThere(from: string, to: string): Promise<void> {
  // A missing stage file was moved by the run that was interrupted.
  await rename(from, to).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== "ENOENT") throw error;
}

/** Removes `innermost` and its parents up to `outermost` as long as they are empty. */
async function removeEmptyFrom(innermost: string, outermost: string): Promise<void> {
  for (let at = innermost; at.length >= outermost.length; at = dirname(at)) await removeIfEmpty(at);
}

/** Turns file system errors into OUTPUT_NOT_WRITABLE; anything else, such as an abort, passes. */
function notWritable(path: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof DtmmError || errorCode(error) === undefined) throw error;
    if (error instanceof Error && error.name === "AbortError") throw error;
    throw dtmmError("OUTPUT_NOT_WRITABLE", { path, reason: reasonOf(error) }, error);
  };
}
