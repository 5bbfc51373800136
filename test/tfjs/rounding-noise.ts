/** What the rounding of an int8 model adds up to at its output, if rounding errors are independent of each other. */

import { constantData, elementCount, mainGraph, opName } from "../../lib/tflite/graph.js";
import type { Model, Operator } from "../../lib/tflite/model.js";

/** Mean square of an error that is uniform within half a step: step^2 / 12. */
const uniform = (step: number) => step ** 2 / 12;

/**
 * Standard deviation of the error at the output of an int8 model, an upper estimate: every activation is taken as large as its
 * range, every filter as large as its largest row.
 *
 * @param float the model that `int8` was made of, operator for operator
 */
export function roundingNoise(float: Model, int8: Model): number {
  const graph = mainGraph(int8);
  const variances = new Map<number, number>();
  const scaleOf = (tensor: number) => Math.max(...(graph.tensors[tensor]!.quantization?.scale ?? [0]));
  const largest = (tensor: number) => {
    const { zeroPoint = [] } = graph.tensors[tensor]!.quantization ?? {};
    const zero = Number(zeroPoint[0] ?? 0n);
    return Math.max(128 + zero, 127 - zero) * scaleOf(tensor);
  };
  const varianceOf = (tensor: number) => variances.get(tensor) ?? uniform(scaleOf(tensor));
  variances.set(graph.inputs[0]!, uniform(scaleOf(graph.inputs[0]!)));
  graph.operators.forEach((operator, index) => {
    const output = operator.outputs[0]!;
    const carried = carriedBy(opName(int8, operator), operator, mainGraph(float).operators[index]!);
    variances.set(output, carried + uniform(scaleOf(output)));
  });
  return Math.sqrt(variances.get(graph.outputs[0]!)!);

  /** What the errors of the operands become. */
  function carriedBy(name: string, operator: Operator, original: Operator): number {
    const [a = 0, b = 0] = operator.inputs;
    switch (name) {
      case "CONV_2D":
      case "DEPTHWISE_CONV_2D":
      case "FULLY_CONNECTED": {
        const { squares, taps } = largestRow(float, original.inputs[1]!, name);
        return squares * varianceOf(a) + taps * uniform(scaleOf(b)) * largest(a) ** 2;
      }
      case "ADD":
        return varianceOf(a) + varianceOf(b);
      case "MUL":
        return largest(a) ** 2 * varianceOf(b) + largest(b) ** 2 * varianceOf(a);
      case "PRELU":
        return Math.max(1, largest(b) ** 2) * varianceOf(a) + uniform(scaleOf(b)) * largest(a) ** 2;
      case "LOGISTIC":
        // The steepest slope is 1/4; the kernel's own table adds a step.
        return varianceOf(a) / 16 + scaleOf(operator.outputs[0]!) ** 2;
      case "TANH":
        return varianceOf(a) + scaleOf(operator.outputs[0]!) ** 2;
      case "SOFTMAX":
        return varianceOf(a) / 4 + scaleOf(operator.outputs[0]!) ** 2;
      default:
        return Math.max(...operator.inputs.map(varianceOf));
    }
  }
}

/** The largest sum of squares of one output's weights, and how many these are. */
function largestRow(model: Model, tensor: number, name: string): { squares: number; taps: number } {
  const filter = mainGraph(model).tensors[tensor]!;
  const { shape } = filter;
  const data = constantData(model, filter)!;
  const values = new Float32Array(data.slice().buffer);
  const outputs = name === "DEPTHWISE_CONV_2D" ? shape[3]! : shape[0]!;
  const taps = elementCount(shape) / outputs;
  const sums = new Float64Array(outputs);
  values.forEach((value, i) => {
    const output = name === "DEPTHWISE_CONV_2D" ? i % outputs : Math.floor(i / taps);
    sums[output]! += value ** 2;
  });
  return { squares: Math.max(...sums), taps };
}
