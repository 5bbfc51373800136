/**
 * A firmware project with a Makefile and a CMakeLists.txt, built for real with what dtmm puts into it: array in place, op
 * resolver, glue. It must run the packed model and give the bytes that the host's interpreter gives.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emit, undo } from "../../../lib/emit/index.js";
import { renderModelArray } from "../../../lib/firmware/c-array.js";
import { cacheKeys } from "../../../lib/native/cache-key.js";
import { findToolchain } from "../../../lib/native/compiler.js";
import { cacheRoot, packageRoot } from "../../../lib/native/paths.js";
import { pack, usedPackedOps } from "../../../lib/pack/index.js";
import { runModel, written } from "../../../lib/runs.js";
import { locateTflm } from "../../../lib/tflm/locate.js";
import { treeOf } from "../../emit/project.js";
import { randomlyPruned } from "../../pack/support/randomly-pruned.js";
import { usePool } from "../../support/interpreter.js";
import { convModelValue, everyLayer, randomInputs } from "../../support/models.js";
import { unitFor } from "../../support/units.js";

const native = usePool();
const tree = await locateTflm();
const library = join(cacheRoot(), "tflm", cacheKeys(packageRoot, tree, findToolchain()).tflm, "libtflm.a");
const isTree2020 = existsSync(join(tree.root, "tensorflow/lite/micro/kernels/all_ops_resolver.h"));
const skipNote = isTree2020 ? "" : " (skipped: the firmware is written for a tree of 2020)";
const samples = 8;

const dense = convModelValue(everyLayer);
const denseBytes = written(dense).bytes;
const packed = pack(randomlyPruned(dense, 0.5, unitFor), []);
const inputs = new Uint8Array(randomInputs(everyLayer, samples).buffer);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dtmm-built-"));
  cpSync(fileURLToPath(new URL("./project/", import.meta.url)), root, { recursive: true });
  const { source } = renderModelArray({ name: "g_model", bytes: denseBytes, header: "model_data.h" });
  writeFileSync(join(root, "src/model_data.cc"), source.replace("const unsigned int", "const int"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const includes = [tree.root, ...tree.includeDirs];
const builds = {
  make: () => {
    const variables = [`TFLM_INCLUDES=${includes.join(" ")}`, `TFLM_LIBRARY=${library}`];
    execFileSync("make", ["-j2", ...variables], { cwd: root, stdio: "pipe" });
  },
  cmake: () => {
    const variables = [`-DTFLM_INCLUDES=${includes.join(";")}`, `-DTFLM_LIBRARY=${library}`];
    execFileSync("cmake", ["-B", "build", ...variables], { cwd: root, stdio: "pipe" });
    execFileSync("cmake", ["--build", "build", "--parallel", "2"], { cwd: root, stdio: "pipe" });
  },
};

function run(): { outputs: Buffer; log: string } {
  const { status, stdout, stderr } = spawnSync(join(root, "build/firmware"), { input: inputs });
  expect([status, stderr.toString()]).toEqual([0, expect.stringContaining("model: ")]);
  return { outputs: stdout, log: stderr.toString() };
}

describe.skipIf(!isTree2020)(`a firmware project${skipNote}`, () => {
  test.each(["make", "cmake"] as const)(
    "built with %s, runs the packed model as the host does; undo gives every byte back",
    async (glue) => {
      const before = treeOf(root);
      const array = { source: "src/model_data.cc", name: "g_model", dense: denseBytes };
      const ops = usedPackedOps(packed);
      expect(ops.length).toBe(2);
      const request = {
        root,
        outDir: "src/dtmm_model",
        model: packed.bytes,
        arrayName: "g_model",
        ops,
        glue,
      };
      await emit({ ...request, patch: { array } });
      const { changed } = await emit({ ...request, patch: { array } });
      expect(changed).toEqual([]);

      builds[glue]();
      const { outputs, log } = run();
      const host = await runModel(packed, { bytes: inputs, samples }, native.context);
      expect(log).toContain(`model: ${packed.bytes.length} bytes`);
      expect(outputs.equals(Buffer.from(host.outputs))).toBe(true);
      expect(new Set(outputs).size).toBeGreaterThan(1);

      rmSync(join(root, "build"), { recursive: true });
      expect(readFileSync(join(root, "src/dtmm_model/dense.tflite")).equals(denseBytes)).toBe(true);
      await undo(root);
      expect(treeOf(root)).toEqual(before);
    },
    300_000,
  );
});
