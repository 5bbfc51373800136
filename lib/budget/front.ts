/** The Pareto front of a run: what sizes cost what accuracy, predicted over a grid and as far as the run went there. */

import type { PackedModel } from "../pack/index.js";
import type { Currency } from "../schedule.js";
import { type Basis, type Figures, previewer } from "./figures.js";

/** One point; `accuracy` and `agreement` where the interpreter measured them, see `Score`. */
export interface FrontPoint extends Figures {
  /** Predicted in one step from the dense network, or carried out. */
  origin: "forecast" | "tried";
  arenaBytes: number;
  accuracy?: number;
  agreement?: number;
}

/** Shares that are predicted for every run. */
const gridShares = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];

/** Points of the grid in a currency, the largest share first. */
export async function forecastFront(
  basis: Basis,
  currency: Currency,
  arenaOf: (packed: PackedModel) => Promise<number>,
): Promise<FrontPoint[]> {
  const previewOf = previewer(basis, currency);
  const points: FrontPoint[] = [];
  for (const share of gridShares) {
    const { packed, figures } = previewOf(share);
    points.push({ origin: "forecast", ...figures, arenaBytes: await arenaOf(packed) });
  }
  return points;
}
