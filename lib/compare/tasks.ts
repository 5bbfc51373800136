/** The work of a comparison in parts that stand alone: any machine can do any of them. */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Aim } from "../aims.js";
import { type CompareOptions, optionEntries, type PruneOptions, type Target } from "../options/types.js";
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
  /** What the product's own method makes small. Shares are shares of the weights, or for latency of the predicted time of our kernels with nothing pruned. */
  aim: Aim;
  /** One for the product's own method, whose units hang on it; the others leave the same model for all. */
  targets: readonly Target[];
  shares: readonly number[];
}

/** The product's own method, whose choice of units depends on the target and on what is to become small. */
export const ownMethod = "filterlet";

/** How results call the product's own method by its aim. */
const ownNames: Readonly<Record<Aim, string>> = {
  both: ownMethod,
  bytes: `${ownMethod} for bytes`,
  latency: `${ownMethod} for latency`,
};

/** Whether results call the product's own method so. */
export function isOwn(name: string): boolean {
  return Object.values(ownNames).includes(name);
}

/** How results call a task's method. */
export function methodName({ method = ownMethod, aim }: Pick<CompareTask, "method" | "aim">): string {
  return method === ownMethod ? ownNames[aim] : method;
}

/** What an entry's options say about input and pruning, with the contents of files for their paths; nothing else changes a result. */
async function contentsOf({ options }: CompareEntry): Promise<Record<string, unknown>> {
  const values = options as PruneOptions & Record<string, unknown>;
  const telling = optionEntries.filter(
    ([key, { group }]) => key !== "keep" && (group === "Input" || group === "Pruning"),
  );
  const contents = await Promise.all(
    telling.map(async ([key, entry]) => {
      const value = values[key];
      if (!("path" in entry) || typeof value !== "string") return [key, value];
      // A folder or a module is known by its path alone.
      const bytes = await readFile(value).catch(() => undefined);
      return [key, bytes === undefined ? value : createHash("sha256").update(bytes).digest("hex")];
    }),
  );
  return Object.fromEntries(contents);
}

/**
 * All tasks of a comparison in an order that every shard agrees on: tasks that share a model and a seed are neighbours.
 */
export async function compareTasks(
  entries: readonly CompareEntry[],
  options: Pick<CompareOptions, "methods" | "aims" | "recoveries" | "seeds" | "shares" | "targets"> & {
    cmsisNn?: string;
  },
): Promise<CompareTask[]> {
  const { methods, aims, recoveries, seeds, shares, targets } = options;
  const tasks: CompareTask[] = [];
  for (const entry of entries) {
    const contents = await contentsOf(entry);
    const add = (task: Omit<CompareTask, "key" | "entry">) => {
      const key = fingerprint([codeKey(), entry.name, contents, task, options.cmsisNn !== undefined]);
      tasks.push({ key, entry, ...task });
    };
    add({ seed: seeds[0]!, recovery: "none", aim: "bytes", targets, shares: [] });
    for (const seed of seeds) {
      for (const method of methods) {
        for (const recovery of recoveries) {
          const common = { seed, method, recovery, shares };
          if (method !== ownMethod) add({ ...common, aim: "bytes", targets });
          else {
            for (const target of targets) {
              for (const aim of aims) {
                if (aim !== "latency" || target !== "generic") add({ ...common, aim, targets: [target] });
              }
            }
          }
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
export function taskName(task: CompareTask): string {
  const { entry, method, recovery, seed, targets } = task;
  if (method === undefined) return `${entry.name}: the dense model`;
  const where = targets.some((target) => target !== "generic") ? ` for ${targets.join(", ")}` : "";
  return `${entry.name}: ${methodName(task)}, ${recovery}, seed ${seed}${where}`;
}
