/** `compare`: methods over shares, seeds, models and targets, every point proven; parts for many machines, put together here. */

import { openCounters } from "./compare/count.js";
import { atEqualAccuracy } from "./compare/fronts.js";
import { Measurer } from "./compare/measure.js";
import { compareEntries } from "./compare/models.js";
import { readFindings, type TaskFindings, writeFindings } from "./compare/store.js";
import { type CompareTask, compareTasks, shardOf, taskName } from "./compare/tasks.js";
import type { Context } from "./context.js";
import { dtmmError } from "./errors/index.js";
import { withInterpreter } from "./native/open.js";
import type { CompareOptions } from "./options/types.js";
import type { Progress } from "./progress/progress.js";
import type { CompareResult } from "./report/compare-result.js";
import { schemaVersion } from "./report/schema-version.js";

/** Measures what no folder has yet, and keeps every task's findings in `options.out` as soon as it is done. */
async function measureMissing(
  tasks: readonly CompareTask[],
  options: CompareOptions,
  context: Context,
): Promise<void> {
  const open: CompareTask[] = [];
  for (const task of tasks) {
    if ((await readFindings([options.out], task.key)) === undefined) open.push(task);
  }
  if (open.length === 0) return;
  await withInterpreter(options, context, async (interpreter) => {
    const counters = await openCounters(options.targets, options.cmsisNn, interpreter, context);
    const measurer = new Measurer(interpreter, counters, options);
    const stage = context.progress.stage("compare", "Comparing methods");
    for (const [index, task] of open.entries()) {
      const told = (done: number, step = "") => {
        const words = [`part ${index + 1} of ${open.length}`, taskName(task), step];
        stage.update((index + done) / open.length, words.filter((word) => word !== "").join(", "));
      };
      told(0);
      const inner = { ...context, progress: within((title) => told(0, title)) };
      await writeFindings(options.out, task.key, await measurer.measure(task, inner, told));
    }
    stage.done();
  });
}

/** Progress of what runs inside a stage: its title is told, the rest is not shown. */
function within(told: (title: string) => void): Progress {
  const silent = { update: () => undefined, done: () => undefined };
  return {
    stage: (name, title = name) => {
      told(title);
      return silent;
    },
  };
}

/** One result out of the findings of all tasks. */
function resultOf(
  findings: readonly TaskFindings[],
  options: CompareOptions,
  seconds: number,
): CompareResult {
  const models = findings.flatMap(({ dense }) => dense ?? []);
  const points = findings.flatMap((found) => found.points);
  const uncounted = options.targets.some((target) => target !== "generic") && options.cmsisNn === undefined;
  const warnings = [
    ...new Set(findings.flatMap((found) => found.warnings)),
    ...(uncounted
      ? ["stock layers were counted with TFLM's reference kernels: --cmsis-nn counts those of CMSIS-NN"]
      : []),
  ];
  return {
    schemaVersion,
    models,
    methods: [...new Set(points.map(({ method }) => method))],
    points,
    missing: findings.flatMap((found) => found.missing),
    equalAccuracy: atEqualAccuracy({ models, points }),
    ...(warnings.length > 0 ? { warnings } : {}),
    seconds,
  };
}

/**
 * Compares methods on models with running kernels in the real interpreter. What a finished task found is kept in the output
 * folder, so that the same call goes on where an interrupted one stopped.
 *
 * @returns with `shard` what this part of the work found, else everything
 * @throws MODELS_LIST, COMPARE_DAMAGED, COMPARE_INCOMPLETE, and what pruning and counting throw
 */
export async function compare(options: CompareOptions, context: Context): Promise<CompareResult> {
  const start = performance.now();
  const all = await compareTasks(await compareEntries(options), options);
  const tasks = shardOf(all, options.shard);
  const merges = options.merge !== undefined;
  if (!merges) await measureMissing(tasks, options, context);
  const folders = merges ? [options.out, ...options.merge!] : [options.out];
  const found = await Promise.all(tasks.map(({ key }) => readFindings(folders, key)));
  const lacking = tasks.filter((_, i) => found[i] === undefined);
  if (lacking.length > 0) {
    const first = taskName(lacking[0]!);
    throw dtmmError("COMPARE_INCOMPLETE", { missing: lacking.length, all: tasks.length, first });
  }
  const findings = found as TaskFindings[];
  return resultOf(findings, options, (performance.now() - start) / 1000);
}
