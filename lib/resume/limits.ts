/** Where finished stages lie, for how long, and how often a training is saved. */

import { join } from "node:path";
import { cacheRoot } from "../native/paths.js";

/** The folder of the stage store. */
export function runsFolder(): string {
  return join(cacheRoot(), "runs");
}

/** Entries that were written longer ago are removed. */
export const longestStayMs = 7 * 24 * 3600 * 1000;

/** A temporary file that is older belongs to a process that was killed. */
export const longestWriteMs = 3600 * 1000;

/** Bytes that all entries may take up together. */
export const mostBytes = 1024 ** 3;

/** Time that a training goes on at least before it is saved again. */
export const msBetweenSaves = 20_000;
