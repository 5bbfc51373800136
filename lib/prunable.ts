/** Which layers of a model are pruned: one rule for what `inspect` promises and what the importance stage looks at. */

import { type WeightLayer, weightLayers } from "./layers.js";
import type { NetworkOperator } from "./native/addon-types.js";
import { gradientBarriers } from "./network-plan.js";
import { mainGraph, readerCounts } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";
import { TensorType } from "./tflite/schema.js";

export interface PrunableLayers {
  layers: WeightLayer[];
  /** Layers with weights that stay as they are, with the reason. */
  skipped: { operator: number; reason: string }[];
}

/**
 * Splits the CONV_2D and FULLY_CONNECTED with constant weights into those worth pruning and those that stay.
 *
 * @param operators those of the model's network plan
 */
export function prunableLayers(model: Model, operators: NetworkOperator[]): PrunableLayers {
  const graph = mainGraph(model);
  const barriers = gradientBarriers(operators, graph.outputs[0] ?? -1);
  const readers = readerCounts(graph);
  const isInt8 = (tensor: number) => graph.tensors[tensor]?.type === TensorType.INT8;
  const reasonToStay = (layer: WeightLayer): string | undefined => {
    const barrier = barriers[layer.operator]!;
    if (![layer.inputTensor, layer.filterTensor, layer.outputTensor].every(isInt8)) return "it is not int8";
    if (barrier >= 0) return `no gradient passes operator ${barrier} behind it`;
    if (layer.biasTensor < 0) return "it has no bias to take up what is removed";
    if (readers.get(layer.filterTensor)! > 1 || readers.get(layer.biasTensor)! > 1) {
      return "another operator reads its weights or bias";
    }
    return undefined;
  };
  const found: PrunableLayers = { layers: [], skipped: [] };
  for (const layer of weightLayers(model)) {
    const reason = reasonToStay(layer);
    if (reason === undefined) found.layers.push(layer);
    else found.skipped.push({ operator: layer.operator, reason });
  }
  return found;
}
