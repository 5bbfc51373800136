// The quality table of docs/results.md: pruned models against their dense ones and against two baselines at the same
// bytes, on the same seeds. Evaluation inputs serve for the final figure alone.
//
// Usage: node bench/quality.mjs [--models vgg11,resnet8,dscnn] [--seeds 1,2,3] [--methods filterlet,taylor,filter-l1]
//        [--ways one-shot,taught] [--record results.jsonl]
// With --record, rows are kept in a file and not measured twice, so that a long bench can be done in parts.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prune } from "../dist/index.js";
import { models, requireData } from "./models.mjs";
import { table } from "./table.mjs";

const { values } = parseArgs({
  options: {
    models: { type: "string", default: "vgg11,resnet8,dscnn" },
    seeds: { type: "string", default: "1,2,3" },
    methods: { type: "string", default: "filterlet,taylor,filter-l1" },
    ways: { type: "string", default: "one-shot,taught" },
    record: { type: "string" },
  },
});

/** File bytes of the dense models that are asked for as a share of the file. */
const vgg11Bytes = 335248;

/** What is asked for, and the points of accuracy that may be lost. */
const points = [
  {
    model: "vgg11",
    way: "one-shot",
    goal: { flash: Math.floor(0.5 * vgg11Bytes) },
    asked: "50 % of the file",
    most: 1,
  },
  {
    model: "vgg11",
    way: "one-shot",
    goal: { flash: Math.floor(0.42 * vgg11Bytes) },
    asked: "42 % of the file",
    most: 2,
  },
  {
    model: "vgg11",
    way: "taught",
    goal: { flash: Math.floor(0.4 * vgg11Bytes) },
    asked: "40 % of the file",
    most: 1,
  },
  {
    model: "vgg11",
    way: "taught",
    goal: { flash: Math.floor(0.3 * vgg11Bytes) },
    asked: "30 % of the file",
    most: 2,
  },
  { model: "resnet8", way: "one-shot", goal: { keep: 0.8 }, asked: "80 % of the weights", most: 2 },
  { model: "resnet8", way: "taught", goal: { keep: 0.65 }, asked: "65 % of the weights", most: 1.5 },
  { model: "resnet8", way: "taught", goal: { keep: 0.5 }, asked: "50 % of the weights", most: 3.5 },
  { model: "dscnn", way: "one-shot", goal: { keep: 0.75 }, asked: "75 % of the weights", most: 1.2 },
  { model: "dscnn", way: "taught", goal: { keep: 0.6 }, asked: "60 % of the weights", most: 1.5 },
];

requireData();
const list = (text) => text.split(",");
const seeds = list(values.seeds).map(Number);
const methods = list(values.methods);
const known = values.record && existsSync(values.record) ? readFileSync(values.record, "utf8") : "";
const recorded = new Map(
  known
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .map((row) => [row.key, row]),
);
const cwd = mkdtempSync(join(tmpdir(), "dtmm-bench-"));
const rows = [];
try {
  for (const point of points) {
    if (!list(values.models).includes(point.model) || !list(values.ways).includes(point.way)) continue;
    for (const seed of seeds) {
      // The baselines get the bytes that the method itself came to.
      const own = await measured(point, seed, "filterlet", point.goal);
      if (methods.includes("filterlet")) rows.push(own);
      for (const method of methods.filter((name) => name !== "filterlet")) {
        try {
          rows.push(await measured(point, seed, method, { flash: own.bytes }));
        } catch (error) {
          // DTMM as published prunes no 1x1 convs, for one.
          if (error.code !== "LIMIT_OUT_OF_REACH") throw error;
          console.log(`${models[point.model].title}, seed ${seed}, ${method}: ${error.message}`);
        }
      }
    }
  }
} finally {
  rmSync(cwd, { recursive: true, force: true });
}
show();

async function measured(point, seed, method, goal) {
  const key = [point.model, point.way, point.asked, seed, method].join(" | ");
  const before = recorded.get(key);
  if (before !== undefined) return before;
  const { options, labelled } = models[point.model];
  const start = performance.now();
  const result = await prune(
    {
      ...options,
      ...goal,
      // Its authors train on labels; everything else is taught without.
      ...(method === "taylor" ? labelled : {}),
      method,
      seed,
      finetune: point.way === "taught" ? "auto" : "off",
      dryRun: true,
    },
    { cwd },
  );
  const { dense, pruned } = result;
  const row = {
    key,
    model: point.model,
    asked: point.asked,
    way: point.way,
    most: point.most,
    seed,
    method,
    bytes: pruned.bytes,
    share: pruned.bytes / dense.bytes,
    kept: pruned.keptWeights,
    dense: dense.accuracy,
    pruned: pruned.accuracy,
    lost: Number((100 * (dense.accuracy - pruned.accuracy)).toFixed(2)),
    agreement: pruned.agreement,
    teaching: result.seconds.finetune,
    seconds: (performance.now() - start) / 1000,
  };
  recorded.set(key, row);
  if (values.record) appendFileSync(values.record, `${JSON.stringify(row)}\n`);
  return row;
}

function show() {
  const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
  const head = [
    "model",
    "asked",
    "way",
    "method",
    "seed",
    "file",
    "kept",
    "dense",
    "pruned",
    "lost",
    "limit",
  ];
  table(
    [...head, "agreement", "teaching, s", "all, s"],
    rows.map((row) => [
      models[row.model].title,
      row.asked,
      row.way,
      row.method,
      row.seed,
      `${row.bytes} (${percent(row.share)})`,
      percent(row.kept),
      percent(row.dense, 2),
      percent(row.pruned, 2),
      row.lost.toFixed(2),
      row.method === "filterlet" ? row.most : "",
      percent(row.agreement),
      row.teaching.toFixed(0),
      row.seconds.toFixed(0),
    ]),
  );
}
