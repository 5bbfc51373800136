/** A network under construction: a node at a time, each with its shape, within bounds. */

import { dtmmError } from "../errors/index.js";
import { elementCount } from "../tflite/graph.js";
import { checkLimit } from "./limit.js";
import type { Activation, Network, Node, Pool, Step } from "./network.js";
import { resultShape, sameShape } from "./shapes.js";

/** Nested models that are used several times multiply; a microcontroller's model has some hundred steps. */
const maxNodes = 4096;
/** Values of all activations together: 128 MiB of real values. */
const maxElements = 32 * 1024 * 1024;
/** Values of all filters together; layers that are shared have theirs once per use. */
const maxWeights = 64 * 1024 * 1024;

export class NetworkDraft {
  private readonly nodes: Node[] = [];
  private elements = 0;
  private weights = 0;

  /** @param path of the model.json, for messages */
  constructor(private readonly path: string) {}

  /** The network's only input; call it first. */
  input(name: string, shape: readonly number[]): number {
    return this.add({ name, step: { kind: "input" }, inputs: [], shape });
  }

  shapeOf(node: number): readonly number[] {
    return this.nodes[node]!.shape;
  }

  /** Appends a step of the layer `name` and returns its node. */
  append(name: string, step: Step, ...inputs: number[]): number {
    const shapes = inputs.map((input) => this.shapeOf(input));
    const shape = resultShape(step, shapes, (problem) => this.refuse(name, problem));
    return this.add({ name, step, inputs, shape });
  }

  /** The same values in another shape; the node itself where it has that shape. */
  reshape(name: string, node: number, shape: readonly number[]): number {
    return sameShape(this.shapeOf(node), shape) ? node : this.append(name, { kind: "reshape", shape }, node);
  }

  /**
   * A fully connected layer on the last dimension. Where there are others, it is a convolution of one position.
   *
   * @param filter [outputs, inputs]
   */
  dense(name: string, node: number, filter: Float32Array, bias: Float32Array): number {
    const shape = this.shapeOf(node);
    const weights = { filter, bias, activation: "none" as Activation };
    if (shape.length === 2) return this.append(name, { kind: "dense", ...weights }, node);
    if (shape.length < 2) this.refuse(name, `reads a tensor of shape [${shape}]`);
    const positions = elementCount(shape.slice(0, -1));
    const image = shape.length === 4 ? node : this.reshape(name, node, [1, positions, 1, shape.at(-1)!]);
    const window = { size: [1, 1], strides: [1, 1], dilations: [1, 1], padding: "valid" } as const;
    const result = this.append(name, { kind: "conv2d", ...weights, window }, image);
    return this.reshape(name, result, [...shape.slice(0, -1), bias.length]);
  }

  /** One value per channel: a pool over all of height and width, [1, channels] unless `keepDimensions`. */
  globalPool(name: string, node: number, kind: Pool["kind"], keepDimensions: boolean): number {
    const [batch = 1, height = 0, width = 0, channels = 0] = this.shapeOf(node);
    const window = { size: [height, width], strides: [1, 1], dilations: [1, 1], padding: "valid" } as const;
    const pooled = this.append(name, { kind, window, activation: "none" }, node);
    return keepDimensions ? pooled : this.reshape(name, pooled, [batch, channels]);
  }

  finish(output: number): Network {
    return { nodes: this.nodes, output };
  }

  /** Ends the import: the layer `name` cannot be as it stands in the file. */
  refuse(name: string, problem: string): never {
    throw dtmmError("TFJS_GRAPH", { path: this.path, place: name, problem });
  }

  private add(node: Node): number {
    this.elements += elementCount(node.shape);
    this.weights += "filter" in node.step ? node.step.filter.length : 0;
    const limits = [
      ["the number of steps", this.nodes.length + 1, maxNodes],
      [`the values of all activations up to ${node.name}`, this.elements, maxElements],
      [`the values of all filters up to ${node.name}`, this.weights, maxWeights],
    ] as const;
    for (const [what, value, limit] of limits) checkLimit(this.path, what, value, limit);
    return this.nodes.push(node) - 1;
  }
}
