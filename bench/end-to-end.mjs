// The figures of docs/results.md: what one-shot pruning without labels makes of real models, each point proven in the
// TFLM interpreter. Usage: node bench/end-to-end.mjs [--seeds 1,2,3]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { prune } from "../dist/index.js";
import { models, requireData } from "./models.mjs";
import { table } from "./table.mjs";

const { values } = parseArgs({ options: { seeds: { type: "string", default: "1,2,3" } } });
const seeds = values.seeds.split(",").map(Number);
const percent = (share, digits = 2) => `${(100 * share).toFixed(digits)} %`;

requireData();
const cwd = mkdtempSync(join(tmpdir(), "dtmm-bench-"));
try {
  await warmUp();
  const rows = [
    await point("vgg11", { keep: 0.5 }),
    await point("vgg11", { keep: 0.4 }),
    await point("vgg11", { maxAccuracyDrop: 2 }),
    await point("resnet8", { keep: 0.8 }),
  ].flat();
  table(
    [
      "model",
      "asked",
      "seed",
      "kept weights",
      "file",
      "dense",
      "pruned",
      "lost points",
      "agreement",
      "arena",
      "seconds",
    ],
    rows,
  );
  inspectTime();
} finally {
  rmSync(cwd, { recursive: true, force: true });
}

/** Builds the interpreter where the cache does not have it, so that no figure holds a build. */
async function warmUp() {
  await prune({ ...models.resnet8.options, calibrationSamples: 32, keep: 1, dryRun: true }, { cwd });
}

/** One row per seed. */
async function point(name, goal) {
  const rows = [];
  for (const seed of seeds) {
    const start = performance.now();
    const result = await prune(
      { ...models[name].options, ...goal, seed, resume: false, dryRun: true },
      { cwd },
    );
    const seconds = (performance.now() - start) / 1000;
    const { dense, pruned, verdict } = result;
    if (verdict !== "pass") throw new Error(`${name} ${JSON.stringify(goal)}: a limit was not met`);
    rows.push([
      models[name].title,
      Object.entries(goal).flat().join(" "),
      seed,
      percent(pruned.keptWeights),
      `${pruned.bytes} (${percent(pruned.bytes / dense.bytes, 1)})`,
      percent(dense.accuracy),
      percent(pruned.accuracy),
      (100 * (dense.accuracy - pruned.accuracy)).toFixed(2),
      percent(pruned.agreement),
      percent(pruned.arenaBytes / dense.arenaBytes, 1),
      seconds.toFixed(1),
    ]);
  }
  return rows;
}

/** Wall time of the whole warm command, process start included; the median of five. */
function inspectTime() {
  const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    spawnSync(process.execPath, [main, "inspect", models.resnet8.options.model, "--quiet"], { cwd });
    return (performance.now() - start) / 1000;
  }).sort((a, b) => a - b);
  console.log(`\nwarm dtmm inspect of ResNet8: ${times[2].toFixed(2)} s (median of five)`);
}
