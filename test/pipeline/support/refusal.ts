/** What every refusal must be: one coded error that says what, where and what to do, before the long work, and no trace. */

import { expect } from "vitest";
import type { DtmmError, ErrorCode } from "../../../lib/errors/index.js";
import { prune } from "../../../lib/index.js";
import type { Progress } from "../../../lib/progress/progress.js";
import { thrownBy } from "../../cli/support/throws.js";
import { quietStage } from "../../support/interpreter.js";
import { type Project, withEval } from "./project.js";

export interface Refusal {
  code: ErrorCode;
  /** Exit code of the command; 2, bad input, when absent. */
  exit?: 1 | 2 | 3;
  /** A part of the message: the offending file or value. */
  says: string | RegExp;
}

/**
 * Runs `prune` in the project, expects the refusal and the disk as it was.
 *
 * @returns the error, and the stages that had begun by then
 */
export async function expectRefusal(
  project: Project,
  options: Record<string, unknown>,
  { code, exit = 2, says }: Refusal,
): Promise<{ error: DtmmError; stages: string[] }> {
  const before = project.listing();
  const stages: string[] = [];
  const progress: Progress = {
    stage: (name) => {
      stages.push(name);
      return quietStage;
    },
  };
  const given = { ...withEval, keep: 0.5, ...options };
  const error = await thrownBy(() => prune(given, { cwd: project.root, progress }));
  expect([error.code, error.exit]).toEqual([code, exit]);
  expect(error.message).toMatch(says);
  for (const text of [error.message, error.hint]) expect(text).not.toMatch(/undefined|NaN,|\[object|^\s*$/);
  expect(project.listing()).toEqual(before);
  return { error, stages };
}
