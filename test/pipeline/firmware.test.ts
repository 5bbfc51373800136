import { describe, expect, test } from "vitest";
import { prune } from "../../lib/index.js";
import { dtmm } from "../cli/support/dtmm.js";
import { projectMaker, resolverSource, withEval } from "./support/project.js";

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
