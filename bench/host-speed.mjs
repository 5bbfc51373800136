// How much faster the host kernels run a model than TFLM's own kernels, in the same interpreter.
//
//     npm run build && node bench/host-speed.mjs [ROUNDS]
//
// One worker runs the same inputs on TFLM's own and on the host kernels, by turns; a row has the medians over the rounds
// of milliseconds per input. The last column is a whole evaluation of 10,000 inputs on all workers, proofs included.
import { loadInputs } from "../dist/data/inputs.js";
import { importModel } from "../dist/import.js";
import { ensureAddon } from "../dist/native/build.js";
import { WorkerPool } from "../dist/native/pool.js";
import { modelFacts, runModel } from "../dist/runs.js";
import { arenaFor } from "../dist/tflite/graph.js";
import { locateTflm } from "../dist/tflm/locate.js";
import { models, requireData } from "./models.mjs";
import { table } from "./table.mjs";

requireData();
const rounds = Number(process.argv[2] ?? 5);
const inputsPerRound = 20;
const evaluations = 10_000;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** The same inputs over and over, `count` of them. */
function repeated({ bytes, samples }, count) {
  const size = bytes.length / samples;
  const repeats = Buffer.alloc(count * size, bytes.subarray(0, Math.min(samples, count) * size));
  return { bytes: new Uint8Array(repeats), samples: count };
}

/** Milliseconds of one call for `samples` inputs. */
async function timed(pool, model, { bytes, samples }, treeSamples) {
  const request = { model: model.bytes, arenaBytes: arenaFor(model.model), inputs: bytes, samples };
  const start = performance.now();
  const { outputs, strays } = await pool.call("runModel", { ...request, treeSamples }, { worker: 0 });
  if (strays.length > 0) throw new Error(`host kernels of operators ${strays} differ from TFLM's`);
  return { milliseconds: performance.now() - start, outputs: Buffer.from(outputs) };
}

async function row(pool, { title, options }) {
  const model = await importModel(options.model, { purpose: "inspect" });
  const signal = new AbortController().signal;
  const facts = await modelFacts(model, { pool, signal });
  const scaling = { inputScale: options.inputScale ?? 1, inputOffset: options.inputOffset ?? 0 };
  const samples = await loadInputs(options.eval, facts.inputs[0], scaling);
  const few = repeated(samples, inputsPerRound);
  const one = repeated(samples, 1);
  const rows = [];
  for (let round = 0; round < rounds; round++) {
    const tree = await timed(pool, model, few, 0);
    const proof = await timed(pool, model, one, 1);
    const host = await timed(pool, model, few, 1);
    if (!tree.outputs.equals(host.outputs)) throw new Error(`${title}: outputs differ`);
    rows.push({
      tree: tree.milliseconds / inputsPerRound,
      host: (host.milliseconds - proof.milliseconds) / (inputsPerRound - 1),
    });
  }
  const many = repeated(samples, evaluations);
  const start = performance.now();
  const progress = { update: () => undefined, done: () => undefined };
  await runModel(model, many, { pool, signal, progress });
  const seconds = (performance.now() - start) / 1000;
  const figure = (of) => median(rows.map(of));
  return [
    title,
    figure(({ tree }) => tree).toFixed(2),
    figure(({ host }) => host).toFixed(2),
    figure(({ tree, host }) => tree / host).toFixed(1),
    seconds.toFixed(1),
  ];
}

const addonPath = await ensureAddon({ tflm: await locateTflm() });
const pool = await WorkerPool.open({ addonPath });
const rows = [];
for (const model of Object.values(models)) rows.push(await row(pool, model));
await pool.close();
table(["model", "TFLM's own, ms", "host kernels, ms", "ratio", `${evaluations} inputs, s`], rows);
