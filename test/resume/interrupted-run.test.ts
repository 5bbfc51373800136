/** Runs that are interrupted in the real interpreter, and the runs after them. */

import { mkdtempSync, readdirSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type OptionsInput, type Progress, prune } from "../../lib/index.js";
import { tempFolder } from "../cli/support/temp-folder.js";
import { projectMaker, withEval } from "../pipeline/support/project.js";

const place = vi.hoisted(() => ({ folder: "" }));
vi.mock("../../lib/resume/limits.js", async (original) => ({
  ...(await original<typeof import("../../lib/resume/limits.js")>()),
  runsFolder: () => place.folder,
  msBetweenSaves: 0,
}));

const newProject = projectMaker();
const root = tempFolder();

/** One word of a run: what a stage said while it ran, or when it was done. */
interface Word {
  stage: string;
  kind: "begin" | "update" | "done";
  text: string;
  fraction: number;
}

class Interrupted extends Error {}

/** Runs a prune in a project of its own until a word that `at` wants to be the last. */
async function run(options: OptionsInput, at: (word: Word) => boolean = () => false) {
  const project = newProject();
  const controller = new AbortController();
  const words: Word[] = [];
  const say = (word: Word) => {
    if (controller.signal.aborted) return;
    words.push(word);
    if (at(word)) controller.abort(new Interrupted());
  };
  const progress: Progress = {
    stage: (stage) => {
      say({ stage, kind: "begin", text: "", fraction: 0 });
      return {
        update: (fraction, text = "") => say({ stage, kind: "update", text, fraction }),
        done: (text = "") => say({ stage, kind: "done", text, fraction: 1 }),
      };
    },
  };
  const running = prune(
    { ...withEval, keep: 0.3, ...options },
    { cwd: project.root, signal: controller.signal, progress },
  );
  const interrupted = await running.then(
    () => false,
    (error: unknown) => {
      if (error instanceof Interrupted) return true;
      throw error;
    },
  );
  return {
    words,
    interrupted,
    model: () => project.read("dtmm-out/model.tflite"),
    /** Texts that speak of an earlier run, by stage. */
    takenUp: words.flatMap(({ stage, text }) => (/earlier run/.test(text) ? [`${stage}: ${text}`] : [])),
  };
}

/** How often a stage has said how far it is. */
const updates = (words: Word[], name: string) =>
  words.filter(({ stage, kind }) => stage === name && kind === "update").length;

beforeEach(() => {
  place.folder = mkdtempSync(path.join(root, "runs-"));
});

/** Runs that nothing interrupts. */
let whole: Awaited<ReturnType<typeof run>>;
let wholeTraining: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  whole = await run({ resume: false });
  wholeTraining = await run({ ...training, resume: false });
});

const training = { keep: 0.5, finetune: 6, train: "calibration.npy" } as const;

describe("interrupted after the statistics", () => {
  const atPruning = ({ stage, kind }: Word) => stage === "prune" && kind === "begin";

  test("the next run takes them up, whatever it keeps, and gives the bytes of one that ran through", async () => {
    const first = await run({}, atPruning);
    expect([first.interrupted, first.takenUp]).toEqual([true, []]);
    const other = await run({ keep: 0.6 });
    expect(other.takenUp).toEqual(["importance: statistics of an earlier run"]);
    const second = await run({});
    expect(second.takenUp).toEqual(["importance: statistics of an earlier run"]);
    expect(updates(second.words, "importance")).toBe(0);
    expect(second.model()).toEqual(whole.model());
  });

  test("nothing is taken up with another seed, other calibration samples, or --no-resume", async () => {
    await run({}, atPruning);
    for (const options of [{ seed: 2 }, { calibrationSamples: 40 }, { resume: false }]) {
      const next = await run(options, atPruning);
      expect([next.interrupted, next.takenUp]).toEqual([true, []]);
    }
  });
});

describe("interrupted between two points of the path", () => {
  test("the next run goes on behind the last one, to the same bytes, and cleans up", async () => {
    const first = await run({}, ({ text, fraction }) => text.startsWith("keeping") && fraction > 0.6);
    expect(first.interrupted).toBe(true);
    const second = await run({});
    expect(second.takenUp).toEqual([
      "importance: statistics of an earlier run",
      "prune: steps of an earlier run",
    ]);
    expect(updates(second.words, "prune")).toBeLessThan(updates(whole.words, "prune"));
    expect(second.model()).toEqual(whole.model());
    // The statistics stay for runs with other goals.
    expect(readdirSync(place.folder)).toHaveLength(1);
  });

  test("a search for the smallest model tries on where it was", async () => {
    const goal = { keep: undefined, maxAccuracyDrop: 20 };
    const through = await run({ ...goal, resume: false });
    let searched = 0;
    const first = await run(goal, ({ text }) => text === "searching" && ++searched === 3);
    expect(first.interrupted).toBe(true);
    const second = await run(goal);
    expect(second.takenUp).toContain("prune: steps of an earlier run");
    expect(second.model()).toEqual(through.model());
  });
});

describe("interrupted in the middle of the training", () => {
  test("the next run goes on at the saved epoch, to the same bytes", async () => {
    expect(updates(wholeTraining.words, "finetune")).toBe(6);
    const first = await run(training, ({ stage, text }) => stage === "finetune" && /^epoch 3,/.test(text));
    expect(first.interrupted).toBe(true);
    const second = await run(training);
    expect(second.takenUp).toEqual([
      "importance: statistics of an earlier run",
      "prune: steps of an earlier run",
      "finetune: going on after epoch 3 of an earlier run",
      "finetune: training of an earlier run",
    ]);
    const epochs = second.words.flatMap(({ text }) => /^epoch (\d),/.exec(text)?.[1] ?? []);
    expect(epochs).toEqual(["4", "5", "6"]);
    expect(second.model()).toEqual(wholeTraining.model());
  });

  test("a finished training is not repeated when what comes behind it was interrupted", async () => {
    const first = await run(training, ({ stage, kind }) => stage === "validate" && kind === "begin");
    expect(first.interrupted).toBe(true);
    const second = await run(training);
    expect(second.takenUp).toContain("finetune: going on after epoch 6 of an earlier run");
    expect(second.model()).toEqual(wholeTraining.model());
  });

  test("with another seed nothing is taken up", async () => {
    await run(training, ({ stage, text }) => stage === "finetune" && /^epoch 2,/.test(text));
    expect((await run({ ...training, seed: 2 })).takenUp).toEqual([]);
  });
});
