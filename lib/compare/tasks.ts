/** The work of a comparison in parts that stand alone: any machine can do any of them. */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { CompareOptions, PruneOptions, Target } from "../options/types.js";
import type { Recovery } from "../report/compare-result.js";
import { codeKey } from "../resume/code-key.js";
import { fingerprint } from "../resume/fingerprint.js";
import type { CompareEntry } from "./models.js";

/** One method on one model with one seed, at all shares; or the dense model itself. */
export interface CompareTask {
  /** Identifies what is measured: the contents of model and inputs, the code, and everything asked for. */
  key: string;
  entry: CompareEntry;
  seed: number;
  /** Absent for the dense model. */
  method?: PruneOptions["method"];
  recovery: Recovery;
  /** One for the product's own method, whose units hang on it; the others leave the same model for all. */
  targets: readonly Target[];
  shares: readonly number[];
}

/** The method whose choice of units depends on the target. */
export const ownMethod = "filterlet";

const fileKeys = ["model", "calibration", "eval", "labels", "train", "trainLabels"] as const;

/** What an entry's options come to, with the contents of files for their paths. */
async function contentsOf({ options }: CompareEntry): Promise<Record<string, unknown>> {
  const { root: _, resume: __, ...values } = options as PruneOptions & Record<string, unknown>;
  const contents = await Promise.all(
    fileKeys.map(async (key) => {
      const path = values[key];
      if (typeof path !== "string") return [key, undefined];
      // A folder or a module is known by its path alone.
      const bytes = await readFile(path).catch(() => undefined);
      return [key, bytes === undefined ? path : createHash("sha256").update(bytes).digest("hex")];
    }),
  );
  const { out: _out, tflm: _tflm, ...rest } = values;
  return { ...rest, ...Object.fromEntries(contents) };
}

/**
 * All tasks of a comparison in an order that every shard agrees on: tasks that share a model and a seed are neighbours.
 *
 * @param addonKey of the interpreter that everything is proven in
 */
export async function compareTasks(
  entries: readonly CompareEntry[],
  options: Pick<CompareOptions, "methods" | "recoveries" | "seeds" | "shares" | "targets"> & {
    cmsisNn?: string;
  },
): Promise<CompareTask[]> {
  const { methods, recoveries, seeds, shares, targets } = options;
  const tasks: CompareTask[] = [];
  for (const entry of entries) {
    const contents = await contentsOf(entry);
    const add = (task: Omit<CompareTask, "key" | "entry">) => {
      const key = fingerprint([codeKey(), entry.name, contents, task, options.cmsisNn !== undefined]);
      tasks.push({ key, entry, ...task });
    };
    add({ seed: seeds[0]!, recovery: "none", targets, shares: [] });
    for (const seed of seeds) {
      for (const method of methods) {
        for (const recovery of recoveries) {
          const each = method === ownMethod ? targets.map((target) => [target]) : [targets];
          for (const own of each) add({ seed, method, recovery, targets: own, shares });
        }
      }
    }
  }
  return tasks;
}

/**
 * The tasks of one shard, every n-th of all.
 *
 * @param shard "i/n", i from 1
 */
export function shardOf(tasks: readonly CompareTask[], shard: string | undefined): CompareTask[] {
  if (shard === undefined) return [...tasks];
  const [index, count] = shard.split("/").map(Number);
  return tasks.filter((_, i) => i % count! === index! - 1);
}

/** What a task does, in words. */
export function taskName({ entry, method, recovery, seed, targets }: CompareTask): string {
  if (method === undefined) return `${entry.name}: the dense model`;
  const where = targets.some((target) => target !== "generic") ? ` for ${targets.join(", ")}` : "";
  return `${entry.name}: ${method}, ${recovery}, seed ${seed}${where}`;
}
