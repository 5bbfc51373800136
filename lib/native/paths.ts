import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dtmmError } from "../errors/index.js";

/** The folder of dtmm's own package.json; the same from `lib/` and from `dist/`. */
export const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Where built addons and unpacked trees are kept: `DTMM_CACHE_DIR`, or the platform's folder for caches.
 *
 * @param env the environment to read; the process's own by default
 */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.DTMM_CACHE_DIR) return env.DTMM_CACHE_DIR;
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "dtmm");
  if (process.platform === "win32" && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, "dtmm", "Cache");
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "dtmm");
}

/**
 * Makes a folder of the cache, with its parents, and returns its path.
 *
 * @throws CACHE_UNWRITABLE
 */
export function makeCacheFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw dtmmError("CACHE_UNWRITABLE", { dir: path, reason: (error as Error).message }, error);
  }
  return path;
}

/**
 * The compiled form of a script that runs in a process of its own. The sources run it from `dist/` as well, since Node 20
 * cannot load TypeScript.
 *
 * @param name file name in this folder, for example "worker.js"
 */
export function scriptPath(name: string): string {
  const beside = fileURLToPath(new URL(name, import.meta.url));
  return existsSync(beside) ? beside : join(packageRoot, "dist", "native", name);
}
