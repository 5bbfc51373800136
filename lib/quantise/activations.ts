/** Scale and zero point of every activation, with those made equal that operators want equal. */

import { mainGraph } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import type { QuantisedOperator } from "./operators.js";
import { asymmetric, type Range } from "./range.js";

export interface Quantised {
  scale: number;
  zeroPoint: number;
}

/** Sets of tensors, united one pair at a time. */
class Sets {
  private readonly parents = new Map<number, number>();

  find(tensor: number): number {
    const parent = this.parents.get(tensor) ?? tensor;
    return parent === tensor ? tensor : this.find(parent);
  }

  unite(a: number, b: number): void {
    this.parents.set(this.find(a), this.find(b));
  }
}

/**
 * Quantises activations. Tensors that must share a scale get the range of all; a range that an operator prescribes wins.
 *
 * @param ranges of the activations, by tensor
 */
export function quantiseActivations(
  model: Model,
  operators: readonly QuantisedOperator[],
  ranges: ReadonlyMap<number, Range>,
): Map<number, Quantised> {
  const graph = mainGraph(model);
  const sets = new Sets();
  graph.operators.forEach(({ inputs, outputs }, index) => {
    const { shares } = operators[index]!;
    const tied = shares === "none" ? [] : shares === "input" ? inputs.slice(0, 1) : inputs;
    for (const tensor of tied) if (ranges.has(tensor)) sets.unite(tensor, outputs[0]!);
  });
  const prescribed = new Map<number, Quantised>();
  graph.operators.forEach(({ outputs }, index) => {
    const { output } = operators[index]!;
    if (output !== undefined) prescribed.set(sets.find(outputs[0]!), output);
  });
  const whole = new Map<number, Range>();
  for (const [tensor, { min, max }] of ranges) {
    const set = sets.find(tensor);
    const known = whole.get(set) ?? { min, max };
    whole.set(set, { min: Math.min(known.min, min), max: Math.max(known.max, max) });
  }
  return new Map(
    [...ranges.keys()].map((tensor) => {
      const set = sets.find(tensor);
      return [tensor, prescribed.get(set) ?? asymmetric(whole.get(set)!)];
    }),
  );
}
