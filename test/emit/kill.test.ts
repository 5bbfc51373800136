import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { applyPlan, type FilePlan, recover, undo } from "../../lib/emit/index.js";
import { newProject, put, treeOf } from "./project.js";
import { killedChildSources, transpile } from "./transpile.js";

let scripts: string;
beforeAll(() => {
  scripts = transpile(killedChildSources);
});
afterAll(() => rmSync(scripts, { recursive: true, force: true }));

const plan: FilePlan = [
  { path: "src/model.cc", content: "pruned" },
  { path: "out/kernels/a.c", content: "a" },
];
let base: string;
beforeEach(() => {
  base = newProject();
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function original(root: string): void {
  put(root, "src/model.cc", "original");
}

/** Runs the child on `root`; true if it was killed, false if it came to its end. */
function killAt(step: number, work: "apply" | "undo", root: string): boolean {
  const child = join(scripts, "test/emit/killed-child.js");
  const args = [child, work, root, JSON.stringify(plan), `${step}`];
  const { signal, status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (signal !== "SIGKILL" && status !== 0) throw new Error(stderr);
  return signal === "SIGKILL";
}

/** Kills a run at each of its steps; every recovered tree has to be one of the two. Returns the number of each. */
async function killEverywhere(
  work: "apply" | "undo",
  from: string,
  old: object,
  done: object,
): Promise<number[]> {
  const counts = [0, 0];
  for (let step = 0; ; step++) {
    const root = join(base, `${work}${step}`);
    cpSync(from, root, { recursive: true });
    const wasKilled = killAt(step, work, root);
    await recover(root);
    const tree = treeOf(root, { store: true });
    const which = JSON.stringify(tree) === JSON.stringify(old) ? 0 : 1;
    if (which === 1) expect(tree).toEqual(done);
    counts[which]!++;
    if (!wasKilled) return counts;
  }
}

describe("a run that is killed", () => {
  test("while applying leaves all or nothing", { timeout: 120_000 }, async () => {
    const before = join(base, "before");
    original(before);
    const after = join(base, "after");
    original(after);
    await applyPlan(plan, { root: after });
    const [old, done] = await killEverywhere(
      "apply",
      before,
      treeOf(before, { store: true }),
      treeOf(after, { store: true }),
    );
    expect(old).toBeGreaterThanOrEqual(5);
    expect(done).toBeGreaterThanOrEqual(5);
  });

  test("while undoing leaves all or nothing", { timeout: 120_000 }, async () => {
    const plain = join(base, "plain");
    original(plain);
    const applied = join(base, "applied");
    original(applied);
    await applyPlan(plan, { root: applied });
    const [old, done] = await killEverywhere(
      "undo",
      applied,
      treeOf(applied, { store: true }),
      treeOf(plain, { store: true }),
    );
    expect(old).toBeGreaterThanOrEqual(3);
    expect(done).toBeGreaterThanOrEqual(5);
  });
});

/** Starts the work and lets it hang for good at its n-th step, as if the process had ended there. */
async function stopAt(step: number, work: (onStep: () => Promise<void>) => Promise<unknown>): Promise<void> {
  let left = step;
  await new Promise<void>((resolve, reject) => {
    work(() => {
      if (--left >= 0) return Promise.resolve();
      resolve();
      return new Promise(() => {});
    }).then(() => resolve(), reject);
  });
}

/** The stopped work's lock still names this living process: give it to one that does not exist. */
function orphanLock(root: string): void {
  const lock = join(root, ".dtmm/lock");
  try {
    readFileSync(lock);
  } catch {
    return;
  }
  writeFileSync(lock, "999999999 stopped");
}

test("any plan over any tree, stopped anywhere: all or nothing, and undo brings back the start", async () => {
  const paths = ["a", "b.txt", "c/d", "c/e/f", "g/h/i.c"];
  const files = fc.uniqueArray(
    fc.tuple(fc.constantFrom(...paths), fc.constantFrom("", "one", "two\n", "\u0000\u00ff")),
    {
      selector: ([path]) => path,
    },
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(files, files, fc.nat(24), fc.nat(24), async (there, planned, step, undoStep) => {
      const root = join(base, `run${run++}`);
      put(root, "keep", "keep");
      for (const [path, content] of there) put(root, path, content);
      const old = treeOf(root);
      const wanted = planned.map(([path, content]) => ({ path, content }));
      const whole = join(base, `run${run++}`);
      cpSync(root, whole, { recursive: true });
      for (const [path, content] of planned) put(whole, path, content);
      const done = treeOf(whole);

      await stopAt(step, (onStep) => applyPlan(wanted, { root, onStep }));
      orphanLock(root);
      await recover(root);
      expect([old, done]).toContainEqual(treeOf(root));

      await applyPlan(wanted, { root });
      expect(treeOf(root)).toEqual(done);
      const nothingToUndo = JSON.stringify(old) === JSON.stringify(done);
      if (nothingToUndo) return;
      await stopAt(undoStep, (onStep) => undo(root, { onStep }));
      orphanLock(root);
      await recover(root);
      expect([old, done]).toContainEqual(treeOf(root));
      await undo(root).catch((error: { code: string }) => expect(error.code).toBe("NOTHING_TO_UNDO"));
      expect(treeOf(root, { store: true })).toEqual(old);
    }),
    { numRuns: 30, seed: 20240526 },
  );
}, 120_000);
