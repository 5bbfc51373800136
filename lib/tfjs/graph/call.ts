/** One node of a graph model on its way into the network: its operands, and what its attributes say. */

import { dtmmError } from "../../errors/index.js";
import type { NetworkDraft } from "../draft.js";
import { finite } from "../finite.js";
import type { Window } from "../network.js";

/** A value that does not depend on the network's input: weights, or shapes that are computed. */
export interface Constant {
  constant: { shape: readonly number[]; values: Float32Array | Int32Array | Uint8Array };
}

/** What a node makes: a node of the network, or a constant. */
export type GraphValue = { node: number } | Constant;

/** Attributes by the converter's names, decoded. */
export type Attributes = Readonly<Record<string, unknown>>;

export class GraphCall {
  constructor(
    readonly draft: NetworkDraft,
    readonly path: string,
    readonly name: string,
    readonly attributes: Attributes,
    readonly operands: readonly GraphValue[],
  ) {}

  refuse(problem: string): never {
    return this.draft.refuse(this.name, problem);
  }

  operand(position: number): GraphValue {
    return this.operands[position] ?? this.refuse(`has no input ${position}`);
  }

  /** An operand that depends on the network's input. */
  activation(position: number): number {
    const operand = this.operand(position);
    return "node" in operand ? operand.node : this.refuse(`reads a constant as its input ${position}`);
  }

  /** A constant operand of real values. */
  floats(position: number): { shape: readonly number[]; values: Float32Array } {
    const operand = this.operand(position);
    if ("node" in operand)
      return this.refuse(`computes its input ${position}, which TFLite wants as a constant`);
    const { shape, values } = operand.constant;
    return { shape, values: finite(values, `${this.name} input ${position}`, this.path) };
  }

  /** A constant operand of whole numbers: a shape, axes, amounts of padding. */
  integers(position: number): number[] {
    return Array.from(this.floats(position).values, (value) => Math.trunc(value));
  }

  /** A number of the attributes. */
  number(attribute: string): number {
    return Number(this.attributes[attribute] ?? 0);
  }

  flag(attribute: string): boolean {
    return this.attributes[attribute] === true;
  }

  list(attribute: string): readonly unknown[] {
    const value = this.attributes[attribute];
    return Array.isArray(value) ? value : [];
  }

  /** The window of a convolution or pool; strides and dilations are lists for NHWC. */
  window(size: readonly [number, number]): Window {
    const pair = (attribute: string): [number, number] => {
      const [, height = 1, width = 1] = this.list(attribute);
      return [Number(height), Number(width)];
    };
    const { pad } = this.attributes;
    return {
      size,
      strides: pair("strides"),
      dilations: pair("dilations"),
      padding: pad === "same" ? "same" : "valid",
    };
  }

  /** The axes that an operand lists, counted from the front. */
  axes(position: number, rank: number): number[] {
    return this.integers(position).map((axis) => (axis < 0 ? axis + rank : axis));
  }
}

/** Ends the import with all that cannot be brought to TFLite. */
export function refuseAll(path: string, places: string[]): void {
  if (places.length > 0) throw dtmmError("TFJS_UNSUPPORTED", { path, places });
}
