import { accuracyName, count, figure, percent } from "./format.js";
import { html, type Markup } from "./markup.js";
import type { ParetoPoint, PruneResult } from "./result.js";
import { type ScatterPoint, scatter } from "./scatter.js";

const words = { forecast: "predicted", tried: "tried", result: "the result" } as const;

function titleOf(point: ParetoPoint): string {
  const accuracy = point.accuracy === undefined ? "" : `, accuracy ${percent(point.accuracy)}`;
  return `${words[point.origin]}: ${percent(point.keptWeights)} kept, ${count(point.bytes)} bytes, predicted loss ${figure(point.predictedLoss)}${accuracy}`;
}

/** Bytes against one figure of those points that have it. */
function chart(
  points: readonly ParetoPoint[],
  figureOf: (point: ParetoPoint) => number | undefined,
  y: Parameters<typeof scatter>[1]["y"],
): Markup {
  const marks = points.flatMap((point): ScatterPoint[] => {
    const value = figureOf(point);
    return value === undefined
      ? []
      : [{ x: point.bytes, y: value, kind: point.origin, title: titleOf(point) }];
  });
  const x = { name: "bytes of the model file", label: (bytes: number) => count(Math.round(bytes)) };
  return scatter(marks, { x, y }, `${y.name} by bytes of the model file, ${marks.length} points`);
}

/** The section on what sizes cost: measured where the run measured several sizes, and predicted. */
export function paretoFront({ pareto, evaluation, dense }: PruneResult): Markup {
  if (!pareto?.length) return html``;
  const name = accuracyName(evaluation?.accuracyMeans ?? "labels");
  const measured = pareto.filter(({ accuracy }) => accuracy !== undefined);
  const byAccuracy = chart(measured, ({ accuracy }) => accuracy, {
    name: `${name}, measured; the dense model has ${percent(dense.accuracy)}`,
    label: percent,
  });
  const byLoss = chart(pareto, ({ predictedLoss }) => Math.log10(predictedLoss + leastLoss), {
    name: "predicted loss, logarithmic",
    label: (exponent) => (10 ** exponent).toPrecision(1),
  });
  return html`<h2>Size against loss</h2>
${measured.length > 1 ? byAccuracy : html``}
${byLoss}
<p class="soft">${key("forecast", "predicted in one step")}${key("tried", "tried")}${key("result", "the result")}</p>`;
}

/** So that a point without any loss has a place on the logarithmic axis. */
const leastLoss = 1e-6;

function key(kind: ParetoPoint["origin"], text: string): Markup {
  return html`<svg class="key" viewBox="0 0 2 2" aria-hidden="true"><circle class="${kind}" cx="1" cy="1" r="1"/></svg>${text}`;
}
