/** A loaded layers model, walked from its output to its input. */

import type { LayersModel, layers, SymbolicTensor } from "@tensorflow/tfjs-layers";
import { dtmmError } from "../../errors/index.js";
import { NetworkDraft } from "../draft.js";
import type { JsonObject } from "../json.js";
import type { Network } from "../network.js";
import { rules } from "./rules.js";
import { LayerWeights } from "./weights.js";

type Layer = layers.Layer;

/**
 * The network of a loaded model.
 *
 * @throws DtmmError MODEL_INPUTS_OUTPUTS, MODEL_DYNAMIC_SHAPE, TFJS_GRAPH, TFJS_TOO_LARGE or TFJS_WEIGHT_NOT_FINITE
 */
export function layersNetwork(model: LayersModel, path: string): Network {
  const { inputs, outputs } = model;
  if (inputs.length !== 1 || outputs.length !== 1) {
    throw dtmmError("MODEL_INPUTS_OUTPUTS", { model: path, inputs: inputs.length, outputs: outputs.length });
  }
  const draft = new NetworkDraft(path);
  const input = inputs[0]!;
  const node = draft.input(input.sourceLayer.name, fixedShape(input, path));
  const walk = new ModelWalk(draft, path, "", new Map([[input, node]]));
  return draft.finish(walk.nodeOf(outputs[0]!));
}

/** One use of a model: nested models are walked anew at every call. */
class ModelWalk {
  private readonly weights = new Map<Layer, LayerWeights>();

  constructor(
    private readonly draft: NetworkDraft,
    private readonly path: string,
    private readonly place: string,
    private readonly nodes: Map<SymbolicTensor, number>,
  ) {}

  /** The node that makes `tensor`; calls that it depends on are appended first. */
  nodeOf(tensor: SymbolicTensor): number {
    const waiting = [tensor];
    while (waiting.length > 0) {
      const next = waiting.at(-1)!;
      const missing = this.nodes.has(next) ? [] : readBy(next).filter((read) => !this.nodes.has(read));
      if (missing.length > 0) {
        waiting.push(...missing.reverse());
        continue;
      }
      waiting.pop();
      if (!this.nodes.has(next)) this.nodes.set(next, this.call(next));
    }
    return this.nodes.get(tensor)!;
  }

  private call(tensor: SymbolicTensor): number {
    const layer = tensor.sourceLayer;
    const name = `${this.place}${layer.name}`;
    const read = readBy(tensor);
    const inputs = read.map((input) => this.nodes.get(input)!);
    if (inputs.length === 0) this.draft.refuse(name, "is an input that the model does not have");
    const call = [inputs[0]!, ...inputs.slice(1)] as const;
    if (isModel(layer)) return this.nested(layer, name, tensor, call);
    const rule = rules[layer.getClassName()];
    if (!rule) return this.draft.refuse(name, `is a ${layer.getClassName()}`);
    return rule({
      draft: this.draft,
      name,
      config: layer.getConfig() as JsonObject,
      weights: this.weightsOf(layer, name),
      inputs: call,
    });
  }

  private nested(
    model: LayersModel,
    name: string,
    tensor: SymbolicTensor,
    inputs: readonly [number, ...number[]],
  ): number {
    const inner = new Map(model.inputs.map((input, index) => [input, inputs[index] ?? inputs[0]]));
    const walk = new ModelWalk(this.draft, this.path, `${name}/`, inner);
    return walk.nodeOf(model.outputs[tensor.outputTensorIndex ?? 0] ?? model.outputs[0]!);
  }

  private weightsOf(layer: Layer, name: string): LayerWeights {
    const known = this.weights.get(layer) ?? new LayerWeights(layer, name, this.path);
    this.weights.set(layer, known);
    return known;
  }
}

function isModel(layer: Layer): layer is LayersModel {
  return "layers" in layer && Array.isArray(layer.layers);
}

/** What the call that made a tensor reads. */
function readBy(tensor: SymbolicTensor): SymbolicTensor[] {
  return tensor.sourceLayer.inboundNodes[tensor.nodeIndex]?.inputTensors ?? [];
}

/** The shape with a batch of 1. */
function fixedShape(tensor: SymbolicTensor, path: string): number[] {
  const [batch, ...rest] = tensor.shape;
  const known = rest.every((size) => Number.isSafeInteger(size) && (size ?? 0) > 0);
  if (!known || (batch !== null && batch !== 1)) {
    const shape = `[${tensor.shape.map((size) => size ?? "?")}]`;
    throw dtmmError("MODEL_DYNAMIC_SHAPE", {
      model: path,
      field: `the shape of ${tensor.sourceLayer.name}`,
      shape,
    });
  }
  return [1, ...(rest as number[])];
}
