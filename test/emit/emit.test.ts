import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EmitRequest, emit, planDiff, undo } from "../../lib/emit/index.js";
import { kernelFiles } from "../../lib/emit/kernels.js";
import { customOps, registrationsFor } from "../../lib/firmware/registrations.js";
import { filterletConv } from "../firmware/registration.js";
import { newProject, put, text, treeOf } from "./project.js";

const op = "DTMM_FILTERLET_CONV_2D";
const main = `#include "ops.h"
void Setup() {
  static tflite::MicroMutableOpResolver<1> resolver;
  resolver.AddConv2D();
}
`;
let base: string;
let root: string;
let request: EmitRequest;

beforeEach(() => {
  base = newProject();
  root = join(base, "project");
  const kernels = join(base, "kernels");
  put(kernels, "conv.c", "int conv;\n");
  put(kernels, "conv.h", "extern int conv;\n");
  const { customName, register } = filterletConv;
  const registration = { header: "conv.h", name: customName, function: register };
  const files = { registration, sources: ["conv.c"], headers: ["conv.h"] };
  put(kernels, "manifest.json", JSON.stringify({ version: 1, ops: { [op]: files } }));
  put(root, "main.cc", main);
  request = {
    root,
    outDir: "out",
    model: Uint8Array.from({ length: 64 }, (_, index) => index),
    arrayName: "g_model",
    ops: [op],
    patch: {},
    kernels,
    reports: (files) => [{ path: "report.json", content: JSON.stringify(files) }],
  };
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const emitted = ["model.tflite", "model_data.cc", "model_data.h", "kernels/conv.c", "kernels/conv.h"];

describe("emit", () => {
  test("writes model, array, kernels, patch and report, and undo takes all of it back", async () => {
    const before = treeOf(root, { store: true });
    const { files, changed } = await emit(request);
    const paths = [...emitted.map((path) => `out/${path}`), "main.cc", "out/report.json"];
    expect(files.map(({ path }) => path)).toEqual(paths);
    expect(changed).toEqual(paths);
    expect(files[0]).toMatchObject({ bytes: 64, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(text(root, "main.cc")).toContain("dtmm::RegisterFilterletConv2D()");
    expect(text(root, "main.cc")).toContain('#include "conv.h"');
    expect(JSON.parse(text(root, "out/report.json"))).toEqual(files.slice(0, -1));
    expect((await emit(request)).changed).toEqual([]);
    await undo(root);
    expect(treeOf(root, { store: true })).toEqual(before);
  });

  test("a dry run shows the patch and names what is long or binary", async () => {
    const before = treeOf(root, { store: true });
    const { diff } = await emit({ ...request, dryRun: true });
    expect(diff).toContain(
      "+  resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());",
    );
    expect(diff).toContain("binary file out/model.tflite, 64 bytes, new\n");
    expect(treeOf(root, { store: true })).toEqual(before);
  });

  test("a model without custom ops needs no kernels and no patch", async () => {
    const { files } = await emit({ ...request, ops: [], reports: undefined });
    expect(files.map(({ path }) => path)).toEqual(emitted.slice(0, 3).map((path) => `out/${path}`));
    expect(text(root, "main.cc")).toBe(main);
  });

  test("an output folder outside of the project", async () => {
    const outDir = join(base, "elsewhere");
    const { files } = await emit({ ...request, outDir, patch: undefined });
    expect(files[0]!.path).toBe("../elsewhere/model.tflite");
    expect(text(outDir, "kernels/conv.c")).toBe("int conv;\n");
    expect(existsSync(join(root, ".dtmm"))).toBe(false);
  });

  test("an unpatchable resolver leaves nothing behind", async () => {
    put(root, "main.cc", "int main() {}\n");
    const before = treeOf(root, { store: true });
    await expect(emit(request)).rejects.toMatchObject({ code: "RESOLVER_NOT_PATCHABLE" });
    await expect(emit({ ...request, patch: undefined, outDir: "main.cc/out" })).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
    });
    expect(treeOf(root, { store: true })).toEqual(before);
  });

  test("a generated resolver lies beside the model", async () => {
    const resolverHeader = { operators: ["CONV_2D", op] };
    const { files, notes } = await emit({ ...request, patch: undefined, resolverHeader });
    expect(files.map(({ path }) => path)).toContain("out/dtmm_op_resolver.h");
    expect(text(root, "out/dtmm_op_resolver.h")).toContain("constexpr unsigned int kCount = 2;");
    expect(text(root, "main.cc")).toBe(main);
    expect(notes).toEqual([]);
    const before = treeOf(root, { store: true });
    const unknown = emit({ ...request, resolverHeader: { operators: ["MY_OWN", op] } });
    await expect(unknown).rejects.toMatchObject({ code: "OPERATOR_WITHOUT_METHOD", exit: 1 });
    expect(treeOf(root, { store: true })).toEqual(before);
  });

  test("an op without kernels is our bug", async () => {
    await expect(emit({ ...request, ops: ["DTMM_UNHEARD_OF"] })).rejects.toMatchObject({
      code: "INTERNAL",
      exit: 4,
    });
  });
});

test("the package's own manifest: the registration and files that exist", () => {
  expect(customOps).toContain(op);
  expect(registrationsFor([op])).toEqual([filterletConv]);
  expect(kernelFiles(customOps).map(({ path }) => path)).toContain("dtmm_filterlet_conv_2d.h");
});

describe("planDiff", () => {
  test("shows changed lines only", async () => {
    put(root, "a.txt", "one\ntwo\nthree\n");
    const diff = await planDiff(
      [
        { path: "a.txt", content: "one\n2\nthree\n" },
        { path: "main.cc", content: main },
      ],
      root,
    );
    expect(diff).toBe("--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n");
  });

  test("names long files instead of showing them", async () => {
    const lines = (word: string) => Array.from({ length: 5000 }, (_, index) => `${word} ${index}\n`).join("");
    put(root, "old.cc", lines("old"));
    const plan = [
      { path: "new.cc", content: lines("new") },
      { path: "old.cc", content: lines("new") },
    ];
    expect(await planDiff(plan, root)).toMatch(
      /^file new\.cc, \d+ bytes, new\nfile old\.cc, \d+ bytes, was \d+\n$/,
    );
  });
});
