/** Which operators can be quantised to int8, and what TFLite's int8 specification asks of each. */

import { dtmmError } from "../errors/index.js";
import { asFloat32, constantData, mainGraph, opName } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import { TensorType } from "../tflite/schema.js";
import { meanWindow } from "./mean.js";

export interface QuantisedOperator {
  /** Version of the operator from which on it takes int8; the highest that TFLM of 2020 registers, where that is lower. */
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
  PRELU: { version: 1, shares: "none" },
  MAX_POOL_2D: { version: 2, shares: "input" },
  AVERAGE_POOL_2D: { version: 2, shares: "input" },
  RESHAPE: { version: 1, shares: "input" },
  SQUEEZE: { version: 1, shares: "input" },
  PAD: { version: 2, shares: "input" },
  CONCATENATION: { version: 2, shares: "inputs" },
  RELU: { version: 1, shares: "input" },
  RELU6: { version: 1, shares: "input" },
  TANH: { version: 1, shares: "none", output: { scale: 1 / 128, zeroPoint: 0 } },
  LOGISTIC: { version: 2, shares: "none", output: probabilities },
  SOFTMAX: { version: 2, shares: "none", output: probabilities },
};

/**
 * Refuses a float model of which an operator cannot be quantised.
 *
 * @throws QUANTISE_OPERATORS with their names and places
 */
export function checkQuantisable(model: Model, path: string): void {
  const unknown = mainGraph(model).operators.flatMap((operator, index) => {
    const name = opName(model, operator);
    const fits = name in operators || meanWindow(model, operator) !== undefined;
    return fits ? [] : [`${name} (operator ${index})`];
  });
  if (unknown.length === 0) return;
  throw dtmmError("QUANTISE_OPERATORS", { path, operators: unknown, known: Object.keys(operators) });
}

/**
 * Refuses a float model, otherwise sound, with a constant that is NaN or infinite.
 *
 * @throws QUANTISE_NOT_FINITE with its place
 */
export function checkFinite(model: Model, path: string): void {
  for (const [index, tensor] of mainGraph(model).tensors.entries()) {
    const data = tensor.type === TensorType.FLOAT32 ? constantData(model, tensor) : undefined;
    const at = data === undefined ? -1 : asFloat32(data).findIndex((value) => !Number.isFinite(value));
    if (at >= 0)
      throw dtmmError("QUANTISE_NOT_FINITE", { path, field: `subgraphs[0].tensors[${index}]`, at });
  }
}

/** What every operator becomes, of a model that `checkQuantisable` took and that has no MEAN any more. */
export function quantisedOperators(model: Model): QuantisedOperator[] {
  return mainGraph(model).operators.map((operator) => operators[opName(model, operator)]!);
}
