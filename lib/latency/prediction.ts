/** Predicted instructions of a whole model, operator by operator: what `dtmm bench` counts. */

import type { BoardCore } from "../board/boards.js";
import type { Model } from "../tflite/model.js";
import { modelWork } from "./operator-work.js";
import { instructionsOn } from "./tables.js";
import type { KernelSet, KernelWork } from "./work.js";

/** Instructions of an operator per inference. */
export interface PredictedOperator {
  /** In a TFLM tree: of the packed kernel, or of the tree's reference kernel for a stock operator. */
  instructions: number;
  /** Of CMSIS-NN's kernel, for a stock operator that it has one for. */
  cmsisNn?: number;
}

/** Predicts every operator of the main subgraph, in their order. */
export function predictOperators(model: Model, core: BoardCore): PredictedOperator[] {
  const priced = (set: KernelSet, work?: KernelWork) => (work ? instructionsOn(core, set, work) : 0);
  return modelWork(model, core).map(({ packed, reference, cmsisNn }) => ({
    instructions: priced("packed", packed) + priced("reference", reference),
    ...(cmsisNn === undefined ? {} : { cmsisNn: priced("cmsisNn", cmsisNn) }),
  }));
}

/** Predicted instructions of every operator on the kernels that firmware runs: CMSIS-NN's where it has one. */
export function firmwareInstructions(model: Model, core: BoardCore): number[] {
  return predictOperators(model, core).map(({ instructions, cmsisNn }) =>
    Math.round(cmsisNn ?? instructions),
  );
}
