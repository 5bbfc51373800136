import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { BoardCore } from "../../../lib/board/boards.js";
import { compileObjects, linkProgram, strictFlags } from "../../../lib/board/compile.js";
import { missingBoardTools } from "../../../lib/board/tools.js";

const missing = missingBoardTools();

/** Whether programs for a board can be built and run here. */
export const haveBoardTools = missing.length === 0;

/** For test titles: nothing, or why the tests are skipped. */
export const boardSkipNote = haveBoardTools ? "" : ` (skipped: no ${missing.join(", ")} on this machine)`;

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** A new folder that lives as long as the test file. */
export async function buildFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dtmm-qemu-"));
  folders.push(folder);
  return folder;
}

/** Compiles C sources of ours and links them into one program for a board. */
export async function buildProgram(core: BoardCore, sources: readonly string[]): Promise<string> {
  const folder = await buildFolder();
  const flags = ["-std=c99", "-O2", ...strictFlags.filter((flag) => flag !== "-pedantic")];
  return linkProgram(core, await compileObjects({ core, sources, flags }, folder), folder);
}
