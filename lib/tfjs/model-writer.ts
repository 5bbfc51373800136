/** A float model value under construction: tensors, constants, operators. */

import { elementCount } from "../tflite/graph.js";
import type { BuiltinOptions, Model, SubGraph } from "../tflite/model.js";
import { BuiltinOperator, schemaVersion, TensorType } from "../tflite/schema.js";
import { finite } from "./finite.js";

/** `deprecatedBuiltinCode` is one byte. */
const maxDeprecatedCode = 127;

export class ModelWriter {
  /** @param path of the model.json, for messages */
  constructor(private readonly path: string) {}

  private readonly graph: SubGraph = {
    tensors: [],
    inputs: [],
    outputs: [],
    operators: [],
    name: "main",
    debugMetadataIndex: -1,
  };
  private readonly model: Model = {
    version: schemaVersion,
    description: "imported from TensorFlow.js by dtmm",
    operatorCodes: [],
    subgraphs: [this.graph],
    // Buffer 0 is empty by convention: what has no data of its own names it.
    buffers: [{ offset: 0n, size: 0n }],
    metadata: [],
  };

  /** A FLOAT32 tensor that the interpreter computes. */
  activation(name: string, shape: readonly number[]): number {
    return this.tensor(name, TensorType.FLOAT32, shape, 0);
  }

  /** Constants that were folded together may have grown beyond all bounds. */
  floats(name: string, shape: readonly number[], values: Float32Array): number {
    return this.constant(name, TensorType.FLOAT32, shape, finite(values, name, this.path));
  }

  integers(name: string, shape: readonly number[], values: readonly number[]): number {
    return this.constant(name, TensorType.INT32, shape, Int32Array.from(values));
  }

  operator(
    name: keyof typeof BuiltinOperator,
    inputs: number[],
    output: number,
    builtinOptions?: BuiltinOptions,
    version = 1,
  ): void {
    this.graph.operators.push({
      opcodeIndex: this.opcode(BuiltinOperator[name], version),
      inputs,
      outputs: [output],
      ...(builtinOptions === undefined ? {} : { builtinOptions }),
      customOptionsFormat: 0,
      largeCustomOptionsOffset: 0n,
      largeCustomOptionsSize: 0n,
      debugMetadataIndex: -1,
    });
  }

  finish(input: number, output: number): Model {
    this.graph.inputs.push(input);
    this.graph.outputs.push(output);
    return this.model;
  }

  private opcode(builtinCode: number, version: number): number {
    const codes = this.model.operatorCodes;
    const known = codes.findIndex((code) => code.builtinCode === builtinCode && code.version === version);
    if (known >= 0) return known;
    const deprecatedBuiltinCode = Math.min(builtinCode, maxDeprecatedCode);
    return codes.push({ builtinCode, deprecatedBuiltinCode, version }) - 1;
  }

  private constant(
    name: string,
    type: number,
    shape: readonly number[],
    values: Float32Array | Int32Array,
  ): number {
    if (values.length !== elementCount(shape))
      throw new RangeError(`${name}: ${values.length} for [${shape}]`);
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.tensor(name, type, shape, this.model.buffers.push({ data, offset: 0n, size: 0n }) - 1);
  }

  private tensor(name: string, type: number, shape: readonly number[], buffer: number): number {
    const facts = { isVariable: false, hasRank: true, externalBuffer: 0 };
    return this.graph.tensors.push({ name, type, shape: [...shape], buffer, ...facts }) - 1;
  }
}
