/** The emitted self-test on an emulated board: PASS for the pruned model, else the layer that differs. */

import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { boardFolder, compileObjects, linkProgram } from "../../lib/board/compile.js";
import { emulate } from "../../lib/board/emulate.js";
import { ensureModelRunner } from "../../lib/board/model-runner.js";
import { emit } from "../../lib/emit/index.js";
import { pack, usedPackedOps } from "../../lib/pack/index.js";
import { type WrittenModel, written } from "../../lib/runs.js";
import { type Golden, goldenRun } from "../../lib/selftest.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import { locateTflm } from "../../lib/tflm/locate.js";
import { randomlyPruned } from "../pack/support/randomly-pruned.js";
import { usePool } from "../support/interpreter.js";
import { convModelValue, everyLayer, randomInputs } from "../support/models.js";
import { unitFor } from "../support/units.js";
import { boardSkipNote, buildFolder, haveBoardTools } from "./support/board.js";

const core = "cortex-m4";
const samples = 3;
const arenaBytes = 128 * 1024;
const native = usePool();
const tree = await locateTflm();
const isTree2020 = existsSync(join(tree.root, "tensorflow/lite/micro/kernels/all_ops_resolver.h"));
const skipNote = isTree2020 ? boardSkipNote : " (skipped: the program is written for a tree of 2020)";

const packed = pack(randomlyPruned(convModelValue(everyLayer), 0.5, unitFor), []);
const inputs = new Uint8Array(randomInputs(everyLayer, samples).buffer);
const { operators } = mainGraph(packed.model);

/** What the program said. */
interface Answer {
  result: number;
  firstLayer: number;
  verdict: string;
  ticks: number[];
  names: string[];
}

describe.skipIf(!haveBoardTools || !isTree2020)(`the self-test on an emulated ${core}${skipNote}`, () => {
  let golden: Golden;
  let library = "";
  beforeAll(async () => {
    golden = await goldenRun(packed, { inputs, samples }, native.context);
    library = join(dirname(await ensureModelRunner({ core, tflm: tree })), "libtflm.a");
  }, 600_000);

  /** Emits a model with the golden run, and builds both as firmware would. */
  async function build(model: WrittenModel): Promise<string> {
    const root = await buildFolder();
    const request = { root, outDir: "out", model: model.bytes, arrayName: "g_model" };
    await emit({ ...request, ops: usedPackedOps(packed), selftest: golden });
    const kernels = join(root, "out/kernels");
    const sources = [
      ...readdirSync(kernels)
        .filter((name) => /\.(c|cc)$/.test(name))
        .map((name) => join(kernels, name)),
      join(root, "out/model_data.cc"),
      join(boardFolder, "micro_time.cc"),
      fileURLToPath(new URL("./support/selftest_main.cc", import.meta.url)),
    ];
    const include = [tree.root, ...tree.includeDirs].map((folder) => `-isystem${folder}`);
    const own = [`-I${kernels}`, `-I${join(root, "out")}`];
    const compile = (some: string[], standard: string[]) =>
      compileObjects(
        {
          core,
          sources: some,
          flags: [
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-DTF_LITE_STATIC_MEMORY",
            ...standard,
            ...own,
            ...include,
          ],
        },
        root,
      );
    const isC = (path: string) => path.endsWith(".c");
    const objects = [
      ...(await compile(sources.filter(isC), ["-std=c99"])),
      ...(await compile(
        sources.filter((path) => !isC(path)),
        ["-std=gnu++11", "-fno-rtti", "-fno-exceptions"],
      )),
    ];
    return linkProgram(core, [...objects, library], root);
  }

  async function run(program: string, arena = arenaBytes): Promise<Answer> {
    const answer = await emulate(core, program, new Uint8Array(Int32Array.of(arena).buffer));
    const [result, firstLayer, verdict = "", ...layers] = answer.toString("utf8").trimEnd().split("\n");
    const words = layers.map((line) => line.split(" "));
    return {
      ...{ result: Number(result), firstLayer: Number(firstLayer), verdict },
      names: words.map(([name]) => name!),
      ticks: words.map(([, ticks]) => Number(ticks)),
    };
  }

  /** The packed model with one bit of an operator's weights turned over. */
  function damaged(operator: number): WrittenModel {
    const { model } = packed;
    const buffer = mainGraph(model).tensors[operators[operator]!.inputs[1]!]!.buffer;
    const buffers = model.buffers.map((one, index) => {
      if (index !== buffer) return one;
      const data = Uint8Array.from(one.data!);
      data[0]! ^= 0x40;
      return { ...one, data };
    });
    return written({ ...model, buffers });
  }

  test("PASS for the pruned model, with the ticks of every layer; other states are told apart", async () => {
    const program = await build(packed);
    const answer = await run(program);
    expect(answer).toMatchObject({ result: 0, firstLayer: -1, verdict: "PASS", names: golden.names });
    expect(answer.names).toHaveLength(operators.length);
    expect(Math.min(...answer.ticks)).toBeGreaterThan(0);
    expect(await run(program, 1024)).toMatchObject({ result: -2, verdict: "FAIL: AllocateTensors failed" });
    expect(await run(program, 0)).toMatchObject({
      result: -1,
      verdict: "FAIL: SelftestSetup was not called",
    });
  }, 300_000);

  test("a model with one other weight fails, and the layer is named", async () => {
    const layer = golden.names.lastIndexOf("DTMM_FILTERLET_CONV_2D");
    expect(layer).toBeGreaterThan(0);
    const answer = await run(await build(damaged(layer)));
    expect(answer.result).toBeGreaterThan(0);
    expect(answer).toMatchObject({
      firstLayer: layer,
      verdict: `FAIL: layer ${layer} DTMM_FILTERLET_CONV_2D differs`,
    });
  }, 300_000);
});
