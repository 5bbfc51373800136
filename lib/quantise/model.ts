/** A float model rewritten in int8, to TFLite's int8 quantisation specification. */

import { replaceData } from "../tflite/edit.js";
import { asFloat32, constantData, mainGraph, opName } from "../tflite/graph.js";
import type { Buffer, Model, Operator, OperatorCode, Tensor } from "../tflite/model.js";
import { TensorType } from "../tflite/schema.js";
import type { Quantised } from "./activations.js";
import { quantiseBias, quantiseFilter, roundingShift } from "./constants.js";
import type { QuantisedOperator } from "./operators.js";
import { asymmetric } from "./range.js";

function quantization(scale: readonly number[], zeroPoint: readonly number[], quantizedDimension = 0) {
  return { scale: [...scale], zeroPoint: zeroPoint.map(BigInt), quantizedDimension };
}

export interface RewriteRequest {
  model: Model;
  operators: readonly QuantisedOperator[];
  activations: ReadonlyMap<number, Quantised>;
  /** Means of activations by channel, for the correction of biases. */
  channelMeans: ReadonlyMap<number, Float64Array>;
}

/** A model under the rewriter's hands. */
class Rewriter {
  readonly tensors: Tensor[];
  readonly buffers: Buffer[];
  readonly codes: OperatorCode[] = [];
  private readonly done = new Set<number>();

  constructor(private readonly request: RewriteRequest) {
    this.tensors = [...mainGraph(request.model).tensors];
    this.buffers = [...request.model.buffers];
  }

  private set(index: number, type: number, params: Tensor["quantization"], data?: Uint8Array): void {
    this.tensors[index] = {
      ...this.tensors[index]!,
      type,
      ...(params === undefined ? {} : { quantization: params }),
    };
    if (data !== undefined) replaceData(this.tensors, this.buffers, index, data);
    this.done.add(index);
  }

  /** Real values of a constant. */
  private constant(index: number): Float32Array {
    const { model } = this.request;
    const data = constantData(model, mainGraph(model).tensors[index]!);
    return data === undefined ? new Float32Array() : asFloat32(data);
  }

  activations(): void {
    for (const [tensor, { scale, zeroPoint }] of this.request.activations) {
      this.set(tensor, TensorType.INT8, quantization([scale], [zeroPoint]));
    }
  }

  /** Filter and bias of an operator with weights. */
  weights(operator: Operator, { filterAxis }: QuantisedOperator): void {
    const [input = -1, filterTensor = -1, biasTensor = -1] = operator.inputs;
    if (this.done.has(filterTensor)) return;
    const { shape } = this.tensors[filterTensor]!;
    const inputScale = this.request.activations.get(input)!.scale;
    const filter = this.constant(filterTensor);
    const bias = biasTensor < 0 ? undefined : this.constant(biasTensor);
    const quantised = quantiseFilter(filter, shape, filterAxis, bias, inputScale);
    const zeros = Array.from(quantised.scales, () => 0);
    const params = quantization([...quantised.scales], zeros, filterAxis ?? 0);
    this.set(filterTensor, TensorType.INT8, params, new Uint8Array(quantised.weights.buffer));
    if (bias === undefined) return;
    const means = this.request.channelMeans.get(input)!;
    const shift = roundingShift(filter, quantised, shape, filterAxis === 3, means);
    const corrected = bias.map((value, i) => value - shift[i]!);
    const whole = quantiseBias(corrected, inputScale, quantised.scales);
    const biasScales = Array.from(quantised.scales, (scale) => Math.fround(scale * inputScale));
    this.set(biasTensor, TensorType.INT32, quantization(biasScales, zeros), new Uint8Array(whole.buffer));
  }

  /** A constant operand, such as the factors of a MUL. */
  operand(index: number): void {
    if (index < 0 || this.done.has(index) || this.tensors[index]!.type !== TensorType.FLOAT32) return;
    const values = this.constant(index);
    if (values.length === 0) return;
    const range = { min: Math.min(0, ...values), max: Math.max(0, ...values) };
    const { scale, zeroPoint } = asymmetric(range);
    const data = Int8Array.from(values, (value) =>
      Math.min(127, Math.max(-128, Math.round(value / scale) + zeroPoint)),
    );
    this.set(index, TensorType.INT8, quantization([scale], [zeroPoint]), new Uint8Array(data.buffer));
  }

  /** Index of the operator's code in the version that takes int8. */
  code(from: OperatorCode, version: number): number {
    const wanted = { ...from, version };
    const known = this.codes.findIndex(
      ({ builtinCode, deprecatedBuiltinCode, version: own }) =>
        builtinCode === wanted.builtinCode &&
        deprecatedBuiltinCode === wanted.deprecatedBuiltinCode &&
        own === wanted.version,
    );
    return known >= 0 ? known : this.codes.push(wanted) - 1;
  }
}

/**
 * The int8 model: activations, filters and biases on their grids, operators in the versions that take int8. Operators and
 * tensors keep their numbers.
 */
export function rewriteInt8(request: RewriteRequest): Model {
  const { model, operators } = request;
  const graph = mainGraph(model);
  const rewriter = new Rewriter(request);
  rewriter.activations();
  const rewritten = graph.operators.map((operator, index) => {
    const rule = operators[index]!;
    if (rule.weighted) rewriter.weights(operator, rule);
    // The paddings of a PAD and the shape of a RESHAPE are whole numbers, and stay.
    else for (const input of operator.inputs) rewriter.operand(input);
    const opcodeIndex = rewriter.code(model.operatorCodes[operator.opcodeIndex]!, rule.version);
    return { ...operator, opcodeIndex };
  });
  return {
    ...model,
    operatorCodes: rewriter.codes,
    buffers: rewriter.buffers,
    subgraphs: [{ ...graph, tensors: rewriter.tensors, operators: rewritten }, ...model.subgraphs.slice(1)],
  };
}

/** Whether a model is a float one: its filters are, and its input. */
export function isFloatModel(model: Model): boolean {
  const { tensors, operators, inputs } = mainGraph(model);
  const weighted = new Set(["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"]);
  const filters = operators.flatMap((operator) =>
    weighted.has(opName(model, operator)) ? [tensors[operator.inputs[1] ?? -1]] : [],
  );
  const isFloat = (tensor: Tensor | undefined) => tensor?.type === TensorType.FLOAT32;
  return filters.length > 0 && filters.every(isFloat) && inputs.every((input) => isFloat(tensors[input]));
}
