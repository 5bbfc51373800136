/** Modules of the user, whose default export is or makes samples. */

import { pathToFileURL } from "node:url";
import { dtmmError } from "../errors/index.js";
import { withDataFile } from "./read-file.js";

/** What a function that a module exports is called with. */
export interface ModuleRequest {
  /** Shape of one sample, where a model was named. */
  shape?: readonly number[];
  /** Aborted when the run is interrupted. */
  signal: AbortSignal;
}

/** The default export of a .js, .mjs, .cjs, .ts or .mts file. Throws DATA_UNREADABLE, MODULE_UNLOADABLE, MODULE_EXPORT. */
export async function defaultExport(path: string): Promise<unknown> {
  await withDataFile(path, async () => undefined);
  const module = await loadModule(path).catch((error) => {
    throw dtmmError("MODULE_UNLOADABLE", { path, reason: firstLine(error) }, error);
  });
  const value = (module as { default?: unknown }).default;
  if (value === undefined) throw dtmmError("MODULE_EXPORT", { path, found: "no default export" });
  return value;
}

async function loadModule(path: string): Promise<unknown> {
  if (!/\.[cm]?ts$/i.test(path)) return import(pathToFileURL(path).href);
  const { createJiti } = await import("jiti");
  // Without the file cache: looking at data must leave nothing behind in the project.
  return createJiti(import.meta.url, { fsCache: false }).import(path);
}

/** The first line of what was thrown, whatever it was: loaders append code frames. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]!;
}

/** The longest that a module may take for one sample. */
const secondsPerSample = 60;

/** Waits for what a module has promised, but not for ever. Throws MODULE_STALLED, what `promise` rejects with, the abort's reason. */
export async function patiently<T>(
  promise: Promise<T>,
  { path, sample, signal }: { path: string; sample: number; signal: AbortSignal },
): Promise<T> {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const limit = new Promise<never>((_, reject) => {
    const seconds = secondsPerSample;
    const timer = setTimeout(
      () => reject(dtmmError("MODULE_STALLED", { path, sample, seconds })),
      seconds * 1000,
    );
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    };
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    stop();
  }
}
