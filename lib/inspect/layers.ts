import { networkPlan } from "../network-plan.js";
import { inputSlots, type PackedFormat, packedFormat } from "../pack/format.js";
import { prunableLayers } from "../prunable.js";
import type { InspectResult } from "../report/result.js";
import { constantData, elementCount, mainGraph, opName } from "../tflite/graph.js";
import type { Model, Operator, Tensor } from "../tflite/model.js";

type InspectedLayer = InspectResult["layers"][number];

/** What an operator holds as weights, and how often an output position uses each of them. */
interface Weights {
  shape: number[];
  count: number;
  /** Multiply-accumulate operations of one inference. */
  macs: number;
  /** Share that is stored, where the layer is a packed one. */
  kept?: number;
}

const noWeights: Weights = { shape: [], count: 0, macs: 0 };

/** Every operator of the main subgraph, in the order in which they run. */
export function inspectLayers(model: Model): InspectedLayer[] {
  const graph = mainGraph(model);
  const { operators } = networkPlan(model, "classes");
  const prunable = new Set(prunableLayers(model, operators).layers.map((layer) => layer.operator));
  return graph.operators.map((operator, index) => {
    const tensorOf = (tensor: number | undefined) => graph.tensors[tensor ?? -1];
    const op = opName(model, operator);
    const output = tensorOf(operator.outputs[0]);
    const weights = weightsOf(model, op, operator, output);
    return {
      index,
      op,
      inputShape: [...(tensorOf(operator.inputs[0])?.shape ?? [])],
      outputShape: [...(output?.shape ?? [])],
      weightShape: weights.shape,
      weights: weights.count,
      macs: weights.macs,
      bytes: constantBytes(model, operator),
      prunable: prunable.has(index),
      ...(weights.kept === undefined ? {} : { kept: weights.kept }),
    };
  });
}

function weightsOf(model: Model, op: string, operator: Operator, output: Tensor | undefined): Weights {
  const graph = mainGraph(model);
  const outputs = elementCount(output?.shape ?? [0]);
  const format = packedFormat(op);
  if (format !== undefined) return packedWeights(model, operator, format, outputs);
  const filter = graph.tensors[operator.inputs[1] ?? -1];
  if (filter === undefined || constantData(model, filter) === undefined) return noWeights;
  const shape = [...filter.shape];
  const count = elementCount(shape);
  // One output needs all weights that end in its channel: the filter without its axis of output channels.
  if (op === "CONV_2D" || op === "FULLY_CONNECTED") {
    return { shape, count, macs: shape[0]! > 0 ? (outputs * count) / shape[0]! : 0 };
  }
  if (op === "DEPTHWISE_CONV_2D") return { shape, count, macs: (outputs * count) / shape.at(-1)! };
  return noWeights;
}

/** The dense shape from the custom options; weights and operations are those that are left. */
function packedWeights(model: Model, operator: Operator, format: PackedFormat, outputs: number): Weights {
  const tensor = mainGraph(model).tensors[operator.inputs[inputSlots.weights] ?? -1];
  const options = operator.customOptions;
  if (tensor === undefined || options?.length !== format.options.bytes) return noWeights;
  const shape = format.shape(format.options.decode(options));
  const count = elementCount(tensor.shape);
  const kept = Math.min(1, count / Math.max(1, elementCount(shape)));
  return {
    shape,
    count,
    macs: shape[0]! > 0 ? Math.round((outputs / shape[0]!) * count) : 0,
    kept,
  };
}

/** Bytes of all constants that the operator reads, a buffer that it reads twice counted once. */
function constantBytes(model: Model, operator: Operator): number {
  const tensors = operator.inputs.map((index) => mainGraph(model).tensors[index]);
  const buffers = new Set(tensors.flatMap((tensor) => (tensor ? [tensor.buffer] : [])));
  return [...buffers].reduce((sum, buffer) => sum + (model.buffers[buffer]?.data?.length ?? 0), 0);
}
