// How much memory a whole run takes: VGG11 with 1,024 calibration samples and teaching, the process and its workers
// together, stage by stage. More than 1.5 GB is a failure.
//
// Usage: node bench/memory.mjs [--model vgg11] [--keep 0.3] [--epochs 1] [--limit 1500]   (needs /proc)
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { models, requireData } from "./models.mjs";
import { table } from "./table.mjs";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "vgg11" },
    keep: { type: "string", default: "0.3" },
    epochs: { type: "string", default: "1" },
    /** MB. */
    limit: { type: "string", default: "1500" },
  },
});
const everyMs = 50;

requireData();
if (process.send) await run();
else await measure();

/** The run itself, in a process of its own; it tells which stage it is in. */
async function run() {
  const { prune } = await import("../dist/index.js");
  const cwd = mkdtempSync(join(tmpdir(), "dtmm-bench-"));
  const running = ["start"];
  const tell = () => process.send({ stage: running.at(-1) });
  const stage = (name) => {
    running.push(name);
    tell();
    const done = () => {
      if (!running.includes(name)) return;
      running.splice(running.lastIndexOf(name), 1);
      tell();
    };
    return { update: () => undefined, done };
  };
  try {
    const { options } = models[values.model];
    await prune(
      {
        ...options,
        ...{ calibrationSamples: 1024, keep: Number(values.keep), finetune: Number(values.epochs) },
        ...{ seed: 1, resume: false, dryRun: true },
      },
      { cwd, progress: { stage } },
    );
  } finally {
    rmSync(cwd, { recursive: true, force: true });
    process.disconnect();
  }
}

/** Resident MB of a process, or undefined where it is gone. */
function residentOf(pid) {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) / 1000;
  } catch {
    return undefined;
  }
}

function childrenOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return text === "" ? [] : text.split(" ");
  } catch {
    return [];
  }
}

/** Resident MB of a process and of all below it, the process itself first. Pages that they share count several times. */
function treeOf(pid) {
  const own = residentOf(pid);
  return own === undefined ? [] : [own, ...childrenOf(pid).flatMap(treeOf)];
}

async function measure() {
  const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2));
  const exit = once(child, "exit");
  let stage = "start";
  child.on("message", (message) => {
    stage = message.stage;
  });
  const peaks = new Map();
  const timer = setInterval(() => {
    const tree = treeOf(child.pid);
    const total = tree.reduce((sum, own) => sum + own, 0);
    if (total > (peaks.get(stage)?.total ?? 0)) peaks.set(stage, { total, tree });
  }, everyMs);
  const [code] = await exit;
  clearInterval(timer);
  if (code !== 0) throw new Error(`the run ended with ${code}`);
  const row = ([
    name,
    {
      total,
      tree: [own, ...workers],
    },
  ]) => [...[name, total.toFixed(0), own.toFixed(0)], workers.map((worker) => worker.toFixed(0)).join(" + ")];
  table(["stage", "peak, MB", "main process", "workers"], [...peaks].map(row));
  const peak = Math.max(...[...peaks.values()].map(({ total }) => total));
  const within = peak <= Number(values.limit);
  console.log(`\npeak ${peak.toFixed(0)} MB, limit ${values.limit} MB: ${within ? "within" : "above"}`);
  if (!within) process.exitCode = 1;
}
