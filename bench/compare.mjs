// The tables of docs/results.md that hold methods against each other: `dtmm compare` on the models to measure with, in the
// interpreter and on an emulated core. What is measured stays in --out, so that a long bench can be done in parts; --read makes
// the tables of what lies in some folders already.
//
// Usage: node bench/compare.mjs --cmsis-nn DIR [--out DIR] [--models vgg11,resnet8,dscnn] [--methods ...]
//        [--aims both,bytes,latency] [--targets cortex-m4] [--seeds 1,2,3] [--shares 0.85,0.7,0.55,0.4] [--recoveries refit,taught] [--read DIR,DIR]
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { atEqualAccuracy } from "../dist/compare/fronts.js";
import { compare } from "../dist/index.js";
import { models, requireData } from "./models.mjs";
import { table } from "./table.mjs";

const { values } = parseArgs({
  options: {
    "cmsis-nn": { type: "string" },
    out: { type: "string" },
    models: { type: "string", default: "vgg11,resnet8,dscnn" },
    methods: { type: "string", default: "filterlet,taylor,filter-l1,chip,patdnn,unstructured" },
    aims: { type: "string", default: "both,bytes,latency" },
    targets: { type: "string", default: "cortex-m4" },
    seeds: { type: "string", default: "1,2,3" },
    shares: { type: "string", default: "0.85,0.7,0.55,0.4" },
    recoveries: { type: "string", default: "refit,taught" },
    read: { type: "string" },
  },
});
const list = (text) => text.split(",");

function read(folders) {
  const parts = folders.flatMap((folder) =>
    readdirSync(join(folder, "tasks")).map((file) =>
      JSON.parse(readFileSync(join(folder, "tasks", file), "utf8")),
    ),
  );
  const points = parts.flatMap((part) => part.points);
  const byName = new Map();
  for (const { dense } of parts) {
    if (!dense) continue;
    const known = byName.get(dense.name);
    byName.set(dense.name, { ...dense, targets: { ...known?.targets, ...dense.targets } });
  }
  return { models: [...byName.values()], points };
}

async function measured() {
  requireData();
  const folder = mkdtempSync(join(tmpdir(), "dtmm-compare-"));
  const out = resolve(values.out ?? folder);
  const file = join(folder, "models.json");
  const entries = list(values.models).map((name) => ({
    name,
    ...models[name].options,
    ...models[name].labelled,
  }));
  writeFileSync(file, JSON.stringify(entries));
  const options = {
    ...{ models: file, out, methods: list(values.methods), targets: list(values.targets) },
    ...{ seeds: list(values.seeds).map(Number), shares: list(values.shares).map(Number) },
    ...{
      aims: list(values.aims),
      recoveries: list(values.recoveries),
      cmsisNn: values["cmsis-nn"] && resolve(values["cmsis-nn"]),
    },
  };
  return compare(options, { cwd: folder });
}

const result = values.read === undefined ? await measured() : read(list(values.read));
const cells = atEqualAccuracy(result);
const groups = new Map();
for (const cell of cells) {
  const key = JSON.stringify([cell.model, cell.target, cell.recovery, cell.method, cell.against]);
  groups.set(key, [...(groups.get(key) ?? []), cell]);
}
const saved = (ratio) => (ratio === undefined ? "" : `${(100 * (ratio - 1)).toFixed(0)} %`);
const drops = [1, 2, 3, 5];
for (const [what, ratio] of [
  ["bytes", "bytesRatio"],
  ["instructions", "instructionsRatio"],
]) {
  console.log(`\n${what} at the same loss of accuracy, in points, against each method\n`);
  table(
    ["model", "target", "recovery", "method", "against", "seeds", ...drops.map((drop) => `${drop}`)],
    [...groups].map(([key, own]) => [
      ...JSON.parse(key),
      Math.max(...own.map(({ seeds }) => seeds)),
      ...drops.map((drop) => saved(own.find((cell) => cell.drop === drop)?.[ratio])),
    ]),
  );
}
console.log("\nEvery point, means over the seeds\n");
const rows = new Map();
for (const point of result.points) {
  const key = JSON.stringify([point.model, point.target, point.recovery, point.method, point.share]);
  rows.set(key, [...(rows.get(key) ?? []), point]);
}
const mean = (own, of) => own.reduce((sum, point) => sum + of(point), 0) / own.length;
table(
  [
    "model",
    "target",
    "recovery",
    "method",
    "share",
    "seeds",
    "kept",
    "bytes",
    "arena",
    "instructions",
    "lost",
  ],
  [...rows].map(([key, own]) => [
    ...JSON.parse(key),
    own.length,
    `${(100 * mean(own, (point) => point.keptWeights)).toFixed(1)} %`,
    Math.round(mean(own, ({ bytes }) => bytes)).toLocaleString("en"),
    Math.round(mean(own, (point) => point.arenaTargetBytes ?? point.arenaBytes)).toLocaleString("en"),
    own[0].instructions === undefined
      ? ""
      : Math.round(mean(own, ({ instructions }) => instructions)).toLocaleString("en"),
    mean(own, ({ drop }) => drop).toFixed(2),
  ]),
);
