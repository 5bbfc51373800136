import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { findOnPath } from "../../lib/native/compiler.js";
import { type DoctorResult, doctorResultSchema } from "../../lib/report/doctor-result.js";
import { writeTree } from "../tflm/fake-tree.js";
import { dtmm } from "./support/dtmm.js";
import { tempFolder } from "./support/temp-folder.js";

const folder = tempFolder();

async function examine(words: string[], env: NodeJS.ProcessEnv = {}): Promise<[DoctorResult, number | null]> {
  const { code, stdout } = await dtmm(["doctor", ...words, "--json", "-"], folder, env);
  return [doctorResultSchema.strict().parse(JSON.parse(stdout)), code];
}

describe("dtmm doctor", () => {
  test.skipIf(process.env.TFLM_DIR)("says what the default tree offers, and that it is built", async () => {
    const [result, code] = await examine([]);
    expect([result.ready, result.problems, code]).toEqual([true, [], 0]);
    expect(result.tree).toMatchObject({
      origin: "cargo",
      namespace: "tflite",
      hasSources: true,
      built: true,
    });
    expect(result.tree!.traits).toMatchObject({
      layout: "full TFLite tree",
      sources: 53,
      registration: "TfLiteRegistration",
      findOp: "by name and version",
      interpreter: "wants an ErrorReporter",
      persistentMemory: "by an out parameter",
      scratchMemory: "persistent",
      evalTensors: "context->tensors",
      allOps: "AllOpsResolver",
      debugLog: "DebugLog(text)",
      cmsisNn: "not needed",
      leftOutOps: [],
    });
    expect(result.tree!.traits!.optimisedKernels).toContain("cmsis-nn");
    expect(result.tree!.thirdParty.map(({ name }) => name)).toEqual(["flatbuffers", "gemmlowp", "ruy"]);

    const { code: again, stdout } = await dtmm(["doctor"], folder);
    expect([again, stdout]).toEqual([0, expect.stringMatching(/^registration +TfLiteRegistration/m)]);
    expect(stdout).toContain("dtmm prune can run.");
  });

  test("a tree that lacks headers: exit 3, which and where, and what to do", async () => {
    const tree = path.join(folder, "headerless");
    writeTree(tree);
    rmSync(path.join(tree, "third_party/gemmlowp"), { recursive: true });
    const [result, code] = await examine(["--tflm", tree]);
    expect([result.ready, code]).toEqual([false, 3]);
    expect(result.tree).toMatchObject({ origin: "--tflm", root: tree, built: false });
    expect(result.tree!.looked).toContain(path.join(tree, "third_party"));
    expect(result.problems).toEqual([
      {
        code: "TFLM_HEADERS_MISSING",
        message: expect.stringContaining("lacks gemmlowp"),
        remedy: expect.stringContaining("--tflm-third-party"),
      },
    ]);
    const { stdout } = await dtmm(["doctor", "--tflm", tree], folder);
    expect(stdout).toMatch(/^gemmlowp +MISSING/m);
    expect(stdout).toContain("To do before dtmm prune can run:");
  });

  test("a tree whose headers do not fit is told as the build would tell it", async () => {
    const tree = path.join(folder, "unfit");
    writeTree(tree);
    const [result, code] = await examine(["--tflm", tree]);
    expect([result.problems.map((problem) => problem.code), code]).toEqual([["NATIVE_BUILD_FAILED"], 3]);
  });

  test("a machine that lacks tools: each with its remedy, and those that prune can do without", async () => {
    const bin = path.join(folder, "bin");
    mkdirSync(bin);
    // Compilers may be wrappers that need the whole PATH themselves.
    for (const tool of ["cc", "c++"]) {
      const script = `#!/bin/sh\nPATH='${process.env.PATH}' exec '${findOnPath(tool)}' "$@"\n`;
      writeFileSync(path.join(bin, tool), script, { mode: 0o755 });
    }
    const tree = path.join(folder, "toolless");
    writeTree(tree);
    const [result, code] = await examine(["--tflm", tree], { PATH: bin });
    expect([result.ready, code]).toEqual([false, 3]);
    const lacking = result.machine.filter(({ problem }) => problem !== undefined);
    expect(lacking.map(({ name, needed }) => [name, needed])).toEqual([
      ["cmake", true],
      ["ninja or make", true],
      ["cargo", false],
      ["arm-none-eabi-gcc", false],
      ["arm-none-eabi-g++", false],
      ["qemu-system-arm", false],
    ]);
    expect(lacking[0]!.remedy).toContain("apt-get install cmake");
  });
});
