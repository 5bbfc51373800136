import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { findConfig } from "../../lib/options/config.js";
import { normalizeOptions } from "../../lib/options/normalize.js";
import { dtmm } from "../cli/support/dtmm.js";
import { writeFiles } from "../cli/support/temp-folder.js";
import { npyBytes } from "../data/npy-bytes.js";
import { convModel, everyLayer } from "../support/models.js";
import { arraySource, makefile, modelBytes, projectMaker, resolverSource, valuesOf } from "./project.js";

const newProject = projectMaker();
const shape = everyLayer.input.slice(1);
const inputs = (count: number) =>
  npyBytes({
    descr: "|i1",
    shape: [count, ...shape],
    data: new Int8Array(count * shape.reduce((a, b) => a * b)),
  });
const labels = (count: number) => npyBytes({ descr: "<i4", shape: [count], data: new Int32Array(count) });

const wholeProject = {
  "src/main.cc": resolverSource,
  "src/model.cc": arraySource(),
  "model/model.tflite": modelBytes,
  Makefile: `${makefile}CXXFLAGS := -mcpu=cortex-m4\n`,
  "data/calibration.npy": inputs(5),
  "data/test_inputs.npy": inputs(3),
  "data/test_labels.npy": labels(3),
};
const wholeValues = {
  model: "src/model.cc",
  arrayName: "g_model",
  calibration: "data/calibration.npy",
  eval: "data/test_inputs.npy",
  labels: "data/test_labels.npy",
  target: "cortex-m4",
  resolver: "src/main.cc",
  glue: "make",
  out: "src/dtmm_model",
  patch: true,
};

describe("a project with everything in it", () => {
  test("is found out, each thing with its reason, and written down", async () => {
    const project = newProject(wholeProject);
    const result = await project.init();
    expect(valuesOf(result)).toEqual(wholeValues);
    expect(result.missing).toEqual([]);
    expect(result.changed).toEqual(["dtmm.config.mjs", "package.json"]);
    const reasons = Object.fromEntries(result.findings.map(({ key, reason }) => [key, reason]));
    expect(reasons).toMatchObject({
      model: expect.stringMatching(/^src\/model\.cc:1 holds .*; model\/model\.tflite holds the same bytes$/),
      target: "Makefile:3 has -mcpu=cortex-m4",
      resolver: "src/main.cc:5 registers the ops",
      glue: "Makefile builds src/main.cc",
    });
    const config = await import(pathToFileURL(path.join(project.root, "dtmm.config.mjs")).href);
    expect(config.default).toEqual(wholeValues);
    expect(JSON.parse(readFileSync(path.join(project.root, "package.json"), "utf8"))).toMatchObject({
      private: true,
      scripts: { prune: "dtmm prune" },
    });
  });

  test("the config is one that prune takes", async () => {
    const project = newProject(wholeProject);
    await project.init();
    const config = await findConfig(project.root);
    expect(normalizeOptions("prune", {}, config, project.root)).toMatchObject({
      model: path.join(project.root, "src/model.cc"),
      glue: "make",
      patch: true,
      target: "cortex-m4",
    });
  });

  test("a second run changes nothing", async () => {
    const project = newProject(wholeProject);
    await project.init();
    const before = project.listing();
    const again = await project.init();
    expect(again.changed).toEqual([]);
    expect(again.notes[0]).toContain("dtmm.config.mjs is there and stays as it is");
    expect(project.listing()).toEqual(before);
  });

  test("--dry-run shows the diff and writes nothing", async () => {
    const project = newProject(wholeProject);
    const before = project.listing();
    const { output } = await project.command({ dryRun: true });
    expect(output).toMatch(/^\+ {2}model: "src\/model\.cc",$/m);
    expect(output).toMatch(/^\+ {4}"prune": "dtmm prune"$/m);
    expect(project.listing()).toEqual(before);
  });

  test("what is given counts, and nothing is looked for", async () => {
    const { init } = newProject({ ...wholeProject, "other.tflite": convModel({ ...everyLayer, seed: 5 }) });
    const result = await init({ model: "other.tflite", target: "cortex-m7", out: "pruned", glue: "none" });
    expect(valuesOf(result)).toMatchObject({
      model: "other.tflite",
      target: "cortex-m7",
      out: "pruned",
      glue: "none",
    });
    expect(valuesOf(result)).not.toHaveProperty("arrayName");
  });

  test("the command line, without a terminal", async () => {
    const project = newProject(wholeProject);
    const run = await dtmm(["init", "--json", "-"], project.root);
    expect([run.code, JSON.parse(run.stdout).changed]).toEqual([0, ["dtmm.config.mjs", "package.json"]]);
    const again = await dtmm(["init", "--yes"], project.root);
    expect([again.code, again.stdout]).toEqual([0, "Nothing to write.\n"]);
  });
});

describe("what is not there", () => {
  test("stays open in the config, with what to write", async () => {
    const project = newProject({ "model.tflite": modelBytes });
    const result = await project.init();
    expect(valuesOf(result)).toEqual({ model: "model.tflite", out: "dtmm_model" });
    expect(result.missing.map(({ key }) => key)).toEqual(["calibration", "target"]);
    expect(result.notes.join("\n")).toContain("no op resolver was found");
    const config = readFileSync(path.join(project.root, "dtmm.config.mjs"), "utf8");
    expect(config).toMatch(/^ {2}\/\/ calibration: "inputs\.npy", recorded inputs/m);
  });

  test("no model is an error that says what was passed over", async () => {
    const { init } = newProject({ "src/main.cc": resolverSource, "broken.tflite": Buffer.alloc(100, 1) });
    await expect(init()).rejects.toMatchObject({
      code: "INIT_MODEL_MISSING",
      exit: 2,
      hint: expect.stringContaining("broken.tflite is passed over"),
    });
  });
});

describe("several candidates", () => {
  const other = convModel({ ...everyLayer, seed: 8 });
  const resolvers = { "src/main.cc": resolverSource, "src/demo.cc": resolverSource };
  const cases: [string, string, Record<string, string | Uint8Array>, string][] = [
    ["models", "--model", { "b.tflite": other }, "a.tflite (an int8 model of"],
    ["op resolvers", "--resolver", resolvers, "src/demo.cc:resolver (src/demo.cc:4 declares it)"],
    [
      "cores",
      "--target",
      { "a.mk": "C = -mcpu=cortex-m4", "b.mk": "C = -mcpu=cortex-m7" },
      "cortex-m7 (b.mk:1",
    ],
    [
      "build systems",
      "--glue",
      {
        "src/main.cc": resolverSource,
        Makefile: makefile,
        "CMakeLists.txt": "add_executable(app src/main.cc)",
      },
      "cmake (CMakeLists.txt builds src/main.cc)",
    ],
  ];

  test.each(cases)("%s: an error that lists them and names %s", async (what, flag, files, listed) => {
    const project = newProject({ "a.tflite": modelBytes, ...files });
    const before = project.listing();
    const error = await project.init().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "INIT_AMBIGUOUS",
      exit: 2,
      message: expect.stringContaining(`the project has several ${what}: `),
      hint: expect.stringContaining(flag),
    });
    expect((error as Error).message).toContain(listed);
    expect(project.listing()).toEqual(before);
  });

  test("on a terminal they are asked for, and so is what is missing; nothing else", async () => {
    const { init } = newProject({ "a.tflite": modelBytes, "b.tflite": other });
    const asked: string[] = [];
    const result = await init(
      {},
      {
        choose: async (question, candidates) => {
          asked.push(question);
          return candidates[1]!.value;
        },
        ask: async (question) => {
          asked.push(question);
          return "inputs.npy";
        },
      },
    );
    expect(valuesOf(result)).toMatchObject({ model: "b.tflite", calibration: "inputs.npy" });
    expect(asked).toEqual([
      "Which model is to be pruned?",
      "Recorded inputs to learn from (docs/data.md lists the kinds; empty for none yet)",
    ]);
  });
});

describe("package.json", () => {
  const config = { "dtmm.config.json": `{ "model": "m.tflite" }` };
  const initWith = async (content: string) => {
    const project = newProject(config);
    writeFiles(project.root, { "package.json": content });
    const { notes } = await project.init();
    return { text: readFileSync(path.join(project.root, "package.json"), "utf8"), notes };
  };

  test.each([
    [
      "scripts, indented by tabs",
      '{\n\t"name": "x",\n\t"scripts": {\n\t\t"a": "b {}"\n\t},\n\t"files": ["a", "b"]\n}\n',
      '{\n\t"name": "x",\n\t"scripts": {\n\t\t"a": "b {}",\n\t\t"prune": "dtmm prune"\n\t},\n\t"files": ["a", "b"]\n}\n',
    ],
    ["one line", '{ "scripts": { "a": "b" } }', '{ "scripts": { "a": "b", "prune": "dtmm prune" } }'],
    ["empty scripts", '{\n  "scripts": {}\n}\n', '{\n  "scripts": { "prune": "dtmm prune" }\n}\n'],
    [
      "no scripts",
      '{\r\n  "name": "x"\r\n}\r\n',
      '{\r\n  "name": "x",\r\n  "scripts": {\r\n    "prune": "dtmm prune"\r\n  }\r\n}\r\n',
    ],
  ])("gets the script and keeps its layout: %s", async (_, before, expected) => {
    expect((await initWith(before)).text).toBe(expected);
  });

  test("a script of that name is left alone", async () => {
    const own = '{ "scripts": { "prune": "npm prune" } }';
    const { text, notes } = await initWith(own);
    expect(text).toBe(own);
    expect(notes.join()).toContain('another script "prune"');
    expect((await initWith('{ "scripts": { "prune": "dtmm prune --patch" } }')).notes).toHaveLength(1);
  });

  test.each(["{", "[]", '{ "scripts": 3 }'])("%s is refused", async (broken) => {
    await expect(initWith(broken)).rejects.toMatchObject({ code: "PACKAGE_JSON_UNREADABLE", exit: 2 });
  });
});
