import { join, resolve } from "node:path";
import { dtmmError } from "../errors/index.js";
import { unpatchBytes } from "../firmware/patch.js";
import { readIfThere, sha256 } from "./durable.js";
import type { AppliedPlan, ApplyOptions } from "./plan.js";
import { preflight, type Wish } from "./preflight.js";
import { readState, type State, type Store } from "./store.js";
import { inStore, transact } from "./transaction.js";

/**
 * Brings back every byte from before the first emit: files that dtmm made go away, with the folders it made if they are
 * empty; overwritten files are restored; patched sources lose dtmm's blocks and keep whatever else was edited.
 *
 * @returns the paths that changed
 * @throws NOTHING_TO_UNDO; UNDO_EDITED and PATCH_EDITED (nothing changed) if a file was edited since; as `applyPlan`
 */
export async function undo(
  folder: string,
  options: Omit<ApplyOptions, "root" | "dryRun"> = {},
): Promise<AppliedPlan> {
  const root = resolve(folder);
  return inStore(root, options, async (store) => {
    const state = await readState(store);
    if (state === null) throw dtmmError("NOTHING_TO_UNDO", { root });
    const { wishes, unchanged } = await wishesOf(store, state);
    const changes = await preflight(root, wishes);
    const dropFolders = [...state.folders].sort((a, b) => b.length - a.length);
    await transact(store, { changes, originals: [], dropFolders, state: null }, options);
    return { changed: wishes.map(({ path }) => path), unchanged };
  });
}

async function wishesOf(store: Store, state: State): Promise<{ wishes: Wish[]; unchanged: string[] }> {
  const wishes: Wish[] = [];
  const unchanged: string[] = [];
  const edited: string[] = [];
  for (const [path, file] of Object.entries(state.files)) {
    const current = await readIfThere(join(store.root, path)).catch(() => "unreadable" as const);
    if (
      current === "unreadable" ||
      (current !== null && file.undo === "file" && sha256(current) !== file.after)
    ) {
      edited.push(path);
      continue;
    }
    const content =
      file.undo === "file" ? await original(store, file.before) : current && unpatchBytes(current, path);
    const isSame =
      content === null ? current === null : current !== null && Buffer.compare(content, current) === 0;
    if (isSame) unchanged.push(path);
    else wishes.push({ path, content });
  }
  if (edited.length > 0) throw dtmmError("UNDO_EDITED", { paths: edited });
  return { wishes, unchanged };
}

async function original(store: Store, hash: string | null): Promise<Uint8Array | null> {
  if (hash === null) return null;
  const path = join(store.undo, hash);
  const bytes = await readIfThere(path);
  if (bytes === null) throw dtmmError("STORE_DAMAGED", { path, reason: "it is missing" });
  if (sha256(bytes) !== hash) throw dtmmError("STORE_DAMAGED", { path, reason: "its bytes have changed" });
  return bytes;
}
