import { existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { treeOf } from "../emit/project.js";
import { denseBytes, projectMaker } from "../pipeline/support/project.js";
import { writeTree } from "../tflm/fake-tree.js";
import { dtmm } from "./support/dtmm.js";
import { tempFolder } from "./support/temp-folder.js";

const newProject = projectMaker();
const folder = tempFolder();
const data = ["--model", "model.tflite", "--calibration", "calibration.npy"];
const half = ["prune", ...data, "--keep", "0.5"];

/** A machine without a cache of earlier builds, so that everything it needs must be found. */
function bareMachine(name: string) {
  const cache = path.join(folder, name, "cache");
  mkdirSync(cache, { recursive: true });
  return { cache, env: { DTMM_CACHE_DIR: cache, TFLM_DIR: "" } };
}

/** The three lines of an error, and nothing else: no progress, no stack. */
function errorLines(code: string, message: RegExp): RegExp {
  return new RegExp(
    `^dtmm: error ${code}: ${message.source}(?:\\n {2}.*)*\\n {2}see docs/errors\\.md#${code.toLowerCase()}\\n$`,
  );
}

describe("0: done", () => {
  test("prune, quietly", async () => {
    const project = newProject();
    const run = await dtmm([...half, "--quiet", "--dry-run", "--json", "result.json"], project.root);
    expect([run.code, run.stderr]).toEqual([0, ""]);
    expect(JSON.parse(new TextDecoder().decode(project.read("result.json"))).verdict).toBe("pass");
    expect(readdirSync(project.root)).not.toContain("dtmm-out");
  });
});

describe("1: a limit or check not met, nothing written", () => {
  test("a limit", async () => {
    const project = newProject();
    const before = project.listing();
    const hard = ["--keep", "0.05", "--max-accuracy-drop", "0"];
    const run = await dtmm(["prune", ...data, ...hard, "--json", "-"], project.root);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^dtmm: not met: .*maxAccuracyDrop .*0.*\n$/);
    expect(JSON.parse(run.stdout)).toMatchObject({ verdict: "fail", files: [] });
    expect(project.listing()).toEqual(before);
  });

  test("a limit out of reach", async () => {
    const project = newProject();
    const before = project.listing();
    const run = await dtmm(["prune", ...data, "--flash", "100"], project.root);
    expect([run.code, run.stdout]).toEqual([1, ""]);
    expect(run.stderr).toMatch(errorLines("LIMIT_OUT_OF_REACH", /the flash limit of 100 .*/));
    expect(project.listing()).toEqual(before);
  });

  test("a resolver that cannot be patched", async () => {
    const project = newProject({ "src/main.cc": "int main() {}\n" });
    const before = project.listing();
    const run = await dtmm([...half, "--patch"], project.root);
    expect([run.code, run.stdout]).toEqual([1, ""]);
    expect(run.stderr).toMatch(errorLines("RESOLVER_NOT_PATCHABLE", /cannot patch .*/));
    expect(run.stderr).toContain("AddCustom(dtmm::kFilterletConv2DName");
    expect(project.listing()).toEqual(before);
  });
});

describe("2: bad usage or bad input, nothing written", () => {
  test.each([
    ["UNKNOWN_FLAG", [...half, "--sparsty", "0.9"], {}, /.*--sparsty/],
    ["MODEL_NOT_TFLITE", half, { "model.tflite": "text" }, /.*model\.tflite is not a .*/],
    ["MODEL_CORRUPT", half, { "model.tflite": denseBytes.slice(0, 5000) }, /.*\(byte \d+\).*/],
    ["NPY_NOT_NPY", half, { "calibration.npy": "1,2\n" }, /.*calibration\.npy.*/],
    ["OUTPUT_NOT_WRITABLE", [...half, "--out", "src/main.cc"], {}, /cannot write src\/main\.cc.*/],
  ])("%s", async (code, words, files, message) => {
    const project = newProject(files);
    const before = project.listing();
    const run = await dtmm(words, project.root);
    expect([run.code, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toMatch(errorLines(code, message));
    expect(project.listing()).toEqual(before);
  });

  test("a TFLM_DIR without TFLM in it", async () => {
    const project = newProject();
    const { env } = bareMachine("no-tree");
    const run = await dtmm(half, project.root, { ...env, TFLM_DIR: project.root });
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(errorLines("TFLM_DIR_INVALID", /.* \(from TFLM_DIR\) is no TFLM tree.*/));
  });
});

describe("3: something is missing on this machine, nothing written", () => {
  test("a compiler", async () => {
    const project = newProject();
    const before = project.listing();
    const { cache, env } = bareMachine("no-compiler");
    const tree = path.join(folder, "tree");
    writeTree(tree);
    const run = await dtmm(half, project.root, { ...env, TFLM_DIR: tree, CXX: "/nonexistent/c++" });
    expect([run.code, run.stdout]).toEqual([3, ""]);
    expect(run.stderr).toMatch(
      errorLines("COMPILER_MISSING", /.*C\+\+ compiler: tried \/nonexistent\/c\+\+/),
    );
    expect(project.listing()).toEqual(before);
    expect(treeOf(cache)).toEqual({});
  });

  test("cargo", async () => {
    const project = newProject();
    const before = project.listing();
    const { cache, env } = bareMachine("no-cargo");
    const run = await dtmm(half, project.root, { ...env, PATH: path.join(folder, "empty") });
    expect([run.code, run.stdout]).toEqual([3, ""]);
    expect(run.stderr).toMatch(errorLines("CARGO_MISSING", /cargo is not installed.*/));
    expect(run.stderr).toContain("TFLM_DIR");
    expect(project.listing()).toEqual(before);
    expect(treeOf(cache)).toEqual({});
  });
});

describe("4: our bug", () => {
  test("is told without a stack", async () => {
    const config = "setTimeout(() => { throw new RangeError('lost'); }); await new Promise(() => {});\n";
    const project = newProject({ "dtmm.config.mjs": config });
    const run = await dtmm(["prune"], project.root);
    expect([run.code, run.stdout]).toEqual([4, ""]);
    expect(run.stderr).toMatch(errorLines("INTERNAL", /internal error: RangeError: lost/));
    expect(existsSync(path.join(project.root, "dtmm-out"))).toBe(false);
  });
});
