const whole = (value) => value.toLocaleString("en-US");
const percent = (value) => `${value.toFixed(1)} %`;

/** Lines of a table: the first column left-aligned, the others right-aligned, two spaces between. */
function align(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join("  "),
  );
}

/** The before/after table, then the share of weights that each layer kept. */
export function printComparison({ dense, pruned, report }) {
  const share = (key) => percent((100 * pruned[key]) / dense[key]);
  const points = 100 * (pruned.accuracy - dense.accuracy);
  const summary = [
    ["", "dense", "pruned", ""],
    ["model, bytes", whole(dense.modelBytes), whole(pruned.modelBytes), share("modelBytes")],
    ["arena, bytes", whole(dense.arenaBytes), whole(pruned.arenaBytes), share("arenaBytes")],
    [
      `accuracy on ${whole(dense.samples)} digits`,
      percent(100 * dense.accuracy),
      percent(100 * pruned.accuracy),
      `${points > 0 ? "+" : ""}${points.toFixed(1)} points`,
    ],
  ];
  const layers = report.layers.map((layer) => [
    `${layer.index} ${layer.op}`,
    layer.shape.join("x"),
    percent(100 * layer.kept),
    whole(layer.denseBytes),
    whole(layer.packedBytes),
  ]);
  for (const line of align(summary)) console.log(line);
  console.log();
  for (const line of align([["layer", "shape", "kept", "bytes", "packed"], ...layers])) console.log(line);
}
