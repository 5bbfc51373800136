/** A comparison in the real interpreter, on a small model: whole, in shards, interrupted, and spread by GNU parallel. */

import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { compare } from "../../lib/index.js";
import type { CompareResult } from "../../lib/report/compare-result.js";
import { projectMaker, withEval } from "../pipeline/support/project.js";

const newProject = projectMaker();
const asked = {
  ...withEval,
  resume: false,
  methods: ["filterlet" as const, "chip" as const, "patdnn" as const, "unstructured" as const],
  shares: [0.6, 0.3],
};

/** What does not depend on how long it took. */
function figures({ seconds: _, ...rest }: CompareResult) {
  return rest;
}

describe("compare", () => {
  test("measures every method at every share, each point bit-exact", async () => {
    const { root } = newProject();
    const result = await compare({ ...asked, out: "out" }, { cwd: root });
    expect(result.points).toHaveLength(4 * 2);
    expect(result.points.every(({ bitExact }) => bitExact)).toBe(true);
    expect(result.missing).toEqual([]);
    for (const { keptWeights, share, bytes, bytesByKind } of result.points) {
      expect(keptWeights).toBeLessThanOrEqual(share + 0.01);
      expect(Object.values(bytesByKind).reduce((sum, part) => sum + part, 0)).toBe(bytes);
    }
    const [model] = result.models;
    expect(model).toMatchObject({ name: "model.tflite", samples: 32 });
    expect(model!.lean.bytes).toBeLessThan(model!.bytes);
    expect(result.equalAccuracy.every(({ method }) => method === "filterlet")).toBe(true);
  });

  test("in two shards, merged: the same as in one go; an interrupted one goes on where it was", async () => {
    const { root } = newProject();
    const whole = await compare({ ...asked, out: "whole" }, { cwd: root });
    for (const shard of ["1/2", "2/2"]) {
      await compare({ ...asked, out: `part-${shard[0]}`, shard }, { cwd: root });
    }
    const merged = await compare({ ...asked, out: "all", merge: ["part-1", "part-2"] }, { cwd: root });
    expect(figures(merged)).toEqual(figures(whole));

    const tasks = path.join(root, "whole", "tasks");
    const [first] = readdirSync(tasks);
    rmSync(path.join(tasks, first!));
    expect(figures(await compare({ ...asked, out: "whole" }, { cwd: root }))).toEqual(figures(whole));
  });

  test("a shard that is missing is named, and nothing is measured in its place", async () => {
    const { root } = newProject();
    await compare({ ...asked, out: "part-1", shard: "1/2" }, { cwd: root });
    await expect(compare({ ...asked, merge: ["part-1"] }, { cwd: root })).rejects.toMatchObject({
      code: "COMPARE_INCOMPLETE",
      exit: 1,
    });
  });

  test("what a method cannot do is told, and the others go on", async () => {
    const { root } = newProject();
    const options = { ...asked, methods: ["patdnn" as const, "taylor" as const], shares: [0.6, 0.01] };
    const { points, missing } = await compare({ ...options, out: "out" }, { cwd: root });
    expect(points.map(({ method, share }) => [method, share])).toContainEqual(["patdnn", 0.6]);
    expect(missing.map(({ method, code }) => [method, code])).toEqual([
      ["patdnn", "LIMIT_OUT_OF_REACH"],
      ["taylor", "OPTION_MISSING"],
      ["taylor", "OPTION_MISSING"],
    ]);
  });

  test("several models from a list, with their own inputs", async () => {
    const { root } = newProject({
      "lists/models.json": JSON.stringify([
        { name: "one", model: "../model.tflite", ...relative(withEval) },
        { name: "two", model: "../model.tflite", ...relative(withEval), calibrationSamples: 16 },
      ]),
    });
    const options = { models: "lists/models.json", methods: ["chip" as const], shares: [0.5], resume: false };
    const { models, points } = await compare({ ...options, out: "out" }, { cwd: root });
    expect(models.map(({ name }) => name)).toEqual(["one", "two"]);
    expect(points.map(({ model }) => model)).toEqual(["one", "two"]);
  });
});

/** The inputs as a list in a folder of its own names them. */
function relative(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([key]) => key !== "model")
      .map(([key, value]) => [key, typeof value === "string" ? `../${value}` : value]),
  );
}

describe("bad input", () => {
  test.each([
    ["no JSON", "[", "MODELS_LIST"],
    ["no list", "{}", "MODELS_LIST"],
    ["two of one name", '[{"name":"a","model":"m"},{"name":"a","model":"m"}]', "MODELS_LIST"],
    ["an unknown key", '[{"name":"a","model":"m","keeep":1}]', "UNKNOWN_CONFIG_KEY"],
    ["no inputs", '[{"name":"a","model":"m"}]', "OPTION_MISSING"],
  ])("a list of models that is %s", async (_, content, code) => {
    const { root } = newProject({ "models.json": content });
    await expect(compare({ models: "models.json" }, { cwd: root })).rejects.toMatchObject({ code });
  });

  test("no model at all", async () => {
    const { root } = newProject();
    await expect(compare({}, { cwd: root })).rejects.toMatchObject({ code: "OPTION_MISSING" });
  });

  test("findings that were damaged", async () => {
    const { root } = newProject();
    await compare({ ...asked, methods: ["chip"], out: "out" }, { cwd: root });
    const tasks = path.join(root, "out", "tasks");
    writeFileSync(path.join(tasks, readdirSync(tasks)[0]!), "{}");
    await expect(compare({ ...asked, methods: ["chip"], out: "out" }, { cwd: root })).rejects.toMatchObject({
      code: "COMPARE_DAMAGED",
    });
  });
});

const haveParallel = spawnSync("parallel", ["--version"]).status === 0;
const script = fileURLToPath(new URL("../../examples/compare/parallel.sh", import.meta.url));
const dtmm = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

test.skipIf(!haveParallel)(
  `examples/compare/parallel.sh spreads a comparison and merges it${haveParallel ? "" : " (skipped: no GNU parallel)"}`,
  () => {
    const { root } = newProject();
    const words = [
      "--model",
      "model.tflite",
      "--calibration",
      "calibration.npy",
      "--methods",
      "chip,unstructured",
    ];
    execFileSync("bash", [script, "3", "results", ...words, "--shares", "0.5", "--no-resume"], {
      cwd: root,
      env: { ...process.env, DTMM: `node ${dtmm}` },
      stdio: "pipe",
    });
    const result = JSON.parse(
      readFileSync(path.join(root, "results", "compare.json"), "utf8"),
    ) as CompareResult;
    expect(result.points.map(({ method }) => method).sort()).toEqual(["chip", "unstructured"]);
    expect(readFileSync(path.join(root, "results", "compare.html"), "utf8")).toContain(
      "Pruning methods compared",
    );
  },
  120_000,
);
