import { chmodSync, existsSync, rmSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyPlan, recover } from "../../lib/emit/index.js";
import { newProject, put, text, treeOf } from "./project.js";

let root: string;
beforeEach(() => {
  root = newProject();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("applyPlan", () => {
  test("writes text and bytes into new and existing folders", async () => {
    put(root, "src/old.txt", "old");
    const plan = [
      { path: "src/old.txt", content: "new" },
      { path: "out/deep/model.tflite", content: Uint8Array.of(0, 1, 255) },
    ];
    const applied = await applyPlan(plan, { root });
    expect(applied).toEqual({ changed: ["src/old.txt", "out/deep/model.tflite"], unchanged: [] });
    expect(text(root, "src/old.txt")).toBe("new");
    expect(treeOf(root, { store: true })).toHaveProperty(".dtmm/state.json");
    expect(
      Object.keys(treeOf(root, { store: true })).filter((path) => /stage|lock|journal|tmp/.test(path)),
    ).toEqual([]);
    expect(await recover(root)).toBe(false);
  });

  test("leaves files alone that are as planned", async () => {
    put(root, "same.txt", "same");
    const then = new Date("2020-02-02T02:02:02Z");
    utimesSync(join(root, "same.txt"), then, then);
    const plan = [{ path: "same.txt", content: "same" }];
    expect(await applyPlan(plan, { root })).toEqual({ changed: [], unchanged: ["same.txt"] });
    expect(statSync(join(root, "same.txt")).mtime).toEqual(then);
    expect(existsSync(join(root, ".dtmm"))).toBe(false);
  });

  test("a dry run changes nothing", async () => {
    const applied = await applyPlan([{ path: "a/b.txt", content: "b" }], { root, dryRun: true });
    expect(applied.changed).toEqual(["a/b.txt"]);
    expect(treeOf(root, { store: true })).toEqual({});
  });

  test("permission bits: an existing file keeps its own, a new one gets those of the plan", async () => {
    put(root, "run.sh", "old");
    chmodSync(join(root, "run.sh"), 0o750);
    const plan = [
      { path: "run.sh", content: "new" },
      { path: "new.sh", content: "new", mode: 0o755 },
    ];
    await applyPlan(plan, { root });
    expect(statSync(join(root, "run.sh")).mode & 0o777).toBe(0o750);
    expect(statSync(join(root, "new.sh")).mode & 0o777).toBe(0o755);
  });

  test("writes through a link instead of replacing it", async () => {
    put(root, "real/model.h", "old");
    symlinkSync("real/model.h", join(root, "model.h"));
    await applyPlan([{ path: "model.h", content: "new" }], { root });
    expect(text(root, "real/model.h")).toBe("new");
  });

  test("makes the root folder", async () => {
    const inner = join(root, "not/there");
    await applyPlan([{ path: "a.txt", content: "a" }], { root: inner });
    expect(text(inner, "a.txt")).toBe("a");
  });
});

describe("failures before the commit leave nothing behind", () => {
  const good = { path: "good.txt", content: "good" };
  const cases: { name: string; prepare: (root: string) => void; path: string; reason: RegExp }[] = [
    {
      name: "below a regular file",
      prepare: (at) => put(at, "file", "x"),
      path: "file/out.txt",
      reason: /not a folder/,
    },
    {
      name: "a folder in its place",
      prepare: (at) => put(at, "out.txt/x", "x"),
      path: "out.txt",
      reason: /is a folder/,
    },
    {
      name: "a link that leads nowhere",
      prepare: (at) => symlinkSync("nowhere", join(at, "out.txt")),
      path: "out.txt",
      reason: /does not exist/,
    },
    { name: "below another file of the plan", prepare: () => {}, path: "good.txt/x", reason: /as a folder/ },
    { name: "on another file system", prepare: () => {}, path: "../../proc/dtmm.txt", reason: /./ },
  ];

  test.each(cases)("$name", async ({ prepare, path, reason }) => {
    prepare(root);
    const before = treeOf(root, { store: true });
    const failed = applyPlan([good, { path, content: "out" }], { root });
    await expect(failed).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
      message: expect.stringMatching(reason),
    });
    expect(treeOf(root, { store: true })).toEqual(before);
  });

  test("a regular file in the place of .dtmm", async () => {
    put(root, ".dtmm", "mine");
    await expect(applyPlan([good], { root })).rejects.toMatchObject({ code: "OUTPUT_NOT_WRITABLE" });
    expect(treeOf(root, { store: true })).toHaveProperty([".dtmm"]);
    expect(existsSync(join(root, "good.txt"))).toBe(false);
  });

  test("a full disk while staging", async () => {
    const full = Object.assign(new Error("write"), { code: "ENOSPC" });
    const onStep = (step: string) => {
      if (step === "stage good.txt") throw full;
    };
    await expect(applyPlan([good], { root, onStep })).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
      message: expect.stringContaining("no space left"),
    });
    expect(treeOf(root, { store: true })).toEqual({});
  });

  test("an abort before the commit, in a root that was not there", async () => {
    const abort = new AbortController();
    const inner = join(root, "not/there");
    const onStep = (step: string) => {
      if (step === "stage good.txt") abort.abort(new Error("stopped by the user"));
    };
    const plan = [good, { path: "more.txt", content: "more" }];
    await expect(applyPlan(plan, { root: inner, onStep, signal: abort.signal })).rejects.toThrow(
      "stopped by the user",
    );
    expect(treeOf(root, { store: true })).toEqual({});
  });

  test("an abort after the commit comes too late", async () => {
    const abort = new AbortController();
    const onStep = (step: string) => {
      if (step === "place good.txt") abort.abort();
    };
    await applyPlan([good], { root, onStep, signal: abort.signal });
    expect(text(root, "good.txt")).toBe("good");
  });
});

test("a failure after the commit is finished by the next run", async () => {
  const plan = [
    { path: "a.txt", content: "a" },
    { path: "b.txt", content: "b" },
  ];
  const onStep = (step: string) => {
    if (step === "place b.txt") throw Object.assign(new Error("rename"), { code: "EACCES" });
  };
  await expect(applyPlan(plan, { root, onStep })).rejects.toMatchObject({ code: "OUTPUT_INCOMPLETE" });
  expect(await recover(root)).toBe(true);
  expect([text(root, "a.txt"), text(root, "b.txt")]).toEqual(["a", "b"]);
});

describe("two runs at once", () => {
  test("the second one is told who is at work", async () => {
    const second: Promise<unknown>[] = [];
    const onStep = (step: string) => {
      if (step === "commit")
        second.push(applyPlan([{ path: "b.txt", content: "b" }], { root }), recover(root));
    };
    const first = applyPlan([{ path: "a.txt", content: "a" }], {
      root,
      onStep: async (step) => {
        onStep(step);
        await Promise.allSettled(second);
      },
    });
    await first;
    expect(second).toHaveLength(2);
    for (const busy of second) {
      await expect(busy).rejects.toMatchObject({
        code: "PROJECT_BUSY",
        message: expect.stringContaining(String(process.pid)),
      });
    }
    expect(treeOf(root)).toHaveProperty(["a.txt"]);
    expect(treeOf(root)).not.toHaveProperty(["b.txt"]);
  });

  test("the lock of a process that is gone is taken over", async () => {
    put(root, ".dtmm/lock", "999999999 gone");
    await applyPlan([{ path: "a.txt", content: "a" }], { root });
    expect(text(root, "a.txt")).toBe("a");
  });
});

test("damaged records are named", async () => {
  put(root, ".dtmm/journal.json", '{"version":1}');
  await expect(recover(root)).rejects.toMatchObject({ code: "STORE_DAMAGED" });
  put(root, ".dtmm/journal.json", "{");
  await expect(applyPlan([{ path: "a", content: "a" }], { root })).rejects.toMatchObject({
    code: "STORE_DAMAGED",
  });
});
