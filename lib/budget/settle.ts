/** From a planned share to one whose real figures are within the budgets: the plan predicts in one step, the path takes many. */

import type { Figures } from "./figures.js";
import { type Budgets, withinBudgets } from "./plan.js";

/** Tries below the planned share, each further down. */
const mostCorrections = 6;
/** Tries above it. */
const mostRaises = 3;
/** The least that a correction changes the share by. */
const leastStep = 1 / 1024;
/** Budgets that are used up to so much of them are not worth another try. */
const slackWorthATry = 0.005;

/** Bytes, and shares of the dense time, that one unit of share is about worth. */
export interface Slopes {
  bytes: number;
  latency: number;
}

/** How much the share would have to rise for the tightest budget to be used up; below 0 where one is exceeded. */
function room(budgets: Budgets, slopes: Slopes, { bytes, latency }: Figures): number {
  const rooms = [
    budgets.flash === undefined ? 1 : (budgets.flash - bytes) / slopes.bytes,
    budgets.latency === undefined ? 1 : (budgets.latency - latency) / slopes.latency,
  ];
  return Math.min(...rooms);
}

/**
 * The largest share near the planned one whose carried out figures are within the budgets, found by a few corrections.
 *
 * @param planned the share to begin with, and the one that is not to be exceeded
 * @returns what was carried out last where nothing within reach of the corrections is within the budgets
 */
export async function settle<C extends { share: number; figures: Figures }>(
  carryOut: (share: number) => Promise<C>,
  planned: { share: number; ceiling: number },
  budgets: Budgets,
  slopes: Slopes,
): Promise<C> {
  let tried = await carryOut(planned.share);
  for (let i = 0; i < mostCorrections && !withinBudgets(budgets, tried.figures); i++) {
    const down = Math.max(leastStep * 2 ** i, -room(budgets, slopes, tried.figures));
    tried = await carryOut(Math.max(tried.share / 2, tried.share - down));
  }
  // Where whole channels leave, bytes jump, and a share is worth fewer of them than its weights: one try up is not enough.
  let { ceiling } = planned;
  for (let i = 0; i < mostRaises; i++) {
    const spare = room(budgets, slopes, tried.figures);
    const larger = Math.min(ceiling, tried.share + spare);
    if (spare < slackWorthATry || larger - tried.share < slackWorthATry) break;
    const up = await carryOut(larger);
    if (withinBudgets(budgets, up.figures)) tried = up;
    else ceiling = (tried.share + larger) / 2;
  }
  return tried;
}
