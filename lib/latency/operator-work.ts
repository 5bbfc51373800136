/** The work of every operator of a model, whatever kernels could run it. */

import { type BoardCore, boards } from "../board/boards.js";
import { nhwc, type WeightLayer, weightLayers, windowGeometry } from "../layers.js";
import { blockFullyConnected, filterletConv, inputSlots, packedFormat } from "../pack/format.js";
import { constantData, elementCount, mainGraph, opName } from "../tflite/graph.js";
import type { DepthwiseConv2DOptions, Model, Operator } from "../tflite/model.js";
import { TensorType } from "../tflite/schema.js";
import { cmsisNnWork, type DenseShape, referenceWork } from "./dense-work.js";
import { mveConvWork } from "./mve-work.js";
import { dspConvWork, fullyConnectedWork, type PackedLayerShape, portableConvWork } from "./packed-work.js";
import { plainWork } from "./plain-work.js";
import type { KernelWork, OperatorWork } from "./work.js";

/** int8 values that a step of CMSIS-NN's inner loops takes. */
function lanesOf(core: BoardCore): number {
  return boards[core].kernels === "mve" ? 16 : 4;
}

/** The work of a packed layer on a core. */
export function packedWork(core: BoardCore, layer: PackedLayerShape): KernelWork {
  const { kernels } = boards[core];
  const { kind, unit, geometry } = layer;
  if (kind === "fullyConnected") {
    const { filters, channels } = unit;
    const tiles = {
      portable: false,
      dsp: filters === 4 && channels === 4,
      mve: filters === 4 && channels === 16 && geometry.inputChannels % 16 === 0,
    };
    return fullyConnectedWork(layer, tiles[kernels]);
  }
  const conv = { portable: portableConvWork, dsp: dspConvWork, mve: mveConvWork };
  return conv[kernels](layer);
}

/** The work of a stock layer with weights on a core. */
export function denseWork(core: BoardCore, shape: DenseShape): OperatorWork {
  return { reference: referenceWork(shape), cmsisNn: cmsisNnWork(shape, lanesOf(core)) };
}

/** The shape of a packed operator from its options and activations, or undefined for any other. */
function packedShape(model: Model, operator: Operator): PackedLayerShape | undefined {
  const format = packedFormat(opName(model, operator));
  const bytes = operator.customOptions;
  const { tensors } = mainGraph(model);
  const input = tensors[operator.inputs[0] ?? -1];
  const weights = tensors[operator.inputs[inputSlots.weights] ?? -1];
  const output = tensors[operator.outputs[0] ?? -1];
  if (format === undefined || bytes?.length !== format.options.bytes) return undefined;
  if (input === undefined || weights === undefined || output === undefined) return undefined;
  const options = format.options.decode(bytes);
  const { filters, channels, unit } = format.grid(options);
  const share = elementCount(weights.shape) / Math.max(1, elementCount(format.shape(options)));
  const kind = "kernelHeight" in options ? "conv" : "fullyConnected";
  const rows = elementCount(output.shape) / filters;
  const extent = (size: ReturnType<typeof nhwc>) =>
    kind === "conv" ? size : { height: 1, width: rows, channels: 0 };
  const [from, to] = [extent(nhwc(input)), extent(nhwc(output))];
  const { kernelHeight = 1, kernelWidth = 1, strideHeight = 1, strideWidth = 1 } = options;
  const { dilationHeight = 1, dilationWidth = 1 } = options;
  return {
    kind,
    unit,
    share,
    geometry: {
      ...{ inputHeight: from.height, inputWidth: from.width, inputChannels: channels },
      ...{ outputHeight: to.height, outputWidth: to.width, outputChannels: filters },
      ...{ kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth },
    },
  };
}

/** The shape of a DEPTHWISE_CONV_2D with constant int8 weights, or undefined for any other operator. */
function depthwiseShape(model: Model, operator: Operator): DenseShape | undefined {
  if (opName(model, operator) !== "DEPTHWISE_CONV_2D" || !operator.builtinOptions) return undefined;
  const { tensors } = mainGraph(model);
  const [input, filter] = operator.inputs.map((index) => tensors[index]);
  const output = tensors[operator.outputs[0] ?? -1];
  if (input === undefined || filter === undefined || output === undefined) return undefined;
  if (filter.type !== TensorType.INT8 || constantData(model, filter) === undefined) return undefined;
  const [, height = 1, width = 1] = filter.shape;
  const options = operator.builtinOptions.value as DepthwiseConv2DOptions;
  return { kind: "depthwise", geometry: windowGeometry(input, output, { height, width }, options) };
}

/** Packed operators that the tables have prices for. */
const priced: ReadonlySet<string> = new Set([filterletConv.op, blockFullyConnected.op]);

/** The work of an operator that is no CONV_2D or FULLY_CONNECTED. */
export function otherWork(model: Model, operator: Operator, core: BoardCore): OperatorWork {
  const name = opName(model, operator);
  // There are no prices for the other ways of storing.
  if (packedFormat(name) !== undefined && !priced.has(name)) return {};
  const packed = packedShape(model, operator);
  if (packed !== undefined) return { packed: packedWork(core, packed) };
  const depthwise = depthwiseShape(model, operator);
  return depthwise === undefined ? { reference: plainWork(model, operator) } : denseWork(core, depthwise);
}

/** The work of every operator of the main subgraph on a core, in their order. */
export function modelWork(model: Model, core: BoardCore): OperatorWork[] {
  const layers = new Map<number, WeightLayer>(weightLayers(model).map((layer) => [layer.operator, layer]));
  return mainGraph(model).operators.map((operator, index) => {
    const layer = layers.get(index);
    return layer === undefined ? otherWork(model, operator, core) : denseWork(core, layer);
  });
}
