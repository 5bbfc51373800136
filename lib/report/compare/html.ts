/** The report of a comparison as one HTML page: fronts, ratios at equal accuracy, and what each method leaves. */

import { onFront } from "../../compare/fronts.js";
import type { ComparedModel, ComparePoint, CompareResult, EqualAccuracy } from "../compare-result.js";
import { count, percent } from "../format.js";
import { html, type Markup } from "../markup.js";
import { number, numbers, over, page, table, text, textRow } from "../page.js";
import { frontPlot } from "../plots/front-plot.js";
import { kindsPlot } from "../plots/kinds-plot.js";
import { sharePlot } from "../plots/share-plot.js";
import { representatives } from "./representatives.js";
import { floatNotes } from "./rows.js";
import { verdict } from "./verdict.js";

/** Draws and writes the whole page. */
export async function compareHtml(result: CompareResult): Promise<string> {
  const groups = groupsOf(result);
  const sections = await Promise.all(groups.map((group) => section(result, group)));
  return page(
    "dtmm: methods compared",
    html`<h1>Pruning methods compared</h1>
<p class="soft">Every point ran in the TFLM interpreter; packed models gave the bytes of their stock twins at every operator.</p>
${[...floatNotes(result), ...(result.warnings ?? [])].map((note) => html`<p>Note: ${note}</p>`)}
${models(result.models)}
${sections}
${missing(result)}`,
  );
}

/** Points that belong into one plot. */
interface Group {
  model: string;
  target: string;
  recovery: ComparePoint["recovery"];
  points: ComparePoint[];
}

function groupsOf({ points }: CompareResult): Group[] {
  const groups = new Map<string, Group>();
  for (const point of points) {
    const { model, target, recovery } = point;
    const key = JSON.stringify([model, target, recovery]);
    const group = groups.get(key) ?? { model, target, recovery, points: [] };
    group.points.push(point);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function models(all: readonly ComparedModel[]): Markup {
  const rows = all.map(
    (model) => html`<tr>${text(model.name)}${number(count(model.bytes))}${number(count(model.lean.bytes))}
${number(count(model.arenaBytes))}${number(percent(model.accuracy))}${number(count(model.samples))}</tr>`,
  );
  const titles = [
    "Model",
    ...["Bytes", "After lossless steps", "Arena, host", "Accuracy", "Inputs"].map(over),
  ];
  return html`<h2>Dense models</h2>${table(titles, rows)}`;
}

async function section(result: CompareResult, group: Group): Promise<Markup> {
  const { model, target, recovery, points } = group;
  const counted = points.some(({ instructions }) => instructions !== undefined);
  const [bytes, instructions, kinds, shares] = await Promise.all([
    front(group, "bytes of the model file", ({ bytes: own }) => own),
    counted ? front(group, "instructions per inference", (point) => point.instructions) : html``,
    kindsOf(group),
    sharesOf(group),
  ]);
  return html`<h2>${model}, ${target}, ${recovery}</h2>
${bytes}
${instructions}
${pointTable(points)}
${equal(result.equalAccuracy.filter((cell) => cell.model === model && cell.target === target && cell.recovery === recovery))}
${kinds}
${shares}`;
}

function front(
  { model, points }: Group,
  name: string,
  cost: (point: ComparePoint) => number | undefined,
): Promise<Markup> {
  const best = new Set(onFront(points, cost));
  const marks = points.flatMap((point) => {
    const x = cost(point);
    return x === undefined
      ? []
      : [{ series: point.method, x, y: 100 * point.accuracy, front: best.has(point) }];
  });
  return frontPlot(
    marks,
    { x: name, y: "accuracy, %" },
    `${model}: accuracy by ${name}, ${marks.length} points`,
  );
}

function pointTable(points: readonly ComparePoint[]): Markup {
  const rows = points.map((point) =>
    textRow([
      `${point.method}, seed ${point.seed}`,
      percent(point.keptWeights),
      count(point.bytes),
      count(point.arenaTargetBytes ?? point.arenaBytes),
      point.instructions === undefined ? "" : count(Math.round(point.instructions)),
      percent(point.accuracy),
      point.drop.toFixed(2),
      percent(point.agreement),
    ]),
  );
  const titles = ["Kept", "Bytes", "Arena", "Instructions", "Accuracy", "Lost", "Agreement"].map(over);
  return numbers(["Method", ...titles], rows);
}

function equal(cells: readonly EqualAccuracy[]): Markup {
  if (cells.length === 0) return html``;
  const rows = cells.map(
    (
      cell,
    ) => html`<tr>${text(`${cell.method} / ${cell.against}`)}${number(cell.drop.toFixed(1))}${number(String(cell.seeds))}
${number(ratio(cell.bytesRatio))}${number(ratio(cell.instructionsRatio))}${text(verdict(cell))}</tr>`,
  );
  const titles = [
    "Ratio of",
    over("Points lost"),
    over("Seeds"),
    over("Bytes"),
    over("Instructions"),
    "Who wins",
  ];
  return html`<h3>At equal accuracy</h3>
<p class="soft">Below 1 the first method takes less.</p>
${table(titles, rows)}`;
}

function ratio(value: number | undefined): string {
  return value === undefined ? "" : value.toFixed(3);
}

async function kindsOf({ points, model }: Group): Promise<Markup> {
  const chosen = representatives(points);
  const files = chosen.map(({ method, drop, bytesByKind }) => ({
    name: `${method}, ${drop.toFixed(1)} points`,
    kinds: bytesByKind,
  }));
  const drawn = await kindsPlot(files, `${model}: bytes by what they are for, one file of each method`);
  const rows = files.map(({ name, kinds }) =>
    textRow([name, ...[kinds.weights, kinds.index, kinds.records, kinds.metadata].map(count)]),
  );
  const titles = ["File", ...["Weights", "Index", "Biases and records", "Metadata"].map(over)];
  return html`<h3>Bytes by kind</h3>
<p class="soft">The smallest file of each method that loses at most 2 points, or else the one that loses least.</p>
${drawn}
${numbers(titles, rows)}`;
}

async function sharesOf({ points, model }: Group): Promise<Markup> {
  const cells = representatives(points).flatMap(({ method, layers }) =>
    layers
      .filter(({ shape }) => shape.length > 0)
      .map(({ index, kept }) => ({ layer: String(index), method, kept })),
  );
  const drawn = await sharePlot(cells, `${model}: share of the weights that each layer keeps, by method`);
  const rows = cells.map(({ layer, method, kept }) => textRow([`${method}, layer ${layer}`, percent(kept)]));
  return html`<h3>What layers keep</h3>
${drawn}
${numbers(["Layer", over("Kept")], rows)}`;
}

function missing({ missing: lines }: CompareResult): Markup {
  if (lines.length === 0) return html``;
  const rows = lines.map(
    ({ model, method, recovery, seed, share, reason }) =>
      html`<tr>${text(`${model}, ${method}, ${recovery}, seed ${seed}`)}${number(percent(share))}${text(reason)}</tr>`,
  );
  return html`<h2>What methods could not do</h2>${table(["", over("Asked"), "Reason"], rows)}`;
}
