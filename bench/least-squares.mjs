// Least squares without negative coefficients.

/** Rounds of the descent; these problems have a handful of unknowns and are at rest long before. */
const rounds = 20_000;

/**
 * Coefficients x >= 0 with the least sum of squared relative errors, ((row . x) / target - 1)^2, by coordinate descent on
 * the normal equations: each coefficient in turn becomes the best one given the others, or 0.
 */
export function nonNegativeLeastSquares(rows, targets) {
  const unknowns = rows[0].map((_, j) => j);
  const relative = rows.map((row, i) => row.map((value) => value / targets[i]));
  // Columns differ by orders of magnitude.
  const scales = unknowns.map((j) => Math.hypot(...relative.map((row) => row[j])) || 1);
  const dot = (a, b) => relative.reduce((sum, row) => sum + (row[a] / scales[a]) * (row[b] / scales[b]), 0);
  const products = unknowns.map((a) => unknowns.map((b) => dot(a, b)));
  const wanted = unknowns.map((a) => relative.reduce((sum, row) => sum + row[a] / scales[a], 0));
  const x = unknowns.map(() => 0);
  for (let round = 0; round < rounds; round++) {
    for (const a of unknowns) {
      if (products[a][a] === 0) continue;
      const rest = unknowns.reduce((sum, b) => sum + products[a][b] * x[b], 0);
      x[a] = Math.max(0, x[a] + (wanted[a] - rest) / products[a][a]);
    }
  }
  return x.map((value, j) => value / scales[j]);
}
