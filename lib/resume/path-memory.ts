/** The points that a pruning path reaches, kept for the next run that goes the same way. */

import type { LayerState } from "../importance.js";
import type { PathPoint } from "../prune.js";
import type { RoundedLayer } from "../pruned-model.js";
import type { Resumption } from "./resumption.js";

/** A point without its layers: they are those of the point that it was reached from. */
interface Stored extends Omit<PathPoint, "states" | "rounded"> {
  states: Omit<LayerState, "layer">[];
  rounded: (Omit<RoundedLayer, "layer"> & { operator: number })[];
}

function detached(point: PathPoint): Stored {
  return {
    ...point,
    states: point.states.map(({ layer: _, ...own }) => own),
    rounded: point.rounded.map(({ layer, ...own }) => ({ operator: layer.operator, ...own })),
  };
}

function attached(stored: Stored, { states }: PathPoint): PathPoint {
  const layers = new Map(states.map(({ layer }) => [layer.operator, layer]));
  return {
    ...stored,
    states: stored.states.map((own, i) => ({ layer: states[i]!.layer, ...own })),
    rounded: stored.rounded.map(({ operator, ...own }) => ({ layer: layers.get(operator)!, ...own })),
  };
}

/** A point's key is that of the point before it and what was asked of the step: a way, not only a place. */
export class PathMemory {
  readonly #keys = new WeakMap<PathPoint, string>();

  /** @param inputs everything that all points depend on */
  constructor(
    private readonly resumption: Resumption,
    dense: PathPoint,
    inputs: unknown,
  ) {
    this.#keys.set(dense, resumption.key("path", inputs));
  }

  /**
   * The point that a step leads to, taken up or reached now.
   *
   * @param wish everything that the step is asked for
   * @param step goes the step
   */
  async point(from: PathPoint, wish: unknown, step: () => Promise<PathPoint>): Promise<PathPoint> {
    const key = this.resumption.key("point", [this.#keys.get(from)!, wish]);
    const earlier = await this.resumption.read<Stored>(this.resumption.passing(key));
    const point = earlier === undefined ? await step() : attached(earlier, from);
    if (earlier === undefined) await this.resumption.write(key, detached(point));
    this.#keys.set(point, key);
    return point;
  }
}
