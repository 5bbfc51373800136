// Instructions of the packed kernels against dense CMSIS-NN (`arm_convolve_wrapper_s8`, `arm_fully_connected_s8`), same
// compiler, flags and inputs, counted exactly in QEMU; and the code that a firmware links per operator at -Os.
// Usage: node bench/kernels.mjs --cmsis-nn DIR [--cores cortex-m4,cortex-m55] [--optimise=-O3] [--json FILE]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildCmsisRunner } from "../dist/board/cmsis-nn.js";
import { cmsisRequest } from "../dist/board/cmsis-request.js";
import { boardFolder, compileObjects, kernelSources, linkProgram } from "../dist/board/compile.js";
import { emulate } from "../dist/board/emulate.js";
import { decodeAnswers, encodeRequests } from "../dist/board/requests.js";
import { boardTool } from "../dist/board/tools.js";
import { drawLayer, layers } from "./kernel-layers.mjs";
import { table } from "./table.mjs";

const { values } = parseArgs({
  options: {
    "cmsis-nn": { type: "string" },
    cores: { type: "string", default: "cortex-m4,cortex-m55" },
    optimise: { type: "string", default: "-O3" },
    json: { type: "string" },
  },
});
if (values["cmsis-nn"] === undefined) throw new Error("--cmsis-nn DIR: a checkout of ARM-software/CMSIS-NN");
const shares = [0, 0.5, 0.7, 0.9];
const work = mkdtempSync(join(tmpdir(), "dtmm-kernels-"));
const folder = (name) => {
  const path = join(work, name);
  mkdirSync(path, { recursive: true });
  return path;
};

/** Programs that run packed layers, by kind of layer. */
async function buildOurs(core) {
  const runners = { conv: "conv_runner.c", fullyConnected: "fc_runner.c" };
  const flags = ["-std=c99", values.optimise];
  const kernels = await compileObjects({ core, sources: kernelSources(), flags }, folder(`${core}/kernels`));
  const programs = {};
  for (const [kind, runner] of Object.entries(runners)) {
    const place = folder(`${core}/${kind}`);
    const own = await compileObjects({ core, sources: [join(boardFolder, runner)], flags }, place);
    programs[kind] = await linkProgram(core, [...own, ...kernels], place);
  }
  return programs;
}

const run = async (core, program, requests) =>
  decodeAnswers(await emulate(core, program, encodeRequests(requests)));

/** Counts of one layer on one core: dense CMSIS-NN, and ours at each share; their outputs must be equal. */
async function countLayer(core, programs, layer) {
  const drawn = shares.map((share, i) => drawLayer(layer, share, 1 + i));
  const dense = await run(
    core,
    programs.cmsis,
    drawn.map((d) => cmsisRequest(d.dense)),
  );
  const ours = await run(
    core,
    programs[layer.kind],
    drawn.map((d) => d.packed),
  );
  for (const [i, answer] of ours.entries()) {
    if (answer.status !== 0) throw new Error(`${layer.name}: refused with status ${answer.status}`);
    if (!Buffer.from(answer.output).equals(Buffer.from(dense[i].output)))
      throw new Error(`${layer.name} at ${shares[i]} on ${core}: another output than CMSIS-NN's`);
  }
  return {
    layer: layer.name,
    cmsisNn: dense[0].instructions,
    cmsisNnScratch: dense[0].scratchBytes,
    ours: ours.map(({ instructions }) => instructions),
    scratch: ours[0].scratchBytes,
    ratios: ours.map(({ instructions }, i) => instructions / dense[i].instructions),
  };
}

/** Bytes of code and constants that linking these functions brings in, library functions not counted. */
function linkedBytes(objects, roots, place) {
  const output = join(place, "linked.o");
  const linking = ["-nostdlib", "-r", "-Wl,--gc-sections", `-Wl,-e,${roots[0]}`];
  const kept = roots.map((root) => `-Wl,-u,${root}`);
  execFileSync(boardTool("arm-none-eabi-gcc"), [...linking, ...kept, ...objects, "-o", output]);
  const size = boardTool("arm-none-eabi-gcc").replace(/gcc$/, "size");
  const [text, data] = execFileSync(size, [output], { encoding: "utf8" })
    .split("\n")[1]
    .trim()
    .split(/\s+/)
    .map(Number);
  return text + data;
}

/** Linked code of each family of operators at -Os: its kernels, and the check that runs once. */
async function codeSizes(core) {
  const place = folder(`${core}/size`);
  const flags = ["-std=c99", "-Os"];
  const objects = await compileObjects({ core, sources: kernelSources(), flags }, place);
  return Object.fromEntries(
    [
      ["filterlet conv", "dtmm_filterlet_conv_wrapper_s8", "dtmm_filterlet_check"],
      ["block fully connected", "dtmm_block_fc_wrapper_s8", "dtmm_block_fc_check"],
    ].map(([family, kernel, check]) => [
      family,
      {
        kernels: linkedBytes(objects, [kernel, `${kernel}_get_buffer_size`], place),
        check: linkedBytes(objects, [check], place),
      },
    ]),
  );
}

const result = {};
try {
  for (const core of values.cores.split(",")) {
    const programs = await buildOurs(core);
    programs.cmsis = await buildCmsisRunner(core, values["cmsis-nn"], {
      flags: [values.optimise],
      folder: folder(`${core}/cmsis`),
    });
    const counted = [];
    for (const layer of layers) counted.push(await countLayer(core, programs, layer));
    result[core] = { layers: counted, code: await codeSizes(core) };
    console.log(`\n${core}: instructions, ours / dense CMSIS-NN, and ours at that share / ours at 0 %\n`);
    const percent = shares.map((share) => `${100 * share} %`);
    table(
      [
        "layer",
        "CMSIS-NN",
        ...percent,
        ...percent.slice(1).map((p) => `sparsity ${p}`),
        "scratch",
        "CMSIS-NN scratch",
      ],
      counted.map((c) => [
        c.layer,
        c.cmsisNn.toLocaleString("en"),
        ...c.ratios.map((ratio) => ratio.toFixed(3)),
        ...c.ours.slice(1).map((ours) => (ours / c.ours[0]).toFixed(2)),
        c.scratch,
        c.cmsisNnScratch,
      ]),
    );
    console.log("");
    table(
      ["code at -Os", "kernels", "check"],
      Object.entries(result[core].code).map(([family, { kernels, check }]) => [family, kernels, check]),
    );
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
