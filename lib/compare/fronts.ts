/** What methods come to at equal loss of accuracy. */

import type { ComparedModel, ComparePoint, CompareResult, EqualAccuracy } from "../report/compare-result.js";
import { isOwn } from "./tasks.js";

/** One end of a trade: points of accuracy lost, and what is paid for not losing more. */
export interface Trade {
  drop: number;
  cost: number;
}

/** The trades that no other beats in both, the cheapest first; so `drop` descends. */
export function paretoFront(trades: readonly Trade[]): Trade[] {
  const sorted = [...trades].sort((a, b) => a.drop - b.drop || a.cost - b.cost);
  const front: Trade[] = [];
  for (const trade of sorted) {
    if (front.length === 0 || trade.cost < front.at(-1)!.cost) front.push(trade);
  }
  return front.reverse();
}

/**
 * Cost at which a front loses `drop` points, between two of its ends by linear interpolation.
 *
 * @param deepest the most that was lost by anything measured: up to there the cheapest end stands, since what lost more cost no less
 * @returns undefined where the front loses more at every cost, or nothing was measured that loses as much
 */
export function costAt(
  front: readonly Trade[],
  drop: number,
  deepest = front[0]?.drop ?? 0,
): number | undefined {
  const [cheapest] = front;
  if (cheapest !== undefined && cheapest.drop <= drop) return drop <= deepest ? cheapest.cost : undefined;
  for (const [i, cheaper] of front.entries()) {
    const dearer = front[i + 1];
    if (dearer === undefined || dearer.drop > drop) continue;
    const way = (drop - dearer.drop) / (cheaper.drop - dearer.drop);
    return dearer.cost + way * (cheaper.cost - dearer.cost);
  }
  return undefined;
}

/** Losses of accuracy, in points, at which methods are compared. */
export const comparedDrops = [1, 2, 3, 5] as const;

/** The points that no other of their method and seed beats in accuracy and cost, for the line of a plot. */
export function onFront(
  points: readonly ComparePoint[],
  cost: (point: ComparePoint) => number | undefined,
): ComparePoint[] {
  return points.filter((point) => {
    const own = cost(point);
    if (own === undefined) return false;
    return !points.some((other) => {
      const theirs = cost(other);
      const beats = theirs !== undefined && theirs <= own && other.accuracy >= point.accuracy;
      const better = theirs !== undefined && (theirs < own || other.accuracy > point.accuracy);
      return other.method === point.method && beats && better;
    });
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * What a method takes at a loss, on one seed: read off the front of its own points. The lean dense model is its end without a
 * loss, for losses smaller than those that were measured; it never stands for models of the method that cost more than it does.
 */
function costOf(
  points: readonly ComparePoint[],
  drop: number,
  dense: number | undefined,
  cost: (point: ComparePoint) => number | undefined,
): number | undefined {
  const trades = points.flatMap((point): Trade[] => {
    const own = cost(point);
    return own === undefined ? [] : [{ drop: Math.max(0, point.drop), cost: own }];
  });
  if (trades.length === 0) return undefined;
  const drops = trades.map((trade) => trade.drop);
  const [least, deepest] = [Math.min(...drops), Math.max(...drops)];
  if (drop >= least) return costAt(paretoFront(trades), drop, deepest);
  if (dense === undefined) return undefined;
  const first = Math.min(...trades.filter((trade) => trade.drop === least).map((trade) => trade.cost));
  return dense + (drop / least) * (first - dense);
}

/** The ratio of two methods' costs at a loss, on every seed where both fronts reach it. */
function ratios(
  own: readonly ComparePoint[],
  other: readonly ComparePoint[],
  drop: number,
  dense: number | undefined,
  cost: (point: ComparePoint) => number | undefined,
): number[] {
  const seeds = [...new Set(own.map(({ seed }) => seed))];
  return seeds.flatMap((seed) => {
    const at = (points: readonly ComparePoint[]) =>
      costOf(
        points.filter((point) => point.seed === seed),
        drop,
        dense,
        cost,
      );
    const [first, second] = [at(own), at(other)];
    return first === undefined || second === undefined ? [] : [first / second];
  });
}

/** The product's own method, for size and for time, against every other one, per model, target and recovery. */
export function atEqualAccuracy({
  models,
  points,
}: Pick<CompareResult, "models" | "points">): EqualAccuracy[] {
  const groups = new Map<string, ComparePoint[]>();
  for (const point of points) {
    const key = JSON.stringify([point.model, point.target, point.recovery]);
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  const byName = new Map<string, ComparedModel>(models.map((model) => [model.name, model]));
  return [...groups.values()].flatMap((group) => {
    const { model, target, recovery } = group[0]!;
    const dense = byName.get(model);
    const methods = [...new Set(group.map(({ method }) => method))];
    const of = (method: string) => group.filter((point) => point.method === method);
    const cells = methods.flatMap((method) =>
      methods.flatMap((against) => comparedDrops.map((drop) => ({ method, against, drop }))),
    );
    return cells
      .filter(({ method, against }) => isOwn(method) && !isOwn(against))
      .flatMap(({ method, against, drop }): EqualAccuracy[] => {
        const bytes = ratios(of(method), of(against), drop, dense?.lean.bytes, (point) => point.bytes);
        const denseInstructions = dense?.targets[target]?.instructions;
        const instructions = ratios(
          of(method),
          of(against),
          drop,
          denseInstructions,
          (point) => point.instructions,
        );
        if (bytes.length === 0 && instructions.length === 0) return [];
        return [
          {
            ...{ model, target, recovery, method, against, drop },
            seeds: Math.max(bytes.length, instructions.length),
            ...(bytes.length === 0 ? {} : { bytesRatio: mean(bytes) }),
            ...(instructions.length === 0 ? {} : { instructionsRatio: mean(instructions) }),
          },
        ];
      });
  });
}
