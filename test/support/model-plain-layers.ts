/** Layers of `models.ts` without weights that reorder, gather or bend values. */

import { TensorType } from "../../lib/tflite/schema.js";
import { addActivation, addConstant, addOperator, type Draft, type Flow } from "./model-draft.js";

/** Rows and columns of zeros around height and width. */
export interface PadLayer {
  kind: "pad";
  before: readonly [height: number, width: number];
  after: readonly [height: number, width: number];
}

/** The input's channels behind those of an earlier layer with the same scale and size. */
export interface ConcatenationLayer {
  kind: "concatenation";
  /** Index of the layer in the specification. */
  from: number;
}

/** The first two keep scale and zero point, as TFLM of 2020 takes for granted. */
export interface UnaryLayer {
  kind: "relu" | "relu6" | "logistic";
}

/** Over height and width, which stay as ones. */
export interface MeanLayer {
  kind: "mean";
}

export type PlainLayer = PadLayer | ConcatenationLayer | UnaryLayer | MeanLayer;

function appendPad(draft: Draft, name: string, { before, after }: PadLayer, input: Flow): Flow {
  const [n = 1, h = 1, w = 1, c = 1] = input.shape;
  const shape = [n, h + before[0] + after[0], w + before[1] + after[1], c];
  const output = addActivation(draft, name, { ...input, shape });
  const amounts = [0, 0, before[0], after[0], before[1], after[1], 0, 0];
  const data = new Uint8Array(Int32Array.from(amounts).buffer);
  const paddings = addConstant(draft, `${name}/paddings`, TensorType.INT32, [4, 2], data);
  const options = { type: "PadOptions", value: {} } as const;
  addOperator(draft, "PAD", 2, [input.tensor, paddings], output.tensor, options);
  return output;
}

function appendConcatenation(draft: Draft, name: string, input: Flow, earlier: Flow): Flow {
  const shape = [...input.shape.slice(0, -1), earlier.shape.at(-1)! + input.shape.at(-1)!];
  const output = addActivation(draft, name, { ...input, shape });
  addOperator(draft, "CONCATENATION", 2, [earlier.tensor, input.tensor], output.tensor, {
    type: "ConcatenationOptions",
    value: { axis: 3, fusedActivationFunction: 0 },
  });
  return output;
}

function appendMean(draft: Draft, name: string, input: Flow): Flow {
  const [n = 1, , , c = 1] = input.shape;
  const output = addActivation(draft, name, { ...input, shape: [n, 1, 1, c] });
  const data = new Uint8Array(Int32Array.of(1, 2).buffer);
  const axes = addConstant(draft, `${name}/axes`, TensorType.INT32, [2], data);
  const options = { type: "ReducerOptions", value: { keepDims: true } } as const;
  addOperator(draft, "MEAN", 2, [input.tensor, axes], output.tensor, options);
  return output;
}

function appendUnary(draft: Draft, name: string, kind: UnaryLayer["kind"], input: Flow): Flow {
  if (kind === "logistic") {
    const range = { shape: input.shape, scale: 1 / 256, zeroPoint: -128, power: 1 / 3 };
    const output = addActivation(draft, name, range);
    addOperator(draft, "LOGISTIC", 1, [input.tensor], output.tensor);
    return output;
  }
  const output = addActivation(draft, name, { ...input, power: input.power / 2 });
  addOperator(draft, kind === "relu" ? "RELU" : "RELU6", 1, [input.tensor], output.tensor);
  return output;
}

/** Appends one layer and returns its output. `earlier` is the other operand of a concatenation. */
export function appendPlain(draft: Draft, name: string, layer: PlainLayer, input: Flow, earlier: Flow): Flow {
  switch (layer.kind) {
    case "pad":
      return appendPad(draft, name, layer, input);
    case "concatenation":
      return appendConcatenation(draft, name, input, earlier);
    case "mean":
      return appendMean(draft, name, input);
    default:
      return appendUnary(draft, name, layer.kind, input);
  }
}
