/** A network as a float TFLite model, in operators that TFLM has had since July 2020. */

import { convGeometry } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import { ActivationFunctionType, Padding } from "../tflite/schema.js";
import { ModelWriter } from "./model-writer.js";
import type {
  Activation,
  Affine,
  Conv2d,
  Dense,
  DepthwiseConv2d,
  Network,
  Node,
  Pool,
  Window,
} from "./network.js";

/** TFLM's CONCATENATION takes no more inputs. */
const maxConcatenated = 10;

const fused = {
  none: ActivationFunctionType.NONE,
  relu: ActivationFunctionType.RELU,
  relu6: ActivationFunctionType.RELU6,
} as const;

const unary = { relu: "RELU", relu6: "RELU6", sigmoid: "LOGISTIC", tanh: "TANH" } as const;

/**
 * The model value of `network`.
 *
 * @param path of the model.json, for messages
 */
export function modelOf(network: Network, path: string): Model {
  const writer = new ModelWriter(path);
  const tensors: number[] = [];
  network.nodes.forEach((node, index) => {
    const operands = node.inputs.map((input) => ({
      tensor: tensors[input]!,
      shape: network.nodes[input]!.shape,
    }));
    tensors[index] = new StepWriter(writer, node, operands).write();
  });
  return writer.finish(tensors[0]!, tensors[network.output]!);
}

interface Operand {
  tensor: number;
  shape: readonly number[];
}

/** Writes one step as one or more operators. */
class StepWriter {
  constructor(
    private readonly writer: ModelWriter,
    private readonly node: Node,
    private readonly operands: readonly Operand[],
  ) {}

  /** Returns the tensor of the result. */
  write(): number {
    const { step } = this.node;
    switch (step.kind) {
      case "input":
        return this.output();
      case "conv2d":
        return this.conv2d(step);
      case "depthwiseConv2d":
        return this.depthwiseConv2d(step, this.operands[0]!);
      case "dense":
        return this.dense(step);
      case "affine":
        return this.affine(step);
      case "maxPool":
      case "averagePool":
        return this.pool(step);
      case "add":
        return this.elementwise("ADD", step.activation, this.operands[1]!.tensor);
      case "multiply":
        return this.elementwise("MUL", step.activation, this.operands[1]!.tensor);
      case "prelu": {
        const alpha = this.writer.floats(this.name("alpha"), step.alphaShape, step.alpha);
        return this.operator("PRELU", [this.input, alpha]);
      }
      case "concatenation":
        return this.concatenation(step.axis);
      case "reshape":
        return this.reshape(step.shape);
      case "pad":
        return this.pad(step.amounts, this.operands[0]!, this.node.shape);
      case "softmax":
        return this.operator("SOFTMAX", [this.input], { type: "SoftmaxOptions", value: { beta: 1 } });
      default:
        return this.operator(unary[step.kind], [this.input]);
    }
  }

  private get input(): number {
    return this.operands[0]!.tensor;
  }

  private name(part: string): string {
    return `${this.node.name}/${part}`;
  }

  private output(): number {
    return this.writer.activation(this.node.name, this.node.shape);
  }

  private operator(...[name, inputs, options, version]: OperatorArguments): number {
    const output = this.output();
    this.writer.operator(name, inputs, output, options, version);
    return output;
  }

  private conv2d({ window, filter, bias, activation }: Conv2d): number {
    const shape = [bias.length, ...window.size, this.operands[0]!.shape[3]!];
    const weights = this.weights(shape, filter, bias);
    return this.operator("CONV_2D", [this.input, ...weights], {
      type: "Conv2DOptions",
      value: {
        ...stridesOf(window),
        ...dilationsOf(window),
        ...activationOf(activation),
        quantizedBiasType: 0,
      },
    });
  }

  private depthwiseConv2d(step: DepthwiseConv2d, input: Operand): number {
    const { window, filter, bias, activation } = step;
    const dilated = window.dilations.some((dilation) => dilation > 1);
    if (dilated && window.padding === "same") return this.paddedDepthwiseConv2d(step, input);
    const channels = bias.length;
    const weights = this.weights([1, ...window.size, channels], filter, bias);
    const options = {
      type: "DepthwiseConv2DOptions",
      value: {
        ...stridesOf(window),
        ...dilationsOf(window),
        ...activationOf(activation),
        depthMultiplier: channels / input.shape[3]!,
      },
    } as const;
    return this.operator("DEPTHWISE_CONV_2D", [input.tensor, ...weights], options, dilated ? 2 : 1);
  }

  /** TFLM of 2020 leaves the dilation out when it pads by itself. */
  private paddedDepthwiseConv2d(step: DepthwiseConv2d, input: Operand): number {
    const { size, strides, dilations } = step.window;
    const [, inputHeight = 0, inputWidth = 0, channels = 0] = input.shape;
    const geometry = convGeometry({
      padding: Padding.SAME,
      ...{ inputHeight, inputWidth },
      ...{ filterHeight: size[0], filterWidth: size[1] },
      ...{ strideHeight: strides[0], strideWidth: strides[1] },
      ...{ dilationHeight: dilations[0], dilationWidth: dilations[1] },
    });
    const after = (axis: 0 | 1, length: number, outputs: number, before: number) =>
      Math.max(0, (outputs - 1) * strides[axis] + (size[axis] - 1) * dilations[axis] + 1 - length - before);
    const rows = [geometry.padTop, after(0, inputHeight, geometry.outputHeight, geometry.padTop)] as const;
    const columns = [geometry.padLeft, after(1, inputWidth, geometry.outputWidth, geometry.padLeft)] as const;
    const shape = [1, inputHeight + rows[0] + rows[1], inputWidth + columns[0] + columns[1], channels];
    const tensor = this.pad([[0, 0], rows, columns, [0, 0]], input, shape);
    return this.depthwiseConv2d({ ...step, window: { ...step.window, padding: "valid" } }, { tensor, shape });
  }

  private dense({ filter, bias, activation }: Dense): number {
    const weights = this.weights([bias.length, this.operands[0]!.shape[1]!], filter, bias);
    return this.operator("FULLY_CONNECTED", [this.input, ...weights], {
      type: "FullyConnectedOptions",
      value: {
        ...activationOf(activation),
        ...{ weightsFormat: 0, keepNumDims: false, asymmetricQuantizeInputs: false, quantizedBiasType: 0 },
      },
    });
  }

  /** A depthwise convolution of one position where there are channels of an image, else a product and a sum. */
  private affine({ scale, shift, activation }: Affine): number {
    if (this.node.shape.length === 4) {
      const window = { size: [1, 1], strides: [1, 1], dilations: [1, 1], padding: "valid" } as const;
      const step = { kind: "depthwiseConv2d", window, filter: scale, bias: shift, activation } as const;
      return this.depthwiseConv2d(step, this.operands[0]!);
    }
    const factor = this.writer.floats(this.name("scale"), [scale.length], scale);
    if (shift.every((value) => value === 0)) return this.elementwise("MUL", activation, factor);
    const product = scale.every((value) => value === 1)
      ? this.input
      : this.elementwise("MUL", "none", factor);
    const summand = this.writer.floats(this.name("shift"), [shift.length], shift);
    return this.elementwise("ADD", activation, summand, product);
  }

  private elementwise(
    name: "ADD" | "MUL",
    activation: Activation,
    other: number,
    input = this.input,
  ): number {
    const options =
      name === "ADD"
        ? ({ type: "AddOptions", value: { ...activationOf(activation), potScaleInt16: true } } as const)
        : ({ type: "MulOptions", value: activationOf(activation) } as const);
    return this.operator(name, [input, other], options);
  }

  private pool({ kind, window, activation }: Pool): number {
    return this.operator(kind === "maxPool" ? "MAX_POOL_2D" : "AVERAGE_POOL_2D", [this.input], {
      type: "Pool2DOptions",
      value: {
        ...stridesOf(window),
        ...activationOf(activation),
        ...{ filterHeight: window.size[0], filterWidth: window.size[1] },
      },
    });
  }

  private concatenation(axis: number): number {
    let parts = [...this.operands];
    while (parts.length > maxConcatenated) {
      const first = parts.slice(0, maxConcatenated);
      const sizes = first.map(({ shape }) => shape[axis]!);
      const shape = first[0]!.shape.map((size, i) => (i === axis ? sizes.reduce((a, b) => a + b) : size));
      const tensor = this.writer.activation(this.name("part"), shape);
      this.join(first, axis, tensor);
      parts = [{ tensor, shape }, ...parts.slice(maxConcatenated)];
    }
    const output = this.output();
    this.join(parts, axis, output);
    return output;
  }

  private join(parts: readonly Operand[], axis: number, output: number): void {
    const inputs = parts.map(({ tensor }) => tensor);
    this.writer.operator("CONCATENATION", inputs, output, {
      type: "ConcatenationOptions",
      value: { axis, ...activationOf("none") },
    });
  }

  private reshape(shape: readonly number[]): number {
    const target = this.writer.integers(this.name("shape"), [shape.length], shape);
    return this.operator("RESHAPE", [this.input, target], {
      type: "ReshapeOptions",
      value: { newShape: [...shape] },
    });
  }

  private pad(
    amounts: readonly (readonly [number, number])[],
    input: Operand,
    shape: readonly number[],
  ): number {
    const paddings = this.writer.integers(this.name("paddings"), [amounts.length, 2], amounts.flat());
    const output = this.writer.activation(this.name("padded"), shape);
    this.writer.operator("PAD", [input.tensor, paddings], output, { type: "PadOptions", value: {} });
    return output;
  }

  private weights(shape: readonly number[], filter: Float32Array, bias: Float32Array): [number, number] {
    return [
      this.writer.floats(this.name("filter"), shape, filter),
      this.writer.floats(this.name("bias"), [bias.length], bias),
    ];
  }
}

type OperatorArguments = [
  name: Parameters<ModelWriter["operator"]>[0],
  inputs: number[],
  options?: Parameters<ModelWriter["operator"]>[3],
  version?: number,
];

function stridesOf({ padding, strides }: Window) {
  return {
    padding: padding === "same" ? Padding.SAME : Padding.VALID,
    ...{ strideH: strides[0], strideW: strides[1] },
  };
}

function dilationsOf({ dilations }: Window) {
  return { dilationHFactor: dilations[0], dilationWFactor: dilations[1] };
}

function activationOf(activation: Activation) {
  return { fusedActivationFunction: fused[activation] };
}
