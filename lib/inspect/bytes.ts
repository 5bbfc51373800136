import type { InspectResult } from "../report/result.js";
import type { Model, Tensor } from "../tflite/model.js";
import { writeModel } from "../tflite/writer.js";

/**
 * Where a file's bytes are. Quantisation and names are measured as what the file loses when it is written without them,
 * so that offsets, padding and sharing count where they belong; what the parts leave over is `other`.
 *
 * @param fileBytes size of the file that the model was read from
 */
export function bytesByKind(model: Model, fileBytes: number): InspectResult["bytesByKind"] {
  // Whether the file's writer shared equal parts: the way of writing that comes nearer to its size tells.
  const [shared, unshared] = [true, false].map((share) => writeModel(model, { share }).length) as [
    number,
    number,
  ];
  const share = Math.abs(shared - fileBytes) < Math.abs(unshared - fileBytes);
  const whole = share ? shared : unshared;
  const without = (change: (model: Model) => Model) => whole - writeModel(change(model), { share }).length;
  const weights = model.buffers.reduce((sum, buffer) => sum + (buffer.data?.length ?? 0), 0);
  const quantisation = without((from) => withTensors(from, ({ quantization: _, ...tensor }) => tensor));
  const names = without(withoutNames);
  return { weights, quantisation, names, other: Math.max(0, fileBytes - weights - quantisation - names) };
}

function withTensors(model: Model, change: (tensor: Tensor) => Tensor): Model {
  const subgraphs = model.subgraphs.map((graph) => ({ ...graph, tensors: graph.tensors.map(change) }));
  return { ...model, subgraphs };
}

function withoutNames(model: Model): Model {
  const {
    description: _,
    signatureDefs: __,
    ...rest
  } = withTensors(model, ({ name: _, ...tensor }) => tensor);
  return { ...rest, subgraphs: rest.subgraphs.map(({ name: _, ...graph }) => graph) };
}
