import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyPlan, undo } from "../../lib/emit/index.js";
import { planPatch } from "../../lib/firmware/patch.js";
import { filterletConv } from "../firmware/registration.js";
import { newProject, put, text, treeOf } from "./project.js";

const main = `#include "ops.h"
void Setup() {
  static tflite::MicroMutableOpResolver<1> resolver;
  resolver.AddConv2D();
}
`;
let root: string;
beforeEach(() => {
  root = newProject();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function patchMain(): Promise<void> {
  const { files } = await planPatch({ root, registrations: [filterletConv] });
  await applyPlan(
    files.map(({ path, after }) => ({ path, content: after, undo: "patch" })),
    { root },
  );
}

test("restores what was overwritten, removes what was made, leaves the rest", async () => {
  put(root, "src/model.cc", "original");
  put(root, "mine.txt", "mine");
  const before = treeOf(root, { store: true });
  const plan = [
    { path: "src/model.cc", content: "pruned" },
    { path: "out/kernels/a.c", content: "a" },
  ];
  await applyPlan(plan, { root });
  expect((await undo(root)).changed.sort()).toEqual(["out/kernels/a.c", "src/model.cc"]);
  expect(treeOf(root, { store: true })).toEqual(before);
  await expect(undo(root)).rejects.toMatchObject({ code: "NOTHING_TO_UNDO", exit: 2 });
  expect(existsSync(join(root, ".dtmm"))).toBe(false);
});

test("goes back over several runs to the first original", async () => {
  put(root, "model.cc", "original");
  for (const content of ["first", "second", "second"])
    await applyPlan([{ path: "model.cc", content }], { root });
  await applyPlan([{ path: "later.cc", content: "later" }], { root });
  await undo(root);
  expect(text(root, "model.cc")).toBe("original");
  expect(existsSync(join(root, "later.cc"))).toBe(false);
});

test("a file that the user replaced between two runs is the new original", async () => {
  put(root, "model.cc", "original");
  await applyPlan([{ path: "model.cc", content: "pruned" }], { root });
  put(root, "model.cc", "trained again");
  await applyPlan([{ path: "model.cc", content: "pruned again" }], { root });
  await undo(root);
  expect(text(root, "model.cc")).toBe("trained again");
});

test("a folder that dtmm made stays if something of the user's is in it", async () => {
  await applyPlan([{ path: "out/a.c", content: "a" }], { root });
  put(root, "out/notes.txt", "notes");
  await undo(root);
  expect(Object.keys(treeOf(root))).toEqual(["out/", "out/notes.txt"]);
});

test("a file that the user deleted does not stand in the way", async () => {
  put(root, "old.txt", "old");
  const plan = [
    { path: "old.txt", content: "new" },
    { path: "made.txt", content: "made" },
  ];
  await applyPlan(plan, { root });
  rmSync(join(root, "old.txt"));
  rmSync(join(root, "made.txt"));
  await undo(root);
  expect(treeOf(root)).toEqual({ "old.txt": expect.any(String) });
});

describe("edits since", () => {
  test("an edited file is named and nothing is touched", async () => {
    const plan = [
      { path: "a.txt", content: "a" },
      { path: "b.txt", content: "b" },
    ];
    await applyPlan(plan, { root });
    put(root, "b.txt", "edited");
    const before = treeOf(root, { store: true });
    await expect(undo(root)).rejects.toMatchObject({
      code: "UNDO_EDITED",
      exit: 1,
      message: expect.stringContaining("b.txt"),
    });
    expect(treeOf(root, { store: true })).toEqual(before);
  });

  test("a patched source loses only the patch", async () => {
    put(root, "main.cc", main);
    await patchMain();
    put(root, "main.cc", text(root, "main.cc").replace("Setup", "Begin"));
    await patchMain();
    await undo(root);
    expect(text(root, "main.cc")).toBe(main.replace("Setup", "Begin"));
  });

  test("a patch that was edited is refused and nothing is touched", async () => {
    put(root, "main.cc", main);
    await patchMain();
    put(root, "main.cc", text(root, "main.cc").replace("AddCustom", "AddMine"));
    const before = treeOf(root, { store: true });
    await expect(undo(root)).rejects.toMatchObject({ code: "PATCH_EDITED" });
    expect(treeOf(root, { store: true })).toEqual(before);
  });

  test("`forget` takes a file out of the record", async () => {
    put(root, "main.cc", main);
    await patchMain();
    await applyPlan([{ path: "main.cc", content: main, undo: "forget" }], { root });
    expect(text(root, "main.cc")).toBe(main);
    await expect(undo(root)).rejects.toMatchObject({ code: "NOTHING_TO_UNDO" });
  });
});

test("lost originals are an error before anything is touched", async () => {
  put(root, "model.cc", "original");
  await applyPlan([{ path: "model.cc", content: "pruned" }], { root });
  rmSync(join(root, ".dtmm/undo"), { recursive: true });
  await expect(undo(root)).rejects.toMatchObject({ code: "STORE_DAMAGED" });
  expect(text(root, "model.cc")).toBe("pruned");
});
