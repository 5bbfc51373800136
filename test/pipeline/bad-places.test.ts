import { chmodSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { projectMaker } from "./support/project.js";
import { expectRefusal } from "./support/refusal.js";

const newProject = projectMaker();
/** Permissions do not bind root. */
const isRoot = process.getuid?.() === 0;

describe("a place that cannot be written to is refused before the long work", () => {
  test.each([
    ["the output folder is a file", "src/main.cc"],
    ["a folder above it is a file", "src/main.cc/deep/out"],
    ["a file of the output is a folder", "taken"],
  ])("%s", async (_, out) => {
    const project = newProject({ "taken/model.tflite/x": "" });
    const { stages } = await expectRefusal(project, { out }, { code: "OUTPUT_NOT_WRITABLE", says: out });
    expect(stages).toEqual([]);
  });

  test.skipIf(isRoot)(
    `a read-only folder${isRoot ? " (skipped: root may write everywhere)" : ""}`,
    async () => {
      const project = newProject({ "locked/x": "" });
      chmodSync(path.join(project.root, "locked"), 0o555);
      const refusal = { code: "OUTPUT_NOT_WRITABLE", says: "locked" } as const;
      const { stages } = await expectRefusal(project, { out: "locked/out" }, refusal);
      expect(stages).toEqual([]);
    },
  );

  test("a dry run finds it as well", async () => {
    const refusal = { code: "OUTPUT_NOT_WRITABLE", says: "src/main.cc" } as const;
    await expectRefusal(newProject(), { out: "src/main.cc", dryRun: true }, refusal);
  });
});

describe("a resolver that cannot be patched is found before the long work", () => {
  const usedAtOnce = `#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void Setup() {
  tflite::MicroMutableOpResolver<1> ops;
  if (ops.AddConv2D() != kTfLiteOk) {
    Fail();
  } else {
    Run(ops);
  }
}
`;
  test.each([
    ["no resolver anywhere", "int main() {}\n", {}],
    ["ops that are used where they are registered", usedAtOnce, {}],
    ["the named file has none", "int main() {}\n", { resolver: "src/main.cc" }],
  ])("%s: exit 1, with the lines to add by hand", async (_, source, options) => {
    const project = newProject({ "src/main.cc": source });
    const refusal = { code: "RESOLVER_NOT_PATCHABLE", exit: 1, says: /src\/main\.cc|no / } as const;
    const { error, stages } = await expectRefusal(project, { ...options, patch: true }, refusal);
    expect(stages).toEqual([]);
    expect(error.hint).toContain('#include "dtmm_filterlet_conv_2d.h"');
    expect(error.hint).toContain("AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D())");
  });

  test("two resolvers: the user has to name one", async () => {
    const project = newProject();
    const again = newProject({ "src/other.cc": new TextDecoder().decode(project.read("src/main.cc")) });
    const refusal = {
      code: "RESOLVER_AMBIGUOUS",
      exit: 1,
      says: "ops (src/main.cc:4), ops (src/other.cc:4)",
    } as const;
    await expectRefusal(again, { patch: true }, refusal);
  });

  test("the named file is not there", async () => {
    const refusal = { code: "SOURCE_UNREADABLE", says: "none.cc" } as const;
    await expectRefusal(newProject(), { patch: true, resolver: "none.cc" }, refusal);
  });
});
