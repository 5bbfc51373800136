/** Float models for tests: an int8 model with the real values that its integers stand for. */

import { asInt8, asInt32, constantData, mainGraph } from "../../lib/tflite/graph.js";
import type { Model, Tensor } from "../../lib/tflite/model.js";
import { TensorType } from "../../lib/tflite/schema.js";

/** Real values of a quantised constant. */
function realValues(tensor: Tensor, data: Uint8Array): Float32Array {
  const { scale = [], zeroPoint = [], quantizedDimension = 0 } = tensor.quantization!;
  const inner = tensor.shape.slice(quantizedDimension + 1).reduce((a, b) => a * b, 1);
  const integers = tensor.type === TensorType.INT8 ? asInt8(data) : asInt32(data);
  return Float32Array.from(integers, (q, i) => {
    const channel = scale.length === 1 ? 0 : Math.floor(i / inner) % scale.length;
    return (q - Number(zeroPoint[channel] ?? 0n)) * scale[channel]!;
  });
}

/** The float model that an int8 one approximates; operators in their first versions. */
export function floatTwin(model: Model): Model {
  const graph = mainGraph(model);
  const buffers = [...model.buffers];
  const tensors = graph.tensors.map((tensor) => {
    const { quantization, ...plain } = tensor;
    if (quantization?.scale === undefined) return tensor;
    const data = constantData(model, tensor);
    if (data === undefined) return { ...plain, type: TensorType.FLOAT32 };
    const values = new Uint8Array(realValues(tensor, data).buffer);
    const buffer = buffers.push({ ...buffers[tensor.buffer]!, data: values }) - 1;
    return { ...plain, type: TensorType.FLOAT32, buffer };
  });
  return {
    ...model,
    operatorCodes: model.operatorCodes.map((code) => ({ ...code, version: 1 })),
    buffers,
    subgraphs: [{ ...graph, tensors }, ...model.subgraphs.slice(1)],
  };
}
