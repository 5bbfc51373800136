import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyPlan, emit, type FilePlan, recover } from "../../lib/emit/index.js";
import { packedOpsOf } from "../../lib/firmware/model-ops.js";
import { registrationsFor } from "../../lib/firmware/registrations.js";
import { resolverNames } from "../../lib/firmware/resolver-names.js";
import { readModel } from "../../lib/tflite/reader.js";
import { newProject, put, text, treeOf } from "../emit/project.js";
import { killedChildSources, transpile } from "../emit/transpile.js";
import { seededRandom } from "../support/random.js";
import { type Project, projects, setUp } from "./project-case.js";

/** Another seed kills at other points: DTMM_KILL_SEED=7 npx vitest run test/firmware/project-kills.test.ts */
const seed = Number(process.env.DTMM_KILL_SEED ?? 20261127);
const kills = 200;
/** Processes at a time. */
const lanes = 2;

let scripts: string;
let base: string;
beforeAll(() => {
  scripts = transpile(killedChildSources);
  base = newProject();
});
afterAll(() => {
  rmSync(scripts, { recursive: true, force: true });
  rmSync(base, { recursive: true, force: true });
});

/** A project before and after emit, and the plan that leads from one to the other. */
interface Emission {
  name: string;
  before: string;
  plan: FilePlan;
  /** How many times a run of it can be killed. */
  steps: number;
  old: Record<string, string>;
  done: Record<string, string>;
}

/** Runs emit once to learn its plan, and once more in parts to count its steps. */
async function emission(project: Project): Promise<Emission> {
  const [before, emitted, after] = ["before", "emitted", "after"].map((part) =>
    join(base, project.name, part),
  ) as [string, string, string];
  mkdirSync(before, { recursive: true });
  setUp(before, project);
  const ops = packedOpsOf(readModel(readFileSync(join(before, "dtmm-out/model.tflite"))));
  rmSync(join(before, "dtmm-out"), { recursive: true });
  for (const copy of [emitted, after]) cpSync(before, copy, { recursive: true });
  const { resolver } = project.facts.config ?? {};
  const given = [resolver ?? []].flat().map((path) => join(emitted, path as string));
  const { changed } = await emit({
    ...{ root: emitted, outDir: "out", model: Buffer.from("a model"), arrayName: "g_model", ops },
    ...{ patch: { names: resolverNames(emitted, given), needs: project.facts.operators } },
    ...{ kernels: kernelsFolder(), resolverHeader: { operators: project.facts.operators } },
  });
  const plan: FilePlan = changed.map((path) => {
    const undo = path in project.before ? ("patch" as const) : ("file" as const);
    return { path, content: text(emitted, path), undo };
  });
  let steps = 0;
  await applyPlan(plan, {
    root: after,
    onStep: () => {
      steps++;
    },
  });
  const trees = { old: treeOf(before, { store: true }), done: treeOf(after, { store: true }) };
  return { name: project.name, before, plan, steps, ...trees };
}

/** Kernels as short as a command line can carry. */
function kernelsFolder(): string {
  const folder = join(base, "kernels");
  const ops = ["DTMM_FILTERLET_CONV_2D", "DTMM_BLOCK_FULLY_CONNECTED"];
  const entries = registrationsFor(ops).map(({ customName, register, include }, index) => {
    const header = include.slice(1, -1);
    put(folder, header, "// The header.\n");
    put(folder, `kernel${index}.c`, "int kernel;\n");
    const registration = { header, name: customName, function: register };
    return [ops[index], { registration, sources: [`kernel${index}.c`], headers: [header] }];
  });
  put(folder, "manifest.json", JSON.stringify({ version: 1, ops: Object.fromEntries(entries) }));
  return folder;
}

/** Kills a run at the step, lets the next run recover, and says which of the two trees is there. */
async function killAndRecover(
  { name, before, plan, old, done }: Emission,
  step: number,
  run: number,
): Promise<"old" | "done"> {
  const root = join(base, name, `killed${run}`);
  cpSync(before, root, { recursive: true });
  const child = join(scripts, "test/emit/killed-child.js");
  const args = [child, "apply", root, JSON.stringify(plan), `${step}`];
  await expect(promisify(execFile)(process.execPath, args)).rejects.toMatchObject({ signal: "SIGKILL" });
  await recover(root);
  const tree = treeOf(root, { store: true });
  rmSync(root, { recursive: true });
  if (JSON.stringify(tree) === JSON.stringify(old)) return "old";
  expect(tree, `${name}, killed at step ${step}`).toEqual(done);
  return "done";
}

test(`${kills} kills at random points of emit, seed ${seed}: the tree is wholly old or wholly new`, {
  timeout: 600_000,
}, async () => {
  const emissions: Emission[] = [];
  for (const project of projects) if (!project.facts.refused) emissions.push(await emission(project));
  const random = seededRandom(seed);
  const points = Array.from({ length: kills }, (_, run) => {
    const one = emissions[run % emissions.length]!;
    return { one, step: random.integer(0, one.steps - 1) };
  });
  const counts = { old: 0, done: 0 };
  let next = 0;
  const lane = async () => {
    for (let run = next++; run < points.length; run = next++) {
      const { one, step } = points[run]!;
      counts[await killAndRecover(one, step, run)]++;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  console.log(`seed ${seed}: ${counts.old} trees wholly old, ${counts.done} wholly new`);
  expect(counts.old + counts.done).toBe(kills);
  expect(Math.min(counts.old, counts.done)).toBeGreaterThan(kills / 10);
});
