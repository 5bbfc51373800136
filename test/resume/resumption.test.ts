import { mkdtempSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { Resumption } from "../../lib/resume/resumption.js";
import { tempFolder } from "../cli/support/temp-folder.js";

const place = vi.hoisted(() => ({ folder: "" }));
vi.mock("../../lib/resume/limits.js", async (original) => ({
  ...(await original<typeof import("../../lib/resume/limits.js")>()),
  runsFolder: () => place.folder,
}));

const root = tempFolder();

function newFolder(): string {
  place.folder = mkdtempSync(path.join(root, "runs-"));
  return place.folder;
}

const open = (addonKey = "a", enabled = true) => Resumption.open({ enabled, addonKey });

test("a result is found by the stage, its inputs and the addon, and by nothing else", async () => {
  newFolder();
  const first = await open();
  await first.write(first.key("stage", { seed: 1 }), "result");
  const read = async (run: Resumption, stage: string, seed: number) => run.read(run.key(stage, { seed }));
  expect(await read(await open(), "stage", 1)).toBe("result");
  expect(await read(await open(), "stage", 2)).toBeUndefined();
  expect(await read(await open(), "other", 1)).toBeUndefined();
  expect(await read(await open("b"), "stage", 1)).toBeUndefined();
});

test("recall computes once, and the note says so once", async () => {
  newFolder();
  const work = vi.fn(async () => [1, 2]);
  const first = await open();
  expect(await first.recall(first.key("stage", 1), work)).toEqual([1, 2]);
  expect(first.note("numbers")).toBeUndefined();
  const second = await open();
  expect(await second.recall(second.key("stage", 1), work)).toEqual([1, 2]);
  expect(work).toHaveBeenCalledTimes(1);
  expect(second.note("numbers")).toBe("numbers of an earlier run");
  expect(second.note("numbers")).toBeUndefined();
});

test("the end of a run removes the results that were of use to it alone", async () => {
  const folder = newFolder();
  const run = await open();
  await run.write(run.key("lasting", 0), 1);
  await run.write(run.passing(run.key("passing", 0)), 2);
  await run.finish();
  expect(readdirSync(folder)).toEqual([`${run.key("lasting", 0)}.stage`]);
});

test("switched off, it neither reads nor writes", async () => {
  const folder = newFolder();
  const on = await open();
  await on.write(on.key("stage", 1), "result");
  const before = readdirSync(folder);
  const off = await open("a", false);
  const work = vi.fn(async () => "anew");
  expect(await off.recall(off.key("stage", 1), work)).toBe("anew");
  await off.recall(off.key("stage", 2), work);
  await off.finish();
  expect(work).toHaveBeenCalledTimes(2);
  expect(readdirSync(folder)).toEqual(before);
});
