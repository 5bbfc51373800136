/** The drawn sections of a prune's report; made apart from the page, because drawing takes a promise. */

import type { ArenaMap } from "../arena-map.js";
import { accuracyName, change, count, figure, percent } from "./format.js";
import { html, type Markup } from "./markup.js";
import { numbers, over, textRow } from "./page.js";
import { arenaPlot, peakStep } from "./plots/arena-plot.js";
import { type FrontMark, frontPlot } from "./plots/front-plot.js";
import { keptMap } from "./plots/kept-map.js";
import { kindsPlot } from "./plots/kinds-plot.js";
import { latencyPlot } from "./plots/latency-plot.js";
import type { ParetoPoint, PruneResult } from "./result.js";

export interface PrunePlots {
  front: Markup;
  kinds: Markup;
  maps: Markup;
  latency: Markup;
  arena: Markup;
}

const nothing = html``;

const origins = { forecast: "predicted in one step", tried: "tried", result: "the result" } as const;

/** Draws everything that the result has the numbers for. */
export async function prunePlots(result: PruneResult): Promise<PrunePlots> {
  const [front, kinds, latency, arena] = await Promise.all([
    fronts(result),
    bytesByKind(result),
    latencies(result),
    arenas(result),
  ]);
  return { front, kinds, maps: maps(result), latency, arena };
}

function marksOf(points: readonly ParetoPoint[], y: (point: ParetoPoint) => number): FrontMark[] {
  return points.map((point) => ({
    series: origins[point.origin],
    x: point.bytes,
    y: y(point),
    front: false,
  }));
}

async function fronts({ pareto, evaluation, dense }: PruneResult): Promise<Markup> {
  if (!pareto?.length) return nothing;
  const name = accuracyName(evaluation?.accuracyMeans ?? "labels");
  const measured = pareto.filter(({ accuracy }) => accuracy !== undefined);
  const x = "bytes of the model file";
  const byAccuracy =
    measured.length < 2
      ? nothing
      : await frontPlot(
          marksOf(measured, ({ accuracy }) => accuracy!),
          { x, y: `${name}; the dense model has ${percent(dense.accuracy)}` },
          `${name} by bytes of the model file, ${measured.length} points`,
        );
  const byLoss = await frontPlot(
    marksOf(pareto, ({ predictedLoss }) => predictedLoss),
    { x, y: "predicted loss, logarithmic", logarithmic: true },
    `Predicted loss by bytes of the model file, ${pareto.length} points`,
  );
  const rows = pareto.map((point) =>
    textRow([
      origins[point.origin],
      percent(point.keptWeights),
      count(point.bytes),
      figure(point.predictedLoss),
      point.accuracy === undefined ? "" : percent(point.accuracy),
    ]),
  );
  const titles = ["", over("Kept"), over("Bytes"), over("Predicted loss"), over("Accuracy")];
  return html`<h2>Size against loss</h2>
${byAccuracy}
${byLoss}
${numbers(titles, rows)}`;
}

async function bytesByKind({ bytesByKind: both }: PruneResult): Promise<Markup> {
  if (both === undefined) return nothing;
  const files = [
    { name: "dense", kinds: both.dense },
    { name: "pruned", kinds: both.pruned },
  ];
  const drawn = await kindsPlot(files, "Bytes of both files by what they are for");
  const rows = files.map(({ name, kinds }) =>
    textRow([name, ...[kinds.weights, kinds.index, kinds.records, kinds.metadata].map(count)]),
  );
  const titles = ["File", over("Weights"), over("Index"), over("Biases and records"), over("Metadata")];
  return html`<h2>Bytes by kind</h2>
${drawn}
${numbers(titles, rows)}`;
}

function maps({ layers }: PruneResult): Markup {
  const drawn = layers.flatMap(({ keptMap: map, shape, index, kept }) => {
    const [filters = 1, rows = 1, columns = 1] = shape;
    if (map === undefined) return [];
    const bytes = new Uint8Array(Buffer.from(map, "base64"));
    // Where channels have left, the map has fewer filters than the dense layer.
    const left = Math.min(filters, Math.floor(bytes.length / (rows * columns)));
    const words = `Layer ${index}: what is left of ${left} filters of ${rows}x${columns}, ${percent(kept)} of the weights`;
    return [
      html`<h3>Layer ${index}, ${percent(kept)} kept</h3>${keptMap(bytes, [left, rows, columns], words)}`,
    ];
  });
  return drawn.length === 0
    ? nothing
    : html`<h2>What is left of the convolutions</h2>
<p class="soft">A map of kernel positions for every filter; the darker, the more of the input channels are kept there.</p>
${drawn}`;
}

async function latencies({ layers, target }: PruneResult): Promise<Markup> {
  const priced = layers.flatMap(({ index, op, predicted }) =>
    predicted === undefined ? [] : [{ index, op, ...predicted }],
  );
  if (priced.length === 0) return nothing;
  const bars = priced.flatMap(({ index, dense, pruned }) => [
    { layer: String(index), model: "dense, CMSIS-NN", instructions: dense },
    { layer: String(index), model: "pruned", instructions: pruned },
  ]);
  const drawn = await latencyPlot(
    bars,
    `Predicted instructions of ${priced.length} layers, dense and pruned`,
  );
  const rows = priced.map(({ index, op, dense, pruned }) =>
    textRow([`${index} ${op}`, count(dense), count(pruned), change(dense, pruned)]),
  );
  return html`<h2>Instructions per layer, predicted for ${target}</h2>
${drawn}
${numbers(["Layer", over("Dense"), over("Pruned"), over("Change")], rows)}`;
}

async function arenas({ arena }: PruneResult): Promise<Markup> {
  if (arena === undefined) return nothing;
  const [dense, pruned] = await Promise.all([
    arenaPlot(arena.dense, "dense"),
    arenaPlot(arena.pruned, "pruned"),
  ]);
  return html`<h2>Arena over time</h2>
<p class="soft">Where TFLM's planner puts the activations on this host.</p>
<h3>Dense</h3>${dense}${peak(arena.dense)}
<h3>Pruned</h3>${pruned}${peak(arena.pruned)}`;
}

/** What occupies the arena when most of it is taken. */
function peak(map: ArenaMap): Markup {
  const step = peakStep(map);
  const rows = map.tensors
    .filter(({ first, last }) => first <= step && step <= last)
    .map(({ tensor, bytes, offset, first, last }) =>
      textRow([`tensor ${tensor}`, count(bytes), count(offset), `${first} to ${last}`]),
    );
  const stays = map.arenaBytes - map.plannedBytes;
  return html`<p>The peak is at operator ${step}, ${map.steps[step]?.op ?? ""}, with ${count(map.steps[step]?.liveBytes ?? 0)} bytes of
activations; ${count(stays)} of ${count(map.arenaBytes)} bytes in use stay for good.</p>
${numbers(["", over("Bytes"), over("Offset"), over("Operators")], rows)}`;
}
