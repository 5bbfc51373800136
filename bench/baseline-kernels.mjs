// Instructions of the kernels that other ways of storing get (PatDNN's patterns, single weights in CSR) beside the filterlet
// kernel and dense CMSIS-NN, counted exactly in QEMU on 3x3 layers with the same share of weights left.
// Usage: node bench/baseline-kernels.mjs --cmsis-nn DIR [--cores cortex-m4,cortex-m55]
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildCmsisRunner } from "../dist/board/cmsis-nn.js";
import { cmsisRequest } from "../dist/board/cmsis-request.js";
import { boardFolder, compileObjects, kernelSources, linkProgram } from "../dist/board/compile.js";
import { emulate } from "../dist/board/emulate.js";
import { decodeAnswers, encodeRequests } from "../dist/board/requests.js";
import { csrConv, patternConv } from "../dist/pack/format.js";
import { drawLayer, layers } from "./kernel-layers.mjs";
import { table } from "./table.mjs";

const { values } = parseArgs({
  options: { "cmsis-nn": { type: "string" }, cores: { type: "string", default: "cortex-m4,cortex-m55" } },
});
if (values["cmsis-nn"] === undefined) throw new Error("--cmsis-nn DIR: a checkout of ARM-software/CMSIS-NN");
const flags = ["-std=c99", "-O3"];
/** Shares of pruned weights; a pattern alone prunes 5 of 9. */
const shares = [5 / 9, 0.7, 0.9];
const wanted = ["3x3 32x32x16->16", "3x3 16x16x32->32", "3x3 8x8x64->64", "3x3 8x8x128->128"];
const work = mkdtempSync(join(tmpdir(), "dtmm-baseline-kernels-"));

async function build(core, runner) {
  const place = join(work, `${core}-${runner}`);
  mkdirSync(place, { recursive: true });
  const sources = [join(boardFolder, runner), ...kernelSources()];
  return linkProgram(core, await compileObjects({ core, sources, flags }, place), place);
}

const run = async (core, program, requests) =>
  decodeAnswers(await emulate(core, program, encodeRequests(requests)));

/** The same layer, cut as a format wants it; the first extent says which operator the runner takes. */
function sparse(layer, share, format, operator) {
  const { packed } = drawLayer(layer, share, 1, format);
  return { ...packed, extents: [operator, ...packed.extents] };
}

try {
  for (const core of values.cores.split(",")) {
    const [own, others] = [await build(core, "conv_runner.c"), await build(core, "sparse_runner.c")];
    const place = join(work, `${core}-cmsis`);
    mkdirSync(place, { recursive: true });
    const cmsis = await buildCmsisRunner(core, values["cmsis-nn"], { flags: ["-O3"], folder: place });
    const rows = [];
    for (const layer of layers.filter(({ name }) => wanted.includes(name))) {
      const drawn = shares.map((share) => drawLayer(layer, share, 1));
      const dense = (await run(core, cmsis, [cmsisRequest(drawn[0].dense)]))[0].instructions;
      const kinds = {
        filterlet: await run(
          core,
          own,
          drawn.map(({ packed }) => packed),
        ),
        patterns: await run(
          core,
          others,
          shares.map((share) => sparse(layer, share, patternConv, 0)),
        ),
        csr: await run(
          core,
          others,
          shares.map((share) => sparse(layer, share, csrConv, 1)),
        ),
      };
      for (const [kind, answers] of Object.entries(kinds)) {
        if (answers.some(({ status }) => status !== 0)) throw new Error(`${layer.name}: ${kind} was refused`);
        rows.push([
          layer.name,
          kind,
          ...answers.map(({ instructions }) => (instructions / dense).toFixed(2)),
          answers[0].scratchBytes,
        ]);
      }
    }
    console.log(`\n${core}: instructions by those of dense CMSIS-NN\n`);
    table(["layer", "stored in", ...shares.map((share) => `${Math.round(100 * share)} %`), "scratch"], rows);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
