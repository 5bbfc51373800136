import { join } from "node:path";
import { createTwoFilesPatch } from "diff";
import { readIfThere } from "./durable.js";
import { bytesOf, type FilePlan } from "./plan.js";

/** New files up to this many lines are shown, longer ones (model arrays, kernels) are named. */
const maxNewLines = 200;
/** Beyond this many changed lines a diff helps nobody and takes long. */
const maxEdits = 2000;

/**
 * A unified diff of what `applyPlan` would change, for `--dry-run`. Binary and very long files are named with their size.
 *
 * @param root folder that the plan's paths are relative to
 */
export async function planDiff(plan: FilePlan, root: string): Promise<string> {
  const parts: string[] = [];
  for (const { path, content } of plan) {
    const after = bytesOf(content);
    const before = await readIfThere(join(root, path));
    if (before === null || Buffer.compare(before, after) !== 0) parts.push(fileDiff(path, before, after));
  }
  return parts.join("");
}

function fileDiff(path: string, before: Uint8Array | null, after: Uint8Array): string {
  const newText = textOf(after);
  const oldText = before === null ? "" : textOf(before);
  const size = `${after.length} bytes${before === null ? ", new" : `, was ${before.length}`}`;
  if (newText === undefined || oldText === undefined) return `binary file ${path}, ${size}\n`;
  if (before === null && newText.split("\n").length > maxNewLines) return `file ${path}, ${size}\n`;
  const from = before === null ? "/dev/null" : `a/${path}`;
  const patch = createTwoFilesPatch(from, `b/${path}`, oldText, newText, undefined, undefined, {
    context: 3,
    maxEditLength: maxEdits,
  });
  return patch ? patch.replace(/^=+\n/, "") : `file ${path}, ${size}\n`;
}

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
