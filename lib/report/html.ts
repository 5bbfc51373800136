import { arenaNote, arenaRows } from "./arena.js";
import { bar } from "./bars.js";
import {
  accuracyName,
  change,
  count,
  figure,
  floatNote,
  percent,
  pointsChange,
  proofNote,
  shape,
} from "./format.js";
import { html, type Markup } from "./markup.js";
import { number, over, page, table, textRow } from "./page.js";
import type { PrunePlots } from "./prune-plots.js";
import type { PruneResult } from "./result.js";

/** The report of a prune as one HTML page. */
export function htmlReport(result: PruneResult, plots: PrunePlots): string {
  return page(
    `dtmm: ${result.model.path}`,
    html`${heading(result)}
${beforeAfter(result)}
${gates(result)}
${plots.front}
${plots.kinds}
${layers(result)}
${plots.maps}
${plots.latency}
${plots.arena}
${diet(result)}
${files(result)}
${circumstances(result)}`,
  );
}

const nothing = html``;

function heading(result: PruneResult): Markup {
  const words = result.verdict === "pass" ? "all limits met" : "a limit was not met, nothing was written";
  return html`<h1>Pruned: ${fileName(result.model.path)}</h1>
<p><span class="${result.verdict}">${result.verdict}</span> ${words}</p>
<p class="soft">${result.model.path}, sha256 ${result.model.sha256}</p>
${(result.warnings ?? []).map((warning) => html`<p>Note: ${warning}</p>`)}`;
}

function beforeAfter({ dense, pruned, evaluation, proof, float }: PruneResult): Markup {
  const means = evaluation?.accuracyMeans ?? "labels";
  const rows = [
    ["Model bytes", count(dense.bytes), count(pruned.bytes), change(dense.bytes, pruned.bytes)],
    ...arenaRows({ dense, pruned }).map(([name, ...figures]) => [capital(name!), ...figures]),
    [
      capital(accuracyName(means)),
      percent(dense.accuracy),
      percent(pruned.accuracy),
      pointsChange(dense.accuracy, pruned.accuracy),
    ],
    ["Weights kept", "", percent(pruned.keptWeights), ""],
  ];
  if (pruned.predictedLatency !== undefined) {
    rows.push(["Time per inference, predicted", "", percent(pruned.predictedLatency), ""]);
  }
  // Without labels the row above says it already.
  if (means === "labels") rows.push(["Agreement with dense", "", percent(pruned.agreement), ""]);
  return html`<h2>Before and after</h2>
${table(["", over("Dense"), over("Pruned"), over("Change")], rows.map(textRow))}
<p class="soft">Measured in the TFLM interpreter on ${count(dense.samples)} evaluation inputs${proofNote(proof)}${arenaNote({ pruned })}. ${floatNote(float)}</p>`;
}

function gates(result: PruneResult): Markup {
  if (result.gates.length === 0) return nothing;
  const rows = result.gates.map(
    (gate) => html`<tr><td>${gate.name}</td>${number(figure(gate.value))}${number(figure(gate.limit))}
<td class="number"><span class="${gate.pass ? "pass" : "fail"}">${gate.pass ? "met" : "not met"}</span></td></tr>`,
  );
  return html`<h2>Limits</h2>${table(["Limit", over("Value"), over("At most"), ""], rows)}`;
}

function layers(result: PruneResult): Markup {
  const rows = result.layers.map(
    (layer) => html`<tr><td class="number">${layer.index}</td>
<td>${layer.op}<br><span class="soft">${shape(layer.shape)}${layer.denseReason ? `, stays dense: ${layer.denseReason}` : ""}</span></td>
<td class="wide">${bar([{ value: layer.kept, kind: "kept" }], 1, `${percent(layer.kept)} kept`)}</td>${number(percent(layer.kept))}
${number(count(layer.denseBytes))}${number(count(layer.packedBytes))}${number(layer.bitExact ? "yes" : "no")}</tr>`,
  );
  const titles = [over("#"), "Layer", "Weights kept", "", ...["Dense B", "Packed B", "Bit-exact"].map(over)];
  return html`<h2>Layers</h2>${table(titles, rows)}`;
}

function diet(result: PruneResult): Markup {
  if (!result.diet?.length) return nothing;
  const rows = result.diet.map((step) => textRow([step.step, count(step.bytes)]));
  return html`<h2>Lossless diet</h2>${table(["Step", over("Bytes saved")], rows)}`;
}

function files(result: PruneResult): Markup {
  if (result.files.length === 0) return nothing;
  const rows = result.files.map(
    (file) => html`<tr><td class="path">${file.path}</td>${number(count(file.bytes))}</tr>`,
  );
  return html`<h2>${result.dryRun ? "Files that would be written" : "Files"}</h2>${table(["Path", over("Bytes")], rows)}`;
}

function circumstances(result: PruneResult): Markup {
  const stages = Object.entries(result.seconds).map(([stage, seconds]) => `${stage} ${seconds.toFixed(1)} s`);
  const tree = result.tflm
    ? html`<p class="soft">TFLM: ${result.tflm.label}, ${result.tflm.root}</p>`
    : nothing;
  const inputs = result.evaluation
    ? html`<p class="soft">Evaluation inputs: ${result.evaluation.path}</p>`
    : nothing;
  return html`<h2>How it was made</h2>
<p class="soft">Method ${result.method}, target ${result.target}, seed ${result.seed}</p>
${tree}
${inputs}
<p class="soft">Time: ${stages.join(", ")}</p>`;
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}

function fileName(file: string): string {
  return file.split(/[\\/]/).at(-1)!;
}
