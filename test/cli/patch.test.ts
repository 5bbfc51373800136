import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { patchCommand } from "../../lib/cli/patch.js";
import { normalizeOptions } from "../../lib/options/normalize.js";
import { silentProgress } from "../../lib/progress/progress.js";
import { convModel, everyLayer } from "../support/models.js";
import { tempFolder, writeFiles } from "./support/temp-folder.js";
import { thrownBy } from "./support/throws.js";

const source = `#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void Setup() {
  static tflite::MicroMutableOpResolver<2> resolver;
  resolver.AddConv2D();
  resolver.AddSoftmax();
}
`;
const folder = tempFolder();
let projects = 0;

/** A project with one resolver in src/main.cc. */
function project(files: Record<string, string | Uint8Array> = {}) {
  const root = path.join(folder, String(projects++));
  writeFiles(root, { "src/main.cc": source, ...files });
  return {
    root,
    main: () => readFileSync(path.join(root, "src/main.cc"), "utf8"),
    patch: (flags: Record<string, unknown> = {}) =>
      patchCommand(normalizeOptions("patch", flags, undefined, root), {
        progress: silentProgress,
        signal: new AbortController().signal,
        cwd: root,
      }),
  };
}

describe("dtmm patch", () => {
  test("patches, is up to date then, and undoes byte for byte", async () => {
    const { root, main, patch } = project();
    expect(await patch()).toMatchObject({ exit: 0, summary: "Patched src/main.cc.\n" });
    expect(main()).toContain("AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D())");
    expect((await patch()).summary).toBe("The op resolver is up to date.\n");
    expect(await patch({ undo: true })).toMatchObject({ exit: 0, summary: "Restored src/main.cc.\n" });
    expect(main()).toBe(source);
    expect(readdirSync(root)).toEqual(["src"]);
  });

  test("takes the resolver's file as it is given", async () => {
    const { main, patch } = project({ "src/other.cc": source });
    expect((await thrownBy(() => patch())).code).toBe("RESOLVER_AMBIGUOUS");
    await patch({ resolver: "src/main.cc" });
    expect(main()).toContain("dtmm::");
  });

  test("--check exits 1 as long as the patch is missing, and writes nothing", async () => {
    const { main, patch } = project();
    const outcome = await patch({ check: true });
    expect(outcome.exit).toBe(1);
    expect(outcome.failures).toEqual(["src/main.cc is out of date; run `dtmm patch`"]);
    expect(main()).toBe(source);
    await patch();
    expect((await patch({ check: true })).exit).toBe(0);
  });

  test("--dry-run prints the diff and writes nothing", async () => {
    const { root, main, patch } = project();
    const { exit, output } = await patch({ dryRun: true });
    expect(exit).toBe(0);
    expect(output).toMatch(/^-.*MicroMutableOpResolver<2>/m);
    expect(output).toMatch(/^\+.*AddCustom/m);
    expect(main()).toBe(source);
    expect(readdirSync(root)).toEqual(["src"]);
  });

  test("--undo in a fresh clone takes the patch out of the source", async () => {
    const patched = project();
    await patched.patch();
    const clone = project({ "src/main.cc": patched.main() });
    await clone.patch({ undo: true });
    expect(clone.main()).toBe(source);
  });

  test("--undo without anything to undo", async () => {
    expect((await thrownBy(() => project().patch({ undo: true }))).code).toBe("NOTHING_TO_UNDO");
  });

  test("a model without packed layers needs no patch", async () => {
    const { main, patch } = project({ "dtmm-out/model.tflite": convModel(everyLayer) });
    expect((await patch()).summary).toContain("nothing to patch");
    expect(main()).toBe(source);
  });

  test("--drop-unused needs the model that says what is unused", async () => {
    const { root, main, patch } = project();
    const error = await thrownBy(() => patch({ dropUnused: true }));
    expect([error.code, error.exit]).toEqual(["MODEL_UNREADABLE", 2]);
    expect(error.message).toContain(path.join(root, "dtmm-out/model.tflite"));
    expect(main()).toBe(source);
    await patch();
    await patch({ dropUnused: true, undo: true });
    expect(main()).toBe(source);
  });

  test("a project without a resolver gets the lines to add, exit 1", async () => {
    const error = await thrownBy(() => project({ "src/main.cc": "int main() {}\n" }).patch());
    expect([error.code, error.exit]).toEqual(["RESOLVER_NOT_PATCHABLE", 1]);
    expect(error.hint).toContain("AddCustom(dtmm::kFilterletConv2DName");
  });
});
