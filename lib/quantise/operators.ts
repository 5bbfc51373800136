/** Which operators can be quantised to int8, and what TFLite's int8 specification asks of each. */

import { dtmmError } from "../errors/index.js";
import { mainGraph, opName } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";

export interface QuantisedOperator {
  /** Version of the operator from which on it takes int8. */
  version: number;
  /** Whether inputs and output have to share one scale: "none", the first input's, or that of all inputs. */
  shares: "none" | "input" | "inputs";
  /** Scale and zero point that the output has to have. */
  output?: { scale: number; zeroPoint: number };
  /** Axis of the filter's scales; undefined where one serves the whole filter, or there is none. */
  filterAxis?: number;
  /** Whether inputs 1 and 2 are a filter and a bias. */
  weighted?: boolean;
}

const probabilities = { scale: 1 / 256, zeroPoint: -128 };

/** By the schema's names. A fully connected layer has one scale: TFLM of 2020 reads no more. */
const operators: Readonly<Record<string, QuantisedOperator>> = {
  CONV_2D: { version: 3, shares: "none", weighted: true, filterAxis: 0 },
  DEPTHWISE_CONV_2D: { version: 3, shares: "none", weighted: true, filterAxis: 3 },
  FULLY_CONNECTED: { version: 4, shares: "none", weighted: true },
  ADD: { version: 2, shares: "none" },
  MUL: { version: 2, shares: "none" },
  MEAN: { version: 2, shares: "none" },
  MAX_POOL_2D: { version: 2, shares: "input" },
  AVERAGE_POOL_2D: { version: 2, shares: "input" },
  RESHAPE: { version: 1, shares: "input" },
  SQUEEZE: { version: 1, shares: "input" },
  PAD: { version: 2, shares: "input" },
  CONCATENATION: { version: 2, shares: "inputs" },
  RELU: { version: 2, shares: "input" },
  RELU6: { version: 2, shares: "input" },
  LOGISTIC: { version: 2, shares: "none", output: probabilities },
  SOFTMAX: { version: 2, shares: "none", output: probabilities },
};

/**
 * What every operator of a float model becomes.
 *
 * @throws QUANTISE_OPERATORS with the names and places of those that cannot be quantised
 */
export function quantisedOperators(model: Model, path: string): QuantisedOperator[] {
  const names = mainGraph(model).operators.map((operator) => opName(model, operator));
  const unknown = names.flatMap((name, index) => (operators[name] ? [] : [`${name} (operator ${index})`]));
  if (unknown.length > 0) {
    throw dtmmError("QUANTISE_OPERATORS", { path, operators: unknown, known: Object.keys(operators) });
  }
  return names.map((name) => operators[name]!);
}
