// Modelled cycles of the packed kernels on a Cortex-M4 against dense CMSIS-NN: a TCG plugin (block-counts.c, compiled with the
// host's cc) says how often every block of instructions ran and how many branches were taken, m4-cycles.mjs what they cost.
// Usage: node bench/cycles.mjs --cmsis-nn DIR [--optimise -O3]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { boards } from "../dist/board/boards.js";
import { buildCmsisRunner, cmsisRequest } from "../dist/board/cmsis-nn.js";
import { boardFolder, compileObjects, kernelSources, linkProgram } from "../dist/board/compile.js";
import { decodeAnswers, encodeRequests } from "../dist/board/requests.js";
import { boardTool } from "../dist/board/tools.js";
import { drawLayer, layers } from "./kernel-layers.mjs";
import { readProgram } from "./m4-cycles.mjs";
import { table } from "./table.mjs";

const { values } = parseArgs({
  options: { "cmsis-nn": { type: "string" }, optimise: { type: "string", default: "-O3" } },
});
if (values["cmsis-nn"] === undefined) throw new Error("--cmsis-nn DIR: a checkout of ARM-software/CMSIS-NN");
const core = "cortex-m4";
const shares = [0, 0.5, 0.7, 0.9];
const kinds = {
  conv: { runner: "conv_runner.c", ours: "dtmm_filterlet_conv_wrapper_s8", dense: "arm_convolve_wrapper_s8" },
  fullyConnected: {
    runner: "fc_runner.c",
    ours: "dtmm_block_fc_wrapper_s8",
    dense: "arm_fully_connected_s8",
  },
};
/** Instructions of a call that the runner counts as well. */
const callInstructions = 40;

const work = mkdtempSync(join(tmpdir(), "dtmm-cycles-"));
const folder = (name) => {
  const path = join(work, name);
  mkdirSync(path, { recursive: true });
  return path;
};
const plugin = join(work, "block-counts.so");

/** Instructions and cycles of the one layer in the request. */
function count(program, functionName, request) {
  const read = readProgram(program, functionName);
  writeFileSync(join(work, "requests.bin"), encodeRequests([request]));
  const counts = join(work, "counts.txt");
  execFileSync(
    boardTool("qemu-system-arm"),
    [
      ...["-machine", boards[core].machine, "-display", "none", "-monitor", "none", "-serial", "none"],
      ...["-icount", "shift=6,align=off,sleep=off"],
      ...["-semihosting-config", "enable=on,target=native", "-kernel", program],
      ...[
        "-plugin",
        `${plugin},begin=0x${read.begin.toString(16)},end=0x${read.end.toString(16)},out=${counts}`,
      ],
    ],
    { cwd: work, stdio: "ignore" },
  );
  const total = read.count(readFileSync(counts, "utf8"));
  const { instructions } = decodeAnswers(readFileSync(join(work, "answers.bin")))[0];
  if (Math.abs(instructions - total.instructions) > callInstructions) {
    throw new Error(`${functionName}: the plugin saw ${total.instructions} of ${instructions} instructions`);
  }
  return total;
}

try {
  const source = fileURLToPath(new URL("block-counts.c", import.meta.url));
  execFileSync("cc", ["-O2", "-shared", "-fPIC", source, "-o", plugin]);
  const flags = ["-std=c99", values.optimise];
  const kernels = await compileObjects({ core, sources: kernelSources(), flags }, folder("kernels"));
  const programs = {};
  for (const [kind, { runner }] of Object.entries(kinds)) {
    const own = await compileObjects({ core, sources: [join(boardFolder, runner)], flags }, folder(kind));
    programs[kind] = await linkProgram(core, [...own, ...kernels], folder(kind));
  }
  const cmsis = await buildCmsisRunner(core, values["cmsis-nn"], {
    flags: [values.optimise],
    folder: folder("cmsis"),
  });
  const rows = layers.map((layer) => {
    const drawn = shares.map((share, i) => drawLayer(layer, share, 1 + i));
    const dense = count(cmsis, kinds[layer.kind].dense, cmsisRequest(drawn[0].dense));
    const ours = drawn.map((d) => count(programs[layer.kind], kinds[layer.kind].ours, d.packed));
    return [
      layer.name,
      dense.cycles.toLocaleString("en"),
      ...ours.map((o) => (o.cycles / dense.cycles).toFixed(3)),
      (dense.cycles / dense.instructions).toFixed(2),
      (ours[1].cycles / ours[1].instructions).toFixed(2),
    ];
  });
  console.log(`${core}: modelled cycles, ours / dense CMSIS-NN, and cycles per instruction\n`);
  const percent = shares.map((share) => `${100 * share} %`);
  table(["layer", "CMSIS-NN", ...percent, "CMSIS-NN's per instruction", "ours at 50 %"], rows);
} finally {
  rmSync(work, { recursive: true, force: true });
}
