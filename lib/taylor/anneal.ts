/** The search of DTMM's authors over the two shares of every layer: simulated annealing on predicted latency. */

import type { Random } from "../data/random.js";
import { cutsOf, keptMacs } from "./cost.js";
import { clip, fits, memoryFits } from "./limits.js";
import { peakActivations } from "./memory.js";
import type { Shares, TaylorProblem } from "./problem.js";

/** How long and how hot the search is. */
export interface AnnealingPlan {
  startTemperature: number;
  /** The search ends when the temperature is no longer above this. */
  endTemperature: number;
  /** Factor of the temperature from one round to the next. */
  cooling: number;
  /** Candidates per temperature. */
  candidates: number;
  /** Every share moves by a uniform draw from -disturbance to disturbance. */
  disturbance: number;
}

/** The authors' own settings for VGG11: 16 temperatures with 100 candidates each. */
export const authorsPlan: AnnealingPlan = {
  startTemperature: 100,
  endTemperature: 20,
  cooling: 0.9,
  candidates: 100,
  disturbance: 0.05,
};

/** By how much a bottleneck layer loses filters at a time. */
const memoryStep = 0.05;
/** Halvings of the common step: finer than one filterlet of any layer that TFLM can hold. */
const halvings = 26;

/** Removes filters of the layers that write the largest activations until these fit. */
function fitMemory(problem: TaylorProblem, shares: Shares, bounds: Shares): Shares {
  const { layers, limits } = problem;
  let fitting = clip(shares, bounds);
  for (let cuts = cutsOf(layers, fitting); !memoryFits(limits, cuts); cuts = cutsOf(layers, fitting)) {
    const bottleneck = peakActivations(limits.memory!.steps, cuts).layers;
    const beta = fitting.beta.map((share, l) => (bottleneck.includes(l) ? share + memoryStep : share));
    fitting = clip({ alpha: fitting.alpha, beta }, bounds);
  }
  return fitting;
}

/**
 * Brings a candidate onto the limits: all shares of all layers move by one common step, within the bounds, to where the
 * limits are just met. A candidate that prunes more than it must is thus brought back.
 */
function fitBudget(problem: TaylorProblem, shares: Shares, bounds: Shares): Shares {
  const moved = (step: number) =>
    clip({ alpha: shares.alpha.map((a) => a + step), beta: shares.beta.map((b) => b + step) }, bounds);
  let low = -1;
  let high = 1;
  if (fits(problem, cutsOf(problem.layers, moved(low)))) return moved(low);
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2;
    if (fits(problem, cutsOf(problem.layers, moved(middle)))) high = middle;
    else low = middle;
  }
  return moved(high);
}

/**
 * The shares with the least predicted latency that the search met, all within the limits.
 *
 * @param bounds what an importance limit allows (`sharesWithin`); the limits must be reachable in it (`checkReachable`)
 * @param random the source of all draws: one seed gives one result
 */
export function anneal(problem: TaylorProblem, bounds: Shares, plan: AnnealingPlan, random: Random): Shares {
  const latency = problem.latency ?? keptMacs;
  const evaluate = (shares: Shares) => {
    const fitting = fitBudget(problem, fitMemory(problem, shares, bounds), bounds);
    return { shares: fitting, cost: latency(problem.layers, cutsOf(problem.layers, fitting)) };
  };
  const disturbed = (share: number) => share + (2 * random.float() - 1) * plan.disturbance;
  const none = new Float64Array(problem.layers.length);
  let current = evaluate({ alpha: none, beta: none });
  let best = current;
  for (let t = plan.startTemperature; t > plan.endTemperature; t *= plan.cooling) {
    for (let i = 0; i < plan.candidates; i++) {
      const { alpha, beta } = current.shares;
      const candidate = evaluate({ alpha: alpha.map(disturbed), beta: beta.map(disturbed) });
      const rise = candidate.cost - current.cost;
      if (rise < 0 || Math.exp(-rise / t) > random.float()) current = candidate;
      if (candidate.cost < best.cost) best = candidate;
    }
  }
  return best.shares;
}
