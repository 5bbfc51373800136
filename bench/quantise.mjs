// The quantisation table of docs/results.md: the float ResNet8 quantised by each rule and pruned, against its official int8
// sibling pruned to the same bytes.
//
// Usage: node bench/quantise.mjs [--seeds 1,2,3] [--shares 0.8]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prune } from "../dist/index.js";
import { floatResnet8, models, requireData } from "./models.mjs";
import { table } from "./table.mjs";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "1,2,3" }, shares: { type: "string", default: "0.8" } },
});

requireData();
const cwd = mkdtempSync(join(tmpdir(), "dtmm-bench-"));
const { options } = models.resnet8;
const numbers = (text) => text.split(",").map(Number);
const rows = [];
try {
  for (const keep of numbers(values.shares)) {
    for (const seed of numbers(values.seeds)) {
      const official = await measured(keep, seed, "official int8", { ...options, keep });
      for (const quantiseRange of ["minmax", "percentile", "mse"]) {
        const float = { ...options, model: floatResnet8, quantiseRange, flash: official.pruned.bytes };
        await measured(keep, seed, `float, ${quantiseRange}`, float);
      }
    }
  }
} finally {
  rmSync(cwd, { recursive: true, force: true });
}
table(["asked", "seed", "from", "float", "int8", "pruned", "lost", "file", "agreement"], rows);

async function measured(keep, seed, from, own) {
  const result = await prune({ ...own, seed, dryRun: true }, { cwd });
  const { dense, pruned, float } = result;
  const percent = (share) => `${(100 * share).toFixed(2)} %`;
  rows.push([
    `${100 * keep} % of the weights`,
    seed,
    from,
    float === undefined ? "" : percent(float.accuracy),
    percent(dense.accuracy),
    percent(pruned.accuracy),
    (100 * (dense.accuracy - pruned.accuracy)).toFixed(2),
    pruned.bytes,
    percent(pruned.agreement),
  ]);
  return result;
}
