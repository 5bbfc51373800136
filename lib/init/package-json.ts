import { join } from "node:path";
import { readIfThere, reasonOf } from "../emit/durable.js";
import type { PlannedFile } from "../emit/plan.js";
import { dtmmError } from "../errors/index.js";

/** The script that init adds: every option stands in the config. */
export const pruneScript = "dtmm prune";

export interface PackagePlan {
  /** package.json as it is to be; undefined if it stays as it is. */
  file?: PlannedFile;
  /** Why the script was not added. */
  note?: string;
}

interface Package {
  scripts?: Record<string, unknown>;
  [key: string]: unknown;
}

/**
 * package.json with a script `prune`; a new one if there is none. A script of that name that does something else stays.
 *
 * @param version of dtmm, for a new package.json
 * @throws PACKAGE_JSON_UNREADABLE
 */
export async function planPackageJson(root: string, version: string): Promise<PackagePlan> {
  const path = "package.json";
  const bytes = await readIfThere(join(root, path)).catch((error: unknown) => {
    throw dtmmError("PACKAGE_JSON_UNREADABLE", { path: join(root, path), reason: reasonOf(error) }, error);
  });
  if (bytes === null) {
    const content = {
      private: true,
      scripts: { prune: pruneScript },
      devDependencies: { dtmm: `^${version}` },
    };
    return { file: { path, content: `${JSON.stringify(content, null, 2)}\n`, undo: "forget" } };
  }
  const text = Buffer.from(bytes).toString("utf8");
  const parsed = parse(text, join(root, path));
  const script = parsed.scripts?.prune;
  if (script === undefined) return { file: { path, content: withScript(text, parsed), undo: "forget" } };
  if (typeof script === "string" && /\bdtmm prune\b/.test(script)) return {};
  return { note: `package.json has another script "prune", which stays; run \`npx dtmm prune\`` };
}

function parse(text: string, path: string): Package {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new Error("it does not hold an object");
    }
    const { scripts } = value as Package;
    if (scripts !== undefined && (typeof scripts !== "object" || scripts === null)) {
      throw new Error('its "scripts" are no object');
    }
    return value as Package;
  } catch (error) {
    throw dtmmError("PACKAGE_JSON_UNREADABLE", { path, reason: (error as Error).message }, error);
  }
}

const text = String.raw`"(?:\\.|[^"\\])*"`;
const scriptsObject = new RegExp(
  String.raw`("scripts"\s*:\s*\{)((?:\s*${text}\s*:\s*${text}(?:\s*,)?)*)(\s*)\}`,
);

/** The script behind the others, with every other byte as it was; laid out anew where that cannot be had. */
function withScript(before: string, parsed: Package): string {
  const wanted = { ...parsed, scripts: { ...parsed.scripts, prune: pruneScript } };
  const eol = before.includes("\r\n") ? "\r\n" : "\n";
  const indent = /^([ \t]+)"/m.exec(before)?.[1] ?? "  ";
  const entry = `"prune": ${JSON.stringify(pruneScript)}`;
  const inserted = before.replace(scriptsObject, (_, open: string, scripts: string, end: string) => {
    const isOneLine = !`${scripts}${end}`.includes("\n");
    const gap = isOneLine ? " " : `${eol}${indent}${indent}`;
    const close = isOneLine ? end || " " : end;
    return `${open}${scripts}${scripts.trim() === "" ? "" : ","}${gap}${entry}${close}}`;
  });
  if (holds(inserted, wanted)) return inserted;
  const mark = before.startsWith("\uFEFF") ? "\uFEFF" : "";
  return `${mark}${JSON.stringify(wanted, null, indent).replaceAll("\n", eol)}${eol}`;
}

function holds(json: string, wanted: Package): boolean {
  try {
    return JSON.stringify(JSON.parse(json.replace(/^\uFEFF/, ""))) === JSON.stringify(wanted);
  } catch {
    return false;
  }
}
