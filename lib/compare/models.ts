/** Which models are compared: the one that the options name, or those of a list. */

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { dtmmError } from "../errors/index.js";
import { normalizeOptions } from "../options/normalize.js";
import { type CompareOptions, optionEntries, type PruneOptions } from "../options/types.js";

/** A model with its inputs, and what prune is to be called with besides method, share and seed. */
export interface CompareEntry {
  name: string;
  options: PruneOptions;
}

const listSchema = z
  .array(z.looseObject({ name: z.string().min(1), model: z.string().min(1) }))
  .nonempty()
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, "two models have one name");

/** Keys that the comparison sets itself, or that would write something. */
const ownKeys = new Set(["method", "keep", "seed", "target", "finetune", "refit", "patch", "out"]);

/** Values of `options` that prune takes as well. */
function pruneValues(options: CompareOptions): Record<string, unknown> {
  const values = options as Record<string, unknown>;
  const shared = optionEntries.filter(([, entry]) => (entry.commands as readonly string[]).includes("prune"));
  const given = shared.flatMap(([key]) => (values[key] === undefined || ownKeys.has(key) ? [] : [key]));
  return Object.fromEntries(given.map((key) => [key, values[key]]));
}

async function readList(path: string): Promise<z.output<typeof listSchema>> {
  const invalid = (reason: string, cause?: unknown) => dtmmError("MODELS_LIST", { path, reason }, cause);
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error), error);
  }
  const parsed = listSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path: place, message } = parsed.error.issues[0]!;
  throw invalid(`${place.length > 0 ? `${place.join(".")}: ` : ""}${message}`);
}

/**
 * The models that the options name. Paths in a list start at the list's folder; what its entries leave open is as the options say.
 *
 * @throws MODELS_LIST for a list that cannot be read; OPTION_MISSING where neither a list nor a model is given, and what checking
 *   an entry's options throws
 */
export async function compareEntries(options: CompareOptions): Promise<CompareEntry[]> {
  const shared = pruneValues(options);
  const checked = (values: Record<string, unknown>, cwd: string) =>
    normalizeOptions("prune", { ...shared, ...values }, undefined, cwd, "library");
  if (options.models === undefined) {
    if (options.model === undefined) {
      throw dtmmError("OPTION_MISSING", {
        what: "a model",
        command: "dtmm compare",
        remedy: "Give --model <file> with its inputs, or --models <file.json>.",
      });
    }
    const name = options.model.split(/[\\/]/).at(-1)!;
    return [{ name, options: checked({ model: options.model, keep: 1 }, options.root) }];
  }
  const list = await readList(options.models);
  const folder = dirname(options.models);
  return list.map(({ name, ...values }) => ({
    name,
    options: checked({ ...values, keep: 1 }, resolve(folder)),
  }));
}
