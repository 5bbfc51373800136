/** Layers and scores for the tests of the `taylor` schedule. */

import type { TaylorScores } from "../../lib/taylor/importance.js";
import type { TaylorLayer, TaylorLimits, TaylorProblem } from "../../lib/taylor/problem.js";
import { seededRandom } from "../support/random.js";

/** A 3x3 layer; `pixels` are those of its output. */
export function layerOf(
  operator: number,
  channels: number,
  filters: number,
  pixels: number,
  links: Pick<TaylorLayer, "removal" | "source"> = {},
): TaylorLayer {
  return { operator, filters, positions: 9, channels, macs: filters * 9 * channels * pixels, ...links };
}

/** Scores from those of the filterlets. */
export function scoresOf(layer: TaylorLayer, filterlets: Float64Array): TaylorScores {
  const filters = new Float64Array(layer.filters);
  filterlets.forEach((score, index) => {
    filters[Math.floor(index / layer.positions)]! += score;
  });
  return { filterlets, filters };
}

/** Positive random scores around 1, each layer's in its own unit. */
export function randomScores(layers: readonly TaylorLayer[], units: readonly number[]): TaylorScores[] {
  const random = seededRandom(5);
  return layers.map((layer, l) =>
    scoresOf(
      layer,
      Float64Array.from({ length: layer.filters * layer.positions }, () => (0.5 + random.next()) * units[l]!),
    ),
  );
}

/** Two layers in a row: the first has most of the work, the second most of the weights. */
export function twoLayers(limits: TaylorLimits): TaylorProblem {
  const layers = [layerOf(0, 16, 16, 1024), layerOf(2, 16, 64, 16)];
  return { layers, scores: randomScores(layers, [1, 1]), limits };
}

/** Three layers in a row whose filters can leave; a fully connected layer reads the last one. */
export function removableChain(limits: TaylorLimits): TaylorProblem {
  const removal = { bytesPerFilter: 0 };
  const layers = [
    layerOf(0, 3, 16, 1024, { removal }),
    layerOf(2, 16, 32, 256, { removal, source: 0 }),
    layerOf(4, 32, 32, 64, { removal: { bytesPerFilter: 10 }, source: 1 }),
  ];
  return { layers, scores: randomScores(layers, [0.2, 0.1, 0.05]), limits };
}
