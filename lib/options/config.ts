import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Loader, lilconfig } from "lilconfig";
import { DtmmError, dtmmError } from "../errors/index.js";
import { nearest } from "./nearest.js";
import { optionTable } from "./table.js";

/** A config file as found: its keys are known, its values still unchecked. */
export interface LoadedConfig {
  path: string;
  /** How errors call the place: the path, and the key inside a package.json. */
  where: string;
  /** Folder of the file; relative paths in it start here, and it is the root of the project. */
  dir: string;
  values: Record<string, unknown>;
}

/** Tried in this order in every folder, from the working directory upward. */
const searchPlaces = ["dtmm.config.ts", "dtmm.config.mjs", "dtmm.config.json", "package.json"];

/** Loads a file and turns whatever goes wrong in it into CONFIG_UNREADABLE. */
function checked(load: (file: string, content: string) => unknown): Loader {
  return async (file, content) => {
    try {
      return await load(file, content);
    } catch (error) {
      if (error instanceof DtmmError) throw error;
      throw unreadable(file, reasonOf(error), error);
    }
  };
}

const loaders = {
  ".json": checked((file, content) => {
    // Somebody else's package.json, however broken, is no concern of ours.
    if (path.basename(file) === "package.json" && !content.includes('"dtmm"')) return {};
    return JSON.parse(content);
  }),
  ".mjs": checked(async (file) => defaultExport(file, await import(pathToFileURL(file).href))),
  ".ts": checked(async (file) => {
    const { createJiti } = await import("jiti");
    // Without the file cache: looking at a config must leave nothing behind in the project.
    return defaultExport(file, await createJiti(import.meta.url, { fsCache: false }).import(file));
  }),
};

/**
 * Finds the config of the project that `cwd` is in: dtmm.config.ts, .mjs, .json or the key "dtmm" of package.json.
 * Undefined when there is none. Throws CONFIG_UNREADABLE or UNKNOWN_CONFIG_KEY.
 */
export async function findConfig(cwd: string): Promise<LoadedConfig | undefined> {
  const found = await lilconfig("dtmm", {
    searchPlaces,
    loaders,
    ignoreEmptySearchPlaces: false,
    cache: false,
  })
    .search(cwd)
    .catch((error: unknown) => {
      throw error instanceof DtmmError ? error : unreadable(`above ${cwd}`, reasonOf(error), error);
    });
  if (!found) return undefined;
  const where =
    path.basename(found.filepath) === "package.json" ? `"dtmm" of ${found.filepath}` : found.filepath;
  if (found.isEmpty) throw unreadable(where, "it is empty");
  if (typeof found.config !== "object" || found.config === null || Array.isArray(found.config)) {
    throw unreadable(where, "it does not hold an object");
  }
  const { $schema: _editorsOnly, ...values } = found.config as Record<string, unknown>;
  refuseUnknownKeys(Object.keys(values), where);
  return { path: found.filepath, where, dir: path.dirname(found.filepath), values };
}

/** Throws UNKNOWN_CONFIG_KEY, with the nearest key, at the first key that the table does not have. */
export function refuseUnknownKeys(keys: readonly string[], where: string): void {
  const known = Object.keys(optionTable);
  const key = keys.find((candidate) => !known.includes(candidate));
  if (key !== undefined) throw dtmmError("UNKNOWN_CONFIG_KEY", { key, where, nearest: nearest(key, known) });
}

function defaultExport(file: string, module: unknown): unknown {
  const value = (module as { default?: unknown }).default;
  if (value === undefined) throw unreadable(file, "it has no default export");
  return value;
}

function unreadable(where: string, reason: string, cause?: unknown): DtmmError {
  return dtmmError("CONFIG_UNREADABLE", { path: where, reason }, cause);
}

/** The first line of an error: loaders append code frames. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]!;
}
