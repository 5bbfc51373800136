/** Activations that are alive at once, and how they shrink with the filters that write them. */

import { constantData, mainGraph, tensorBytes } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import type { LayerCut } from "./problem.js";

/** What is in memory while one operator runs. */
export interface ActivationStep {
  operator: number;
  /** Bytes that no pruning changes. */
  fixedBytes: number;
  /** Activations with one channel per filter of a scheduled layer, by the layer's position in the list of layers. */
  narrowing: { layer: number; filters: number; bytesPerFilter: number }[];
}

/**
 * What is alive at each operator of the main subgraph: a tensor is from the operator that writes it to the last one that
 * reads it, the model's inputs and outputs to their ends. Sums of sizes, as the authors count: TFLM's planner needs at
 * least that much, and its fragmentation and scratch buffers come on top.
 *
 * @param filtersOf for the tensors whose channels are the filters of a scheduled layer that can lose filters: that
 *   layer's position in the list of layers
 */
export function activationSteps(model: Model, filtersOf: ReadonlyMap<number, number>): ActivationStep[] {
  const { tensors, operators, inputs, outputs } = mainGraph(model);
  const first = new Map<number, number>((inputs ?? []).map((tensor) => [tensor, 0]));
  const last = new Map<number, number>();
  operators.forEach((operator, index) => {
    for (const tensor of operator.outputs ?? []) if (!first.has(tensor)) first.set(tensor, index);
    for (const tensor of [...(operator.inputs ?? []), ...(operator.outputs ?? [])]) last.set(tensor, index);
  });
  for (const tensor of outputs ?? []) last.set(tensor, operators.length - 1);
  return operators.map((_, operator) => {
    const step: ActivationStep = { operator, fixedBytes: 0, narrowing: [] };
    for (const [index, from] of first) {
      const tensor = tensors[index]!;
      const alive = from <= operator && operator <= (last.get(index) ?? from);
      if (!alive || constantData(model, tensor) !== undefined) continue;
      const bytes = tensorBytes(tensor) ?? 0;
      const layer = filtersOf.get(index);
      const filters = tensor.shape.at(-1) ?? 1;
      if (layer === undefined) step.fixedBytes += bytes;
      else step.narrowing.push({ layer, filters, bytesPerFilter: bytes / filters });
    }
    return step;
  });
}

/** The largest sum of living activations, the operator it is at, and the layers that could lower it. */
export interface Peak {
  bytes: number;
  operator: number;
  layers: number[];
}

/** The peak of the activations once the cuts are made. */
export function peakActivations(steps: readonly ActivationStep[], cuts: readonly LayerCut[]): Peak {
  let peak: Peak = { bytes: 0, operator: -1, layers: [] };
  for (const { operator, fixedBytes, narrowing } of steps) {
    const bytes = narrowing.reduce(
      (sum, { layer, filters, bytesPerFilter }) => sum + (filters - cuts[layer]!.filters) * bytesPerFilter,
      fixedBytes,
    );
    if (bytes > peak.bytes) peak = { bytes, operator, layers: narrowing.map(({ layer }) => layer) };
  }
  return peak;
}
