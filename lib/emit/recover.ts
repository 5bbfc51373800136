import { resolve } from "node:path";
import { namesIn, storeOf } from "./store.js";
import { inStore } from "./transaction.js";

/** Names that stand in `.dtmm` while nothing is going on. */
const settled = new Set([".gitignore", "state.json", "undo"]);

/**
 * Ends what an interrupted run left: before its commit point everything of it is removed, after it the rest is put in
 * place. To be called before a command looks at the project; does nothing, and writes nothing, if all is well.
 *
 * @returns whether there was anything to do
 * @throws PROJECT_BUSY if the run is still going on; STORE_DAMAGED, OUTPUT_INCOMPLETE, OUTPUT_NOT_WRITABLE
 */
export async function recover(folder: string): Promise<boolean> {
  const root = resolve(folder);
  const names = await namesIn(storeOf(root).folder);
  const isSettled = names.every((name) => settled.has(name));
  if (isSettled && (names.length === 0 || names.includes("state.json"))) return false;
  await inStore(root, {}, async () => {});
  return true;
}
