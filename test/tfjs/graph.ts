/** Graph models for tests: nodes and weights put down one by one, as TensorFlow's converter writes them. */

import { elementCount } from "../../lib/tflite/graph.js";
import { seededRandom } from "../support/random.js";
import type { SavedModel } from "./tfjs.js";

type Attribute =
  | { s: string }
  | { i: string }
  | { f: number }
  | { b: boolean }
  | { list: object }
  | { shape: object };

export const text = (value: string): Attribute => ({ s: Buffer.from(value).toString("base64") });
export const integers = (...values: number[]): Attribute => ({ list: { i: values.map(String) } });
export const texts = (...values: string[]): Attribute => ({
  list: { s: values.map((value) => Buffer.from(value).toString("base64")) },
});

interface Weight {
  name: string;
  shape: readonly number[];
  dtype: "float32" | "int32";
}

export class GraphDraft {
  readonly nodes: Record<string, unknown>[] = [];
  readonly weights: Weight[] = [];
  private readonly data: (Float32Array | Int32Array)[] = [];
  private readonly random;

  constructor(seed = 1) {
    this.random = seededRandom(seed);
  }

  /** Every method returns the name of its node. */
  input(shape: readonly number[], name = "input"): string {
    const dim = [-1, ...shape].map((size) => ({ size: String(size) }));
    return this.node(name, "Placeholder", [], {
      shape: { shape: { dim } },
      dtype: { type: "DT_FLOAT" } as never,
    });
  }

  node(name: string, op: string, input: string[], attr: Record<string, Attribute> = {}): string {
    this.nodes.push({ name, op, input, attr });
    return name;
  }

  /** A constant of real values, seeded where none are given. */
  floats(name: string, shape: readonly number[], values?: readonly number[]): string {
    const spread = 1.5 / Math.sqrt(elementCount(shape.slice(0, -1)));
    const seeded = () => (2 * this.random.next() - 1) * (shape.length > 1 ? spread : 0.3);
    const filled = Float32Array.from(values ?? Array.from({ length: elementCount(shape) }, seeded));
    return this.constant({ name, shape, dtype: "float32" }, filled);
  }

  integers(name: string, ...values: number[]): string {
    return this.constant({ name, shape: [values.length], dtype: "int32" }, Int32Array.from(values));
  }

  /** Constants [pairs, 2] of a padding. */
  paddings(name: string, ...values: number[]): string {
    const shape = [values.length / 2, 2];
    return this.constant({ name, shape, dtype: "int32" }, Int32Array.from(values));
  }

  scalar(name: string, value: number): string {
    return this.constant({ name, shape: [], dtype: "int32" }, Int32Array.of(value));
  }

  saved(output: string): SavedModel {
    const shape = { dim: [{ size: "-1" }] };
    const signature = {
      inputs: { x: { name: "input:0", dtype: "DT_FLOAT", tensorShape: shape } },
      outputs: { y: { name: `${output}:0`, dtype: "DT_FLOAT", tensorShape: shape } },
    };
    const bytes = this.data.flatMap(({ buffer }) => [...new Uint8Array(buffer as ArrayBuffer)]);
    return {
      json: {
        format: "graph-model",
        modelTopology: { node: this.nodes, library: {}, versions: { producer: 1 } },
        signature,
        weightsManifest: [{ paths: ["weights.bin"], weights: this.weights }],
      },
      weights: Uint8Array.from(bytes).buffer,
    };
  }

  private constant(weight: Weight, values: Float32Array | Int32Array): string {
    this.weights.push(weight);
    this.data.push(values);
    return this.node(weight.name, "Const", []);
  }
}

/** Attributes of a convolution or pool on NHWC. */
export function windowed(padding: "SAME" | "VALID", stride = 1, more: Record<string, Attribute> = {}) {
  return {
    padding: text(padding),
    strides: integers(1, stride, stride, 1),
    dilations: integers(1, 1, 1, 1),
    data_format: text("NHWC"),
    ...more,
  };
}
