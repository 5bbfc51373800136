/** What runs on a target, priced; in units that are the target's own, since only ratios of them are used. */

import { type BoardCore, boardCores } from "../board/boards.js";
import type { WeightLayer } from "../layers.js";
import type { Target } from "../options/types.js";
import type { Model, Operator } from "../tflite/model.js";
import type { PruningUnit } from "../unit.js";
import { genericCosts } from "./generic-costs.js";
import { denseWork, otherWork, packedWork } from "./operator-work.js";
import { instructionsOn } from "./tables.js";
import type { OperatorWork } from "./work.js";

export interface Costs {
  /** A layer in the packed kernel. Never falls as weights are added. */
  packed(layer: WeightLayer, unit: PruningUnit, keptWeights: number): number;
  /** One kept weight of a layer in the packed kernel: the average over all of them. */
  perWeight(layer: WeightLayer, unit: PruningUnit): number;
  /** A layer in the dense kernel. */
  dense(layer: WeightLayer): number;
  /** Operators that are not such layers. */
  others(model: Model, operators: readonly Operator[]): number;
}

/** Instructions in CMSIS-NN's kernel where it has one, else in TFLM's reference kernel. */
function stockInstructions(core: BoardCore, work: OperatorWork): number {
  if (work.cmsisNn !== undefined) return instructionsOn(core, "cmsisNn", work.cmsisNn);
  return work.reference === undefined ? 0 : instructionsOn(core, "reference", work.reference);
}

/** Instructions on a core: packed kernels against CMSIS-NN's. */
function coreCosts(core: BoardCore): Costs {
  const packed = (layer: WeightLayer, unit: PruningUnit, keptWeights: number) => {
    const { kind, geometry, weights } = layer;
    const share = keptWeights / weights.length;
    return instructionsOn(core, "packed", packedWork(core, { kind, geometry, unit, share }));
  };
  return {
    packed,
    perWeight: (layer, unit) =>
      (packed(layer, unit, layer.weights.length) - packed(layer, unit, 0)) / layer.weights.length,
    dense: (layer) => stockInstructions(core, denseWork(core, layer)),
    others: (model, operators) =>
      operators.reduce((sum, one) => sum + stockInstructions(core, otherWork(model, one, core)), 0),
  };
}

/** The costs on a target. */
export function costsOn(target: Target): Costs {
  const core = boardCores.find((known) => known === target);
  return core === undefined ? genericCosts : coreCosts(core);
}
