// Holds predicted instructions against counted ones on models that the tables were not fitted to: in all, of the dense model
// in TFLM's reference kernels and with CMSIS-NN, and of the model pruned at random. Ends with exit code 1 where one is off by
// more than 10 %. Models that are already packed may be named as well.
// Usage: npm run build && node bench/check-costs.mjs --cmsis-nn DIR [--cores cortex-m4,...] [packed.tflite ...]
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { boardCores } from "../dist/board/boards.js";
import { predictOperators } from "../dist/latency/prediction.js";
import { pack } from "../dist/pack/index.js";
import { isCustomOperator, mainGraph } from "../dist/tflite/graph.js";
import { readModel } from "../dist/tflite/reader.js";
import { candidateUnits } from "../dist/unit-choice.js";
import { randomlyPruned } from "./cost-networks.mjs";
import { openBoard } from "./count-models.mjs";
import { countedModels } from "./models.mjs";
import { table } from "./table.mjs";

const { values, positionals } = parseArgs({
  options: {
    "cmsis-nn": { type: "string" },
    cores: { type: "string", default: boardCores.join(",") },
  },
  allowPositionals: true,
});
if (values["cmsis-nn"] === undefined) throw new Error("--cmsis-nn DIR: a checkout of ARM-software/CMSIS-NN");

/** Most that a prediction may be off, as a share of the count. */
const tolerance = 0.1;

const read = (path) => {
  const bytes = readFileSync(path);
  return { name: basename(path, ".tflite"), model: readModel(bytes, path), bytes };
};
const dense = [
  fileURLToPath(new URL("../examples/digits/model/digits_int8.tflite", import.meta.url)),
  ...countedModels,
]
  .filter((path) => existsSync(path) || console.log(`skipped, not there: ${basename(path)}`))
  .map(read);

/** What is pruned: the share of weights that stays, and which of a layer's units is taken, from the coarsest on. */
const prunings = [
  { share: 0.75, unit: 0 },
  { share: 0.5, unit: -1 },
  { share: 0.5, unit: 1 },
  { share: 0.25, unit: -1 },
];

function pruned(model, core, { share, unit }) {
  const unitOf = (layer) => {
    const units = candidateUnits(layer, core);
    return units.at(Math.min(unit, units.length - 1));
  };
  return pack(randomlyPruned(model, share, unitOf), []);
}

const total = (instructions) => instructions.reduce((sum, each) => sum + each, 0);
let failed = false;

const percent = (error) => `${error < 0 ? "" : "+"}${(100 * error).toFixed(1)} %`;

/** A prediction beside its count, which counts for the exit code. */
function compared(predicted, counted, show) {
  const error = predicted / counted - 1;
  failed ||= Math.abs(error) > tolerance;
  return [show(predicted), show(counted), percent(error)];
}
const instructions = (predicted, counted) =>
  compared(predicted, counted, (n) => Math.round(n).toLocaleString("en"));
const ratio = (predicted, counted) => compared(predicted, counted, (share) => share.toFixed(3));

/** Instructions in all: in a TFLM tree, and with CMSIS-NN's kernels in its stock operators. */
const totals = (operators) => ({
  tree: total(operators.map((one) => one.instructions)),
  cmsisNn: total(operators.map((one) => one.cmsisNn ?? one.instructions)),
});

/** Predicted and counted totals of a model. */
async function both(core, { model, bytes }, board) {
  const counts = await board.operators(model, bytes);
  const cmsisNn = await board.cmsisNn(model);
  return {
    predicted: totals(predictOperators(model, core)),
    counted: totals(counts.map((count, index) => ({ instructions: count, cmsisNn: cmsisNn.get(index) }))),
  };
}

/** Rows of one model. */
async function check(core, { name, model, bytes }, board) {
  const { predicted, counted } = await both(core, { model, bytes }, board);
  const own = instructions(predicted.tree, counted.tree);
  if (mainGraph(model).operators.some((operator) => isCustomOperator(model, operator))) {
    return [[name, "packed", ...own]];
  }
  const rows = [
    [name, "dense, TFLM's kernels", ...own],
    [name, "dense, CMSIS-NN's kernels", ...instructions(predicted.cmsisNn, counted.cmsisNn)],
  ];
  for (const pruning of prunings) {
    const one = await both(core, pruned(model, core, pruning), board);
    const unit = pruning.unit < 0 ? "finest unit" : `unit ${1 + pruning.unit}`;
    rows.push([
      ...[name, `${100 * pruning.share} % kept, ${unit}`],
      ...instructions(one.predicted.tree, one.counted.tree),
      ...ratio(one.predicted.cmsisNn / predicted.cmsisNn, one.counted.cmsisNn / counted.cmsisNn),
    ]);
  }
  return rows;
}

for (const core of values.cores.split(",")) {
  console.log(`\n${core}\n`);
  const board = await openBoard(core, values["cmsis-nn"]);
  const rows = [];
  for (const model of [...dense, ...positionals.map(read)]) rows.push(...(await check(core, model, board)));
  const ratioColumns = ["predicted / CMSIS-NN", "counted / CMSIS-NN", "off by"];
  table(
    ["model", "kernels", "predicted", "counted", "off by", ...ratioColumns],
    rows.map((row) => [...row, "", "", ""].slice(0, 8)),
  );
}
process.exitCode = failed ? 1 : 0;
