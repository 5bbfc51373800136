/** What the tests of narrowing share: silent filters, branched models, outputs from the real interpreter. */

import { type RunContext, runModel } from "../../lib/runs.js";
import { checkModel } from "../../lib/tflite/check.js";
import { replaceData } from "../../lib/tflite/edit.js";
import { constantData, elementCount, mainGraph, opName } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { TensorType } from "../../lib/tflite/schema.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { bytesOf } from "../support/interpreter.js";
import {
  addActivation,
  addConstant,
  addOperator,
  type Draft,
  emptyModel,
  type Flow,
} from "../support/model-draft.js";
import { appendLayer, type Layer } from "../support/model-layers.js";
import { randomInputs } from "../support/models.js";
import { seededRandom } from "../support/random.js";

/** Number of the nth operator of that name. */
export function operatorNamed(model: Model, name: string, nth = 0): number {
  const found = mainGraph(model).operators.flatMap((operator, i) =>
    opName(model, operator) === name ? [i] : [],
  );
  return found[nth]!;
}

/** A copy in which the given filters of a layer have zero weights and the given bias. */
export function silence(model: Model, operator: number, filters: readonly number[], bias = 0): Model {
  const graph = mainGraph(model);
  const tensors = [...graph.tensors];
  const buffers = [...model.buffers];
  const [, filterTensor = -1, biasTensor = -1] = graph.operators[operator]!.inputs;
  const { shape } = tensors[filterTensor]!;
  const depthwise = opName(model, graph.operators[operator]!) === "DEPTHWISE_CONV_2D";
  const channels = depthwise ? shape[3]! : shape[0]!;
  const weights = Uint8Array.from(constantData(model, tensors[filterTensor]!)!, (weight, i) => {
    const filter = depthwise ? i % channels : Math.floor(i / (elementCount(shape) / channels));
    return filters.includes(filter) ? 0 : weight;
  });
  replaceData(tensors, buffers, filterTensor, weights);
  if (biasTensor >= 0) {
    const values = Uint8Array.from(constantData(model, tensors[biasTensor]!)!);
    const view = new DataView(values.buffer);
    for (const filter of filters) view.setInt32(4 * filter, bias, true);
    replaceData(tensors, buffers, biasTensor, values);
  }
  return { ...model, buffers, subgraphs: [{ ...graph, tensors }] };
}

/** A copy in which nothing reads the given inputs (channels or columns) of a layer. */
export function ignoreInputs(model: Model, operator: number, inputs: readonly number[]): Model {
  const graph = mainGraph(model);
  const tensors = [...graph.tensors];
  const buffers = [...model.buffers];
  const filterTensor = graph.operators[operator]!.inputs[1]!;
  const channels = tensors[filterTensor]!.shape.at(-1)!;
  const data = constantData(model, tensors[filterTensor]!)!;
  const weights = data.map((weight, i) => (inputs.includes(i % channels) ? 0 : weight));
  replaceData(tensors, buffers, filterTensor, weights);
  return { ...model, buffers, subgraphs: [{ ...graph, tensors }] };
}

/** Inputs of a model: waves and noise, see `randomInputs`. */
export function inputsOf(model: Model, samples: number): Uint8Array {
  const graph = mainGraph(model);
  const { shape } = graph.tensors[graph.inputs[0]!]!;
  const input = [1, shape[1] ?? 1, shape[2] ?? 1, shape[3] ?? 1] as const;
  return bytesOf(randomInputs({ input, layers: [] }, samples, 3));
}

/** Output 0 over some samples, of the model as it is written, read back and checked. */
export async function outputsOf(model: Model, context: RunContext, samples = 6): Promise<Uint8Array> {
  const bytes = writeModel(model);
  const back = readModel(bytes);
  checkModel(back);
  const { outputs } = await runModel(
    { model: back, bytes },
    { bytes: inputsOf(back, samples), samples },
    context,
  );
  return outputs;
}

/** Shapes of all activations, by the operator that computes them. */
export function outputShapes(model: Model): number[][] {
  const { operators, tensors } = mainGraph(model);
  return operators.map(({ outputs }) => [...tensors[outputs[0]!]!.shape]);
}

/** A model with branches, built step by step; `input` is what the model reads. */
export function branched(build: (tools: Branches) => Flow, shape: readonly number[] = [1, 6, 6, 3]): Model {
  const draft: Draft = { model: emptyModel(), random: seededRandom(11) };
  const input = addActivation(draft, "input", { shape, scale: 2 / 255, zeroPoint: 0, power: 1 / 3 });
  const output = build(new Branches(draft, input));
  const graph = mainGraph(draft.model);
  graph.inputs = [input.tensor];
  graph.outputs = [output.tensor];
  return draft.model;
}

/** Tools to build a model with branches. */
export class Branches {
  #layers = 0;
  constructor(
    private readonly draft: Draft,
    readonly input: Flow,
  ) {}

  /** Appends a layer; an add takes `second` as its other operand. */
  layer(layer: Layer, from: Flow, second: Flow = from): Flow {
    return appendLayer(this.draft, this.#name(), layer, from, second);
  }

  /** Joins along an axis; the parts must have one scale. */
  concatenate(parts: Flow[], axis = -1): Flow {
    const [first] = parts;
    const at = axis < 0 ? axis + first!.shape.length : axis;
    const joined = parts.reduce((sum, part) => sum + part.shape[at]!, 0);
    const shape = first!.shape.map((size, i) => (i === at ? joined : size));
    const output = addActivation(this.draft, this.#name(), { ...first!, shape });
    const options = { type: "ConcatenationOptions", value: { axis, fusedActivationFunction: 0 } } as const;
    const inputs = parts.map(({ tensor }) => tensor);
    addOperator(this.draft, "CONCATENATION", 2, inputs, output.tensor, options);
    return output;
  }

  /** One pixel of padding around height and width. */
  pad(from: Flow): Flow {
    const [batch = 1, height = 1, width = 1, channels = 1] = from.shape;
    const paddings = this.#words("paddings", [4, 2], [0, 0, 1, 1, 1, 1, 0, 0]);
    const shape = [batch, height + 2, width + 2, channels];
    const output = addActivation(this.draft, this.#name(), { ...from, shape });
    addOperator(this.draft, "PAD", 2, [from.tensor, paddings], output.tensor, {
      type: "PadOptions",
      value: {},
    });
    return output;
  }

  mean(from: Flow, axes: number[]): Flow {
    const shape = from.shape.filter((_, axis) => !axes.includes(axis));
    const output = addActivation(this.draft, this.#name(), { ...from, shape });
    const inputs = [from.tensor, this.#words("axes", [axes.length], axes)];
    addOperator(this.draft, "MEAN", 2, inputs, output.tensor, {
      type: "ReducerOptions",
      value: { keepDims: false },
    });
    return output;
  }

  #words(name: string, shape: number[], values: number[]): number {
    const data = new Uint8Array(Int32Array.from(values).buffer);
    return addConstant(this.draft, `${this.#name()}/${name}`, TensorType.INT32, shape, data);
  }

  #name(): string {
    return `layer${this.#layers++}`;
  }
}
