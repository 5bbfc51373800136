import { describe, expect, test } from "vitest";
import { importModel } from "../../lib/import.js";
import { prune, validate } from "../../lib/index.js";
import { dtmm } from "../cli/support/dtmm.js";
import { denseBytes, projectMaker, resolverSource, withEval } from "./support/project.js";

const newProject = projectMaker();
const half = { ...withEval, keep: 0.5 };

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

describe("--dry-run", () => {
  test("does all the work, shows the change, writes nothing", async () => {
    const project = newProject();
    const before = project.listing();
    const dry = await prune({ ...half, patch: true, dryRun: true }, { cwd: project.root });
    expect(project.listing()).toEqual(before);
    expect(dry).toMatchObject({ verdict: "pass", dryRun: true });
    expect(dry.diff).toMatch(/^-.*MicroMutableOpResolver<6>/m);
    expect(dry.diff).toMatch(/^\+.*AddCustom\(/m);
    expect(dry.diff).toMatch(/^binary file dtmm-out\/model\.tflite, \d+ bytes, new$/m);

    const wet = await prune({ ...half, patch: true }, { cwd: project.root });
    const fixed = ({ path }: { path: string }) => !path.includes("report.");
    expect(wet.files.filter(fixed)).toEqual(dry.files.filter(fixed));
    expect(wet.diff).toBeUndefined();
  });
});

describe("--patch", () => {
  test("registers the kernels in the resolver, and a second run leaves it as it is", async () => {
    const project = newProject();
    const first = await prune({ ...half, patch: true }, { cwd: project.root });
    expect(first.files.map(({ path }) => path)).toContain("src/main.cc");
    const patched = text(project.read("src/main.cc"));
    expect(patched).toContain("AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D())");
    expect(patched).toContain("RegisterBlockFullyConnected()");
    // The declaration and the reference that the function returns: two operators more.
    expect(patched.match(/MicroMutableOpResolver<.*\b8>/g)).toHaveLength(2);
    await prune({ ...half, patch: true }, { cwd: project.root });
    expect(text(project.read("src/main.cc"))).toBe(patched);
  });

  test("--drop-unused takes out what no layer uses any more, and what another model uses stays", async () => {
    const project = newProject();
    const drop = { ...half, patch: true, dropUnused: true };
    await prune(drop, { cwd: project.root });
    const patched = text(project.read("src/main.cc"));
    expect(patched).toMatch(/dtmm:drop [0-9a-f]{12} ops\.AddConv2D\(\);\*\//);
    expect(patched).toMatch(/dtmm:drop [0-9a-f]{12} ops\.AddFullyConnected\(\);\*\//);
    // Two operators came, two went.
    expect(patched.match(/MicroMutableOpResolver<6>/g)).toHaveLength(2);
    await prune({ ...drop, otherModels: ["model.tflite"] }, { cwd: project.root });
    expect(text(project.read("src/main.cc"))).not.toContain("dtmm:drop");
  });

  test("`dtmm patch --undo` gives every byte back, also after several runs", async () => {
    const project = newProject({ "dtmm-out/model_data.h": "// the user's own\n" });
    const before = project.listing();
    await prune({ ...half, patch: true }, { cwd: project.root });
    await prune({ ...half, keep: 0.3, patch: true }, { cwd: project.root });
    expect(project.listing()).not.toEqual(before);
    const { code, stderr } = await dtmm(["patch", "--undo"], project.root);
    expect([code, stderr]).toEqual([0, ""]);
    expect(project.listing()).toEqual(before);
    expect(text(project.read("src/main.cc"))).toBe(resolverSource);
  });

  test("a folder outside of the project receives the files, the project only the patch", async () => {
    const [project, elsewhere] = [newProject(), newProject()];
    const result = await prune({ ...half, patch: true, out: `${elsewhere.root}/out` }, { cwd: project.root });
    expect(elsewhere.read("out/model.tflite")).toHaveLength(result.pruned.bytes);
    const changed = Object.keys(project.listing()).filter((name) => !name.startsWith(".dtmm"));
    expect(changed).toEqual(["calibration.npy", "eval.npy", "model.tflite", "src/", "src/main.cc"]);
    expect(text(project.read("src/main.cc"))).toContain("RegisterFilterletConv2D");
  });
});

describe("a model that is an array in the firmware's source", () => {
  const array = `const unsigned char g_model[] = {${[...denseBytes].join(", ")}};
const int g_model_len = sizeof(g_model);
`;
  const options = { ...half, model: "src/model.cc", glue: "make", patch: true } as const;
  const files = {
    "src/model.cc": array,
    Makefile: "SOURCES := src/main.cc src/model.cc src/boot.c\nCPPFLAGS := -Isrc\n",
  };

  test("gives its place to the pruned one; a second run starts from the dense one; undo gives every byte back", async () => {
    const project = newProject(files);
    const before = project.listing();
    const first = await prune(options, { cwd: project.root });
    expect(first.model.path).toBe("src/model.cc");
    const paths = first.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        "src/model.cc",
        "src/main.cc",
        "Makefile",
        "dtmm-out/dtmm.mk",
        "dtmm-out/dense.tflite",
      ]),
    );
    expect(paths).not.toContain("dtmm-out/model_data.cc");
    const held = await importModel(`${project.root}/src/model.cc`, { purpose: "validate" });
    expect(Buffer.from(held.bytes).equals(project.read("dtmm-out/model.tflite"))).toBe(true);

    const pruned = ["src/model.cc", "src/main.cc", "Makefile", "dtmm-out/model.tflite"].map(project.read);
    const second = await prune(options, { cwd: project.root });
    expect(second.dense).toEqual(first.dense);
    expect(["src/model.cc", "src/main.cc", "Makefile", "dtmm-out/model.tflite"].map(project.read)).toEqual(
      pruned,
    );

    const checked = await dtmm(["patch", "--check", "--glue", "make"], project.root);
    expect([checked.code, checked.stderr]).toEqual([0, ""]);
    const undone = await dtmm(["patch", "--undo"], project.root);
    expect([undone.code, undone.stderr]).toEqual([0, ""]);
    expect(project.listing()).toEqual(before);
  });

  test("without --patch, it stays as it is and the pruned model becomes an array of its own", async () => {
    const project = newProject(files);
    const result = await prune({ ...options, patch: false }, { cwd: project.root });
    expect(result.files.map(({ path }) => path)).toContain("dtmm-out/model_data.cc");
    expect(text(project.read("src/model.cc"))).toBe(array);
  });

  test("validate holds the array in the source against the dense model that it came from", async () => {
    const project = newProject(files);
    await prune(options, { cwd: project.root });
    const result = await validate(
      { model: "src/model.cc", against: "src/model.cc", eval: "eval.npy", maxAccuracyDrop: 100 },
      { cwd: project.root },
    );
    expect(result.verdict).toBe("pass");
    expect(result.pruned.bytes).toBeLessThan(result.dense.bytes);
  });

  test("the array and the op resolver in one file", async () => {
    const sketch = `${array}${resolverSource}`;
    const project = newProject({ "src/main.cc": sketch });
    await prune({ ...half, model: "src/main.cc", patch: true }, { cwd: project.root });
    const changed = text(project.read("src/main.cc"));
    expect(changed).toContain("dtmm:dense");
    expect(changed).toContain("RegisterFilterletConv2D()");
    await dtmm(["patch", "--undo"], project.root);
    expect(text(project.read("src/main.cc"))).toBe(sketch);
  });

  test("a build that cannot be patched ends the run before the work, and nothing is written", async () => {
    const project = newProject({ ...files, Makefile: "SOURCES := src/main.cc\nCPPFLAGS := -Isrc\n" });
    const before = project.listing();
    await expect(prune(options, { cwd: project.root })).rejects.toMatchObject({
      code: "GLUE_NOT_PATCHABLE",
      hint: expect.stringContaining("include dtmm-out/dtmm.mk"),
    });
    expect(project.listing()).toEqual(before);
  });
});

describe("--selftest", () => {
  test("writes golden inputs and outputs, and the build compiles them", async () => {
    const project = newProject({ Makefile: "SOURCES := src/main.cc src/boot.c\nCPPFLAGS := -Isrc\n" });
    await prune({ ...half, patch: true, glue: "make", selftest: 2 }, { cwd: project.root });
    const data = text(project.read("dtmm-out/kernels/dtmm_selftest_data.h"));
    expect(data).toMatch(/#define DTMM_SELFTEST_SAMPLES 2$/m);
    expect(data).toMatch(/#define DTMM_SELFTEST_LAYERS 8$/m);
    const list = text(project.read("dtmm-out/dtmm.mk"));
    expect(list).toContain("kernels/dtmm_selftest.cc");
    expect(list).toContain("kernels/dtmm_selftest_data.c");
  });
});
