/** Which pruned layers would do more good whole: what each saves of the file against what it costs of the time. */

import { packedCost, unprunedCost } from "../latency/index.js";
import { stockBytes } from "../pack/index.js";
import { keptWeights } from "../schedule.js";
import type { Model } from "../tflite/model.js";
import type { Preview, Reference } from "./figures.js";

/** Less is not worth what the other layers lose more where this one keeps everything. */
const leastExcess = 0.05;

/**
 * The layers that take a larger share of the dense model's time, beyond what they take with nothing pruned, than they save of its
 * file, by a twentieth at least.
 *
 * @param model the dense one
 * @param denseBytes of its file after the diet
 * @returns their positions, the dearest first
 */
export function dearLayers(
  { target, time }: Pick<Reference, "target" | "time">,
  model: Model,
  { states, packed }: Preview,
  denseBytes: number,
): number[] {
  const packedBytes = new Map(
    packed.layers.flatMap(({ operator, op, packedBytes }) => (op ? [[operator, packedBytes]] : [])),
  );
  return states
    .map(({ layer, unit, keep }, position) => {
      const bytes = packedBytes.get(layer.operator);
      if (bytes === undefined || !keep.includes(0)) return { position, excess: 0 };
      const cost = packedCost(target, layer, unit, keptWeights({ layer, unit, keep }));
      const slower = (cost - unprunedCost(target, layer)) / time;
      return { position, excess: slower - (stockBytes(model, layer, true) - bytes) / denseBytes };
    })
    .filter(({ excess }) => excess > leastExcess)
    .sort((a, b) => b.excess - a.excess)
    .map(({ position }) => position);
}
