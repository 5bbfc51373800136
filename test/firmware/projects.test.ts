import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newProject, put, text, treeOf } from "../emit/project.js";
import { patch, projects, setUp, textsIn } from "./project-case.js";

let root: string;
beforeEach(() => {
  root = newProject();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const patched = projects.filter(({ facts }) => !facts.refused);
const refused = projects.filter(({ facts }) => facts.refused);

describe.each(patched)("$name: $facts.about", (project) => {
  const { facts, before, after } = project;

  test("is patched as expected, and the user is told what else there is to know", async () => {
    setUp(root, project);
    const { exit, warnings } = await patch(root, project);
    expect(textsIn(root)).toEqual(after);
    expect([exit, warnings]).toEqual([0, facts.notes ?? []]);
  });

  test("--dry-run and --check change nothing; a second run finds nothing to do", async () => {
    setUp(root, project);
    const fresh = treeOf(root, { store: true });
    const isSame = JSON.stringify(before) === JSON.stringify(after);
    expect((await patch(root, project, { check: true })).exit).toBe(isSame ? 0 : 1);
    const { output } = await patch(root, project, { dryRun: true });
    for (const path of Object.keys(after).filter((name) => before[name] !== after[name]))
      expect(output).toContain(`--- a/${path}`);
    expect(treeOf(root, { store: true })).toEqual(fresh);
    await patch(root, project);
    const once = treeOf(root, { store: true });
    expect((await patch(root, project)).summary).toBe("The op resolver is up to date.\n");
    expect((await patch(root, project, { check: true })).exit).toBe(0);
    expect(treeOf(root, { store: true })).toEqual(once);
  });

  test("--undo gives back every byte, and keeps an edit elsewhere", async () => {
    setUp(root, project);
    const fresh = treeOf(root, { store: true });
    await patch(root, project);
    await patch(root, project, { undo: true });
    expect(treeOf(root, { store: true })).toEqual(fresh);
    if (facts.edit === undefined) return;
    const { file, from, to } = facts.edit;
    await patch(root, project);
    put(root, file, text(root, file).replace(from, to));
    await patch(root, project, { undo: true });
    expect(text(root, file)).toBe(before[file]!.replace(from, to));
  });
});

test.each(refused)("$name: $facts.about", async (project) => {
  setUp(root, project);
  const fresh = treeOf(root, { store: true });
  const { code, message, hint = "" } = project.facts.refused!;
  await expect(patch(root, project)).rejects.toMatchObject({ hint: expect.stringContaining(hint) });
  await expect(patch(root, project)).rejects.toMatchObject({
    ...{ code, exit: 1, message: expect.stringContaining(message) },
    hint: expect.stringMatching(/#include "dtmm_.*\n(.*\n)*.*AddCustom\(dtmm::k/),
  });
  expect(treeOf(root, { store: true })).toEqual(fresh);
});

test("an edited block is named and nothing is touched", async () => {
  const project = projects.find(({ name }) => name === "arduino_one_if_per_call")!;
  setUp(root, project);
  await patch(root, project);
  const [file] = Object.keys(project.after);
  for (const [from, to] of [
    ['"AddCustom failed"', '"failed"'],
    ['"AddConv2D failed"', '"failed"'],
  ] as const) {
    put(root, file!, project.after[file!]!.replace(from, to));
    const edited = treeOf(root, { store: true });
    await expect(patch(root, project, { undo: true })).rejects.toMatchObject({
      ...{ code: "PATCH_EDITED", exit: 1, message: expect.stringContaining(`${file}:`) },
    });
    expect(treeOf(root, { store: true })).toEqual(edited);
  }
});
