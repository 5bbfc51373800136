/**
 * The plan for several budgets at once: the currency that the path removes weights in, and the largest share of it at
 * which every predicted figure is within its budget.
 *
 * Budgets of bytes and of time price a weight differently: one of a layer with many output positions costs more cycles
 * for the same byte. Their Lagrangian is a mix of both prices; of a few mixes the one with the least predicted loss is taken.
 */

import type { Aim } from "../aims.js";
import { denseCost, packedCost } from "../latency/index.js";
import type { PackedModel } from "../pack/index.js";
import { scratchBytes } from "../pack/scratch.js";
import type { Currency } from "../schedule.js";
import { largestShare } from "../search.js";
import { dearLayers } from "./dear-layers.js";
import { type Basis, type Figures, mixedCurrency, type Preview, previewer, shareOfOwn } from "./figures.js";
import { arenaOutOfReach, unreachable } from "./out-of-reach.js";

/** What the pruned model may come to; absent ones are not judged. */
export interface Budgets {
  /** Share of the imported model's prunable weights. */
  keep?: number | undefined;
  flash?: number | undefined;
  arena?: number | undefined;
  latency?: number | undefined;
}

export interface Plan {
  currency: Currency;
  /** Share of the currency, 0..1: the largest within the budgets, as predicted. */
  share: number;
  /** Share that is not to be exceeded, whatever the real figures say. */
  ceiling: number;
  /** Operators of which nothing is removed for a budget's sake, and why. */
  leftDense: ReadonlyMap<number, string>;
  /** Those among them that are not packed either. */
  stock: ReadonlySet<number>;
}

/** How much of the currency are cycles, where a latency budget binds. */
const cycleMixes = [1 / 3, 2 / 3, 1];

/** Steps of a schedule are whole groups: so much more than `keep` is still `keep`. */
const keepTolerance = 1 / 256;

/** Whether file size and latency are within their budgets. */
export function withinBudgets({ flash, latency }: Budgets, figures: Figures): boolean {
  return (
    figures.bytes <= (flash ?? Number.POSITIVE_INFINITY) &&
    figures.latency <= (latency ?? Number.POSITIVE_INFINITY)
  );
}

/**
 * The largest share of the plain currency within the budgets; there a share is one of the weights.
 *
 * @param ceiling what `keep` allows
 */
function largestPlain(ceiling: number, budgets: Budgets, previewOf: (share: number) => Preview) {
  const share = ceiling * largestShare((part) => withinBudgets(budgets, previewOf(part * ceiling).figures));
  return { share, ceiling, figures: previewOf(share).figures };
}

/** The largest share of a mixed currency within the budgets. */
function largestMixed({ keep = 1, ...budgets }: Budgets, previewOf: (share: number) => Preview) {
  const share = largestShare((tried) => {
    const { figures } = previewOf(tried);
    return figures.keptWeights <= keep + keepTolerance && withinBudgets(budgets, figures);
  });
  return { share, ceiling: keep < 1 ? share : 1, figures: previewOf(share).figures };
}

/** The best mix for budgets of bytes or time with some layers frozen. Throws LIMIT_OUT_OF_REACH. */
function bestMix(basis: Basis, budgets: Budgets, frozen: ReadonlySet<number>) {
  const currency = mixedCurrency(basis, 0, frozen);
  const keep = shareOfOwn(basis, budgets.keep ?? 1);
  const previewOf = previewer(basis, currency);
  const failure = unreachable(budgets, previewOf(0), frozen.size);
  if (failure !== undefined) throw failure;
  const bySize = largestPlain(keep, { ...budgets, latency: undefined }, previewOf);
  if (withinBudgets(budgets, bySize.figures)) return { currency, ...bySize };
  const plain = { currency, ...largestPlain(keep, budgets, previewOf) };
  const mixes = cycleMixes.map((cycles) => {
    const mixed = mixedCurrency(basis, cycles, frozen);
    return { currency: mixed, ...largestMixed(budgets, previewer(basis, mixed)) };
  });
  return mixes.reduce((a, b) => (b.figures.predictedLoss < a.figures.predictedLoss ? b : a), plain);
}

/** A layer whose packed kernel gains nothing with so much of it kept slows a model down unless hardly anything is left. */
const usefulShare = 0.5;

/** Positions of the layers that are slower packed than dense with half of their weights, the slowest first. */
function slowPacked({ curves, reference: { target } }: Basis): number[] {
  return curves
    .map(({ state: { layer, unit } }, position) => {
      const packed = packedCost(target, layer, unit, usefulShare * layer.weights.length);
      return { position, ratio: packed / denseCost(target, layer) };
    })
    .filter(({ ratio }) => ratio > 1)
    .sort((a, b) => b.ratio - a.ratio)
    .map(({ position }) => position);
}

/**
 * Positions of the layers that a latency budget is better met without: slow ones, as long as leaving one more dense is
 * predicted to lose less than pruning it until it is fast.
 */
function frozenForLatency(basis: Basis, budgets: Budgets): Set<number> {
  let frozen = new Set<number>();
  const slow = budgets.latency === undefined ? [] : slowPacked(basis);
  if (slow.length === 0) return frozen;
  const lossOf = (tried: Set<number>) => {
    const least = previewer(basis, mixedCurrency(basis, 0, tried))(0);
    if (unreachable(budgets, least, tried.size) !== undefined) return Number.POSITIVE_INFINITY;
    return bestMix(basis, budgets, tried).figures.predictedLoss;
  };
  let loss = lossOf(frozen);
  for (const position of slow) {
    const more = new Set([...frozen, position]);
    const left = lossOf(more);
    if (left >= loss) break;
    [frozen, loss] = [more, left];
  }
  return frozen;
}

/** Currency and share for all budgets with some layers frozen. Throws LIMIT_OUT_OF_REACH. */
function bestWith(basis: Basis, budgets: Budgets, frozen: ReadonlySet<number>) {
  if (budgets.flash !== undefined || budgets.latency !== undefined) return bestMix(basis, budgets, frozen);
  const keep = shareOfOwn(basis, budgets.keep ?? 1);
  return { currency: mixedCurrency(basis, 0, frozen), share: keep, ceiling: keep };
}

/** Freezes the layers that cost more time than they save bytes, the dearest first, as long as the budgets can be met without them. */
function freezeDear({ basis, budgets, expectedShare }: PlanRequest, frozen: Set<number>): void {
  for (;;) {
    const { currency, share } = bestWith(basis, budgets, frozen);
    const previewOf = previewer(basis, currency);
    const { reference, model } = basis;
    const denseBytes = previewOf(1).figures.bytes;
    const [dear] = dearLayers(reference, model, previewOf(Math.min(share, expectedShare)), denseBytes);
    if (dear === undefined) return;
    const least = previewer(basis, mixedCurrency(basis, 0, new Set([...frozen, dear])))(0);
    if (unreachable(budgets, least, frozen.size + 1) !== undefined) return;
    frozen.add(dear);
  }
}

/** Position of the packed layer whose kernel asks for most scratch memory; -1 where none does. */
function mostScratch({ states, packed }: Preview): number {
  const packedOperators = new Set(packed.layers.flatMap(({ operator, op }) => (op ? [operator] : [])));
  const buffers = states.map(({ layer, unit }) =>
    packedOperators.has(layer.operator) ? scratchBytes(layer, unit, "blocks") : 0,
  );
  const largest = Math.max(0, ...buffers);
  return largest === 0 ? -1 : buffers.indexOf(largest);
}

export interface PlanRequest {
  basis: Basis;
  budgets: Budgets;
  aim: Aim;
  /** Share of the weights, 0..1, that layers are judged at where no budget says how much is kept. */
  expectedShare: number;
  /** Whether shares below the plan's will be tried too, in which more layers may be packed. */
  goesOn: boolean;
  /** Arena of a packed model by TFLM's own planner. */
  arenaOf: (packed: PackedModel) => Promise<number>;
}

/** How far below the plan's share the arena is looked at where smaller shares will be tried. */
const deepShare = 0.25;

/**
 * Plans for all budgets at once. Layers that only cost time packed stay dense where a latency budget binds, and, where size and
 * time are to become small, those that take a larger share of the time than of the file, as long as the budgets allow it. Where the
 * arena is too small for the scratch memory of packed layers, the layer that asks for most stays dense, and the plan is made anew.
 *
 * @throws LIMIT_OUT_OF_REACH
 */
export async function planBudgets(request: PlanRequest): Promise<Plan> {
  const { budgets, goesOn, arenaOf } = request;
  const stock = new Set<number>();
  const basis = { ...request.basis, stock };
  const frozen = frozenForLatency(basis, budgets);
  if (request.aim === "both") freezeDear(request, frozen);
  const operatorOf = (position: number) => basis.curves[position]!.state.layer.operator;
  const leftDense = new Map([...frozen].map((i) => [operatorOf(i), "its packed form would be slower"]));
  let least = Number.POSITIVE_INFINITY;
  for (;;) {
    const { currency, share, ceiling } = bestWith(basis, budgets, frozen);
    const plan = { currency, share, ceiling, leftDense, stock };
    if (budgets.arena === undefined) return plan;
    const preview = previewer(basis, currency)(goesOn ? deepShare * share : share);
    const arena = await arenaOf(preview.packed);
    if (arena <= budgets.arena) return plan;
    least = Math.min(least, arena);
    const binding = mostScratch(preview);
    if (binding < 0) throw arenaOutOfReach(budgets.arena, least, basis.model);
    frozen.add(binding);
    stock.add(operatorOf(binding));
    leftDense.set(operatorOf(binding), "its packed form would take too much arena");
  }
}
