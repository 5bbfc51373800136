import { resolve } from "node:path";
import { sha256 } from "./durable.js";
import { type AppliedPlan, type ApplyOptions, bytesOf, type FilePlan, type PlannedFile } from "./plan.js";
import { type Checked, preflight } from "./preflight.js";
import { emptyState, readState, type State } from "./store.js";
import { inStore, transact } from "./transaction.js";

/**
 * Writes all files of the plan or none. They are staged on the same file system, then a journal is renamed into
 * place: from there on the plan counts as done, and `recover` finishes it if this process is killed. Files that have
 * the planned content already are not touched.
 *
 * @throws OUTPUT_NOT_WRITABLE (nothing changed), PROJECT_BUSY, STORE_DAMAGED, OUTPUT_INCOMPLETE (the next run goes on);
 *   the signal's reason if it was aborted in time
 */
export async function applyPlan(plan: FilePlan, options: ApplyOptions): Promise<AppliedPlan> {
  const root = resolve(options.root);
  const wishes = plan.map((file) => ({ path: file.path, content: bytesOf(file.content), mode: file.mode }));
  if (options.dryRun) return split(await preflight(root, wishes));
  options.signal?.throwIfAborted();
  await preflight(root, wishes);
  return inStore(root, options, async (store) => {
    const checked = await preflight(root, wishes);
    const state = (await readState(store)) ?? emptyState;
    const changes = checked.filter(isChange);
    const next = nextState(state, plan, checked);
    if (changes.length > 0 || JSON.stringify(next.state) !== JSON.stringify(state)) {
      await transact(
        store,
        { changes, originals: next.originals, dropFolders: [], state: orNull(next.state) },
        options,
      );
    }
    return split(checked);
  });
}

function isChange({ content, current }: Checked): boolean {
  return content !== null && (current === null || Buffer.compare(content, current) !== 0);
}

function split(checked: Checked[]): AppliedPlan {
  const paths = (changed: boolean) =>
    checked.filter((one) => isChange(one) === changed).map(({ path }) => path);
  return { changed: paths(true), unchanged: paths(false) };
}

/** The record after this run, and the overwritten bytes that undo will need. */
function nextState(
  state: State,
  plan: PlannedFile[],
  checked: Checked[],
): { state: State; originals: Uint8Array[] } {
  const files = { ...state.files };
  const originals: Uint8Array[] = [];
  const folders = new Set(state.folders);
  for (const [index, one] of checked.entries()) {
    const undo = plan[index]!.undo ?? "file";
    for (const folder of one.newFolders) folders.add(folder);
    const after = sha256(one.content!);
    if (undo === "forget") {
      delete files[one.path];
    } else if (undo === "patch" && files[one.path]?.undo !== "file") {
      files[one.path] = { undo, before: null, after };
    } else if (isChange(one)) {
      const before = originalOf(files[one.path], one.current);
      if (one.current !== null && before === sha256(one.current)) originals.push(one.current);
      files[one.path] = { undo, before, after };
    }
  }
  return { state: { version: 1, files, folders: [...folders] }, originals };
}

/** The first original counts, unless somebody has put a new file there since dtmm's last run. */
function originalOf(earlier: State["files"][string] | undefined, current: Uint8Array | null): string | null {
  const now = current && sha256(current);
  return earlier && earlier.after === now ? earlier.before : now;
}

function orNull(state: State): State | null {
  return Object.keys(state.files).length > 0 || state.folders.length > 0 ? state : null;
}
