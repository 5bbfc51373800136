// Fits the cost tables of lib/latency/fitted/: instructions of the packed kernels, of TFLM's reference kernels and of
// CMSIS-NN, counted on emulated cores over small random networks, as prices of what the kernels do (lib/latency/work.ts).
// One to two minutes per core, and two to build TFLM for it the first time. Then: npm run build && node bench/check-costs.mjs
// Usage: npm run build && node bench/fit-costs.mjs --cmsis-nn DIR [--cores cortex-m4,...] [--networks 40]
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { boardCores } from "../dist/board/boards.js";
import { countedFlags } from "../dist/board/model-runner.js";
import { boardTool } from "../dist/board/tools.js";
import { kernelFolder } from "../dist/firmware/kernel-manifest.js";
import { modelWork } from "../dist/latency/operator-work.js";
import { instructionsOf, kernelSets } from "../dist/latency/work.js";
import { pack } from "../dist/pack/index.js";
import { writeModel } from "../dist/tflite/writer.js";
import { locateTflm } from "../dist/tflm/locate.js";
import { networks } from "./cost-networks.mjs";
import { openBoard } from "./count-models.mjs";
import { nonNegativeLeastSquares } from "./least-squares.mjs";
import { writeTable } from "./write-table.mjs";

const { values } = parseArgs({
  options: {
    "cmsis-nn": { type: "string" },
    cores: { type: "string", default: boardCores.join(",") },
    networks: { type: "string", default: "40" },
  },
});
if (values["cmsis-nn"] === undefined) throw new Error("--cmsis-nn DIR: a checkout of ARM-software/CMSIS-NN");

/** Counts every operator of a network, dense and pruned: its kernel set, kernel, work and instructions. */
async function observe(core, { model, pruned }, board) {
  const found = [];
  const add = (set, work, instructions) => {
    if (work !== undefined && instructions > 0) found.push({ set, ...work, instructions });
  };
  const dense = await board.operators(model, writeModel(model));
  const cmsisNn = await board.cmsisNn(model);
  modelWork(model, core).forEach(({ reference, cmsisNn: work }, index) => {
    add("reference", reference, dense[index]);
    add("cmsisNn", work, cmsisNn.get(index));
  });
  for (const one of pruned) {
    const packed = pack(one, []);
    const counts = await board.operators(packed.model, packed.bytes);
    modelWork(packed.model, core).forEach(({ packed: work }, index) => {
      add("packed", work, counts[index]);
    });
  }
  return found;
}

/** Prices that make less than this of all instructions are noise of the fit. */
const leastPart = 1e-6;

/** The prices of one kernel from what was seen of it. */
function fitKernel(seen) {
  const names = Object.keys(seen[0].work);
  const fitted = nonNegativeLeastSquares(
    seen.map(({ work }) => names.map((name) => work[name])),
    seen.map(({ instructions }) => instructions),
  );
  const all = seen.reduce((sum, { instructions }) => sum + instructions, 0);
  const partOf = (name, i) => seen.reduce((sum, { work }) => sum + fitted[i] * work[name], 0) / all;
  const prices = Object.fromEntries(
    names
      .map((name, i) => [name, Number(fitted[i].toPrecision(4)), partOf(name, i)])
      .filter(([, , part]) => part > leastPart)
      .map(([name, price]) => [name, price]),
  );
  const errors = seen
    .map(({ work, instructions }) => Math.abs(instructionsOf(prices, work) / instructions - 1))
    .sort((a, b) => a - b);
  const error = Number(errors[Math.floor(0.9 * (errors.length - 1))].toFixed(3));
  return { operators: seen.length, error, prices };
}

/** The table of a core from all that was seen on it. */
function fitTable(seen, provenance) {
  const kernels = kernelSets.map((set) => {
    const own = seen.filter((one) => one.set === set);
    const names = [...new Set(own.map(({ kernel }) => kernel))].sort();
    const fitted = names.map((name) => [name, fitKernel(own.filter(({ kernel }) => kernel === name))]);
    return [set, Object.fromEntries(fitted)];
  });
  return { provenance, kernels: Object.fromEntries(kernels) };
}

const firstLine = (tool) => execFileSync(boardTool(tool), ["--version"], { encoding: "utf8" }).split("\n")[0];

/** SHA-256 of all sources of the packed kernels, by name and content. */
function kernelHash() {
  const hash = createHash("sha256");
  for (const name of readdirSync(kernelFolder).sort()) {
    hash.update(`${name}\n`).update(readFileSync(join(kernelFolder, name)));
  }
  return hash.digest("hex").slice(0, 16);
}

const provenance = {
  compiler: firstLine("arm-none-eabi-gcc"),
  flags: countedFlags,
  emulator: firstLine("qemu-system-arm"),
  tflm: (await locateTflm({})).label,
  cmsisNn: execFileSync("git", ["-C", values["cmsis-nn"], "rev-parse", "HEAD"], { encoding: "utf8" }).trim(),
  kernels: kernelHash(),
  networks: Number(values.networks),
};
const drawn = networks(provenance.networks);
for (const core of values.cores.split(",")) {
  const started = Date.now();
  const board = await openBoard(core, values["cmsis-nn"]);
  const seen = [];
  for (const network of drawn) seen.push(...(await observe(core, network, board)));
  writeTable(core, fitTable(seen, provenance));
  console.log(`${core}: ${Math.round((Date.now() - started) / 1000)} s`);
}
