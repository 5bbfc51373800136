/** Removes every dead channel of a model, and those that die with them. */

import type { Model } from "../tflite/model.js";
import type { NarrowedLayer } from "./cut.js";
import { type DeadChannels, deadChannels } from "./dead.js";
import { type NarrowModel, removeChannels } from "./remove.js";

export interface NarrowOptions {
  /** Leave channels in whose removal changes outputs at borders; false by default. */
  exactOnly?: boolean;
}

export interface RemovedFilters {
  operator: number;
  /** Numbers in the model that came in, ascending. */
  filters: number[];
  /** Those among them whose constant is read together with padding: outputs at borders deviate. */
  inexact: number[];
}

export interface NarrowResult extends NarrowModel {
  /** CONV_2D, FULLY_CONNECTED and DEPTHWISE_CONV_2D that lost filters. */
  removed: RemovedFilters[];
}

function exactOnes(dead: DeadChannels): DeadChannels {
  const left = new Set(dead.inexact);
  return { ...dead, channels: dead.channels.filter((channel) => !left.has(channel)), inexact: [] };
}

/** Former numbers of what is kept after a second step, in terms of those before the first. */
function compose(before: NarrowedLayer[] | undefined, after: NarrowedLayer[]): NarrowedLayer[] {
  if (before === undefined) return after;
  return after.map(({ operator, keptFilters, keptInputs }, i) => ({
    operator,
    keptFilters: keptFilters.map((filter) => before[i]!.keptFilters[filter]!),
    keptInputs: keptInputs.map((input) => before[i]!.keptInputs[input]!),
  }));
}

/** Notes what a step removes, under the numbers of the first model. */
function note(
  removed: Map<number, RemovedFilters>,
  dead: DeadChannels[],
  layers: NarrowedLayer[] | undefined,
): void {
  const numbers = new Map(layers?.map((layer) => [layer.operator, layer.keptFilters]));
  for (const { group, channels, inexact } of dead) {
    for (const { operator, offsets } of [...group.producers, ...group.depthwise]) {
      const entry = removed.get(operator) ?? { operator, filters: [], inexact: [] };
      const former = (channel: number) =>
        offsets.map((offset) => numbers.get(operator)?.[offset + channel] ?? offset + channel);
      entry.filters.push(...channels.flatMap(former));
      entry.inexact.push(...inexact.flatMap(former));
      removed.set(operator, entry);
    }
  }
}

/**
 * The model without its dead channels (`deadChannels`), repeated until none is left. Every output stays the same byte for
 * byte, except where `removed` says that filters were not exact (see `removeChannels`).
 */
export function narrow(model: Model, { exactOnly = false }: NarrowOptions = {}): NarrowResult {
  const removed = new Map<number, RemovedFilters>();
  let current = removeChannels(model, []);
  let layers: NarrowedLayer[] = current.layers;
  for (;;) {
    const found = deadChannels(current.model);
    const dead = (exactOnly ? found.map(exactOnes) : found).filter(({ channels }) => channels.length > 0);
    if (dead.length === 0) break;
    note(removed, dead, layers);
    current = removeChannels(current.model, dead);
    layers = compose(layers, current.layers);
  }
  const ascending = (numbers: number[]) => numbers.sort((a, b) => a - b);
  const sorted = [...removed.values()].sort((a, b) => a.operator - b.operator);
  for (const { filters, inexact } of sorted) {
    ascending(filters);
    ascending(inexact);
  }
  return { model: current.model, layers, removed: sorted };
}
