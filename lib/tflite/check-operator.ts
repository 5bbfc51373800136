import type { Fail } from "./check-index.js";
import { asInt32, constantData, elementCount } from "./graph.js";
import type { BuiltinOptions, Model, Operator, SubGraph, TableOf, Tensor } from "./model.js";
import { enumLabel, TensorType } from "./schema.js";

/** Types whose kernels compute with scale and zero point. */
const quantizedTypes: ReadonlySet<number> = new Set([TensorType.INT8, TensorType.UINT8, TensorType.INT16]);

/** A shift of more than 30 bits overflows in every requantisation of TFLM. */
const maxMultiplier = 2 ** 30;

/** What TFLM takes for granted about an operator. */
export interface OperatorRule {
  /** Inputs that must be there; any after them may be absent (-1). */
  required: number;
  /** Most inputs that the kernel looks at. */
  most: number;
  /** Type of `builtinOptions`. */
  options?: string;
  /** The kernel would divide by zero without its options. */
  needsOptions?: boolean;
  check: (operator: OperatorCheck) => void;
}

/** One operator with one output under check: its operands, and the questions that several rules ask. */
export class OperatorCheck {
  constructor(
    private readonly model: Model,
    private readonly graph: SubGraph,
    private readonly operator: Operator,
    readonly name: string,
    private readonly field: string,
    private readonly report: Fail,
  ) {}

  /** Ends the check; `part` is the field within the operator. */
  fail(part: string, problem: string): never {
    return this.report(`${this.field}.${part}`, `of ${this.name} ${problem}`);
  }

  /** Number of inputs, absent ones included. */
  get inputCount(): number {
    return this.operator.inputs.length;
  }

  /** Input `position`; the caller knows that the rule requires it. */
  input(position: number): Tensor {
    const tensor = this.optionalInput(position);
    return tensor ?? this.fail(`inputs[${position}]`, "is absent");
  }

  optionalInput(position: number): Tensor | undefined {
    return this.graph.tensors[this.operator.inputs[position] ?? -1];
  }

  get output(): Tensor {
    const tensor = this.graph.tensors[this.operator.outputs[0] ?? -1];
    return tensor ?? this.fail("outputs[0]", "is absent");
  }

  /** The options if they are of this type. */
  options<T extends BuiltinOptions["type"]>(type: T): TableOf<T> | undefined {
    const { builtinOptions } = this.operator;
    return builtinOptions?.type === type ? (builtinOptions.value as TableOf<T>) : undefined;
  }

  /** Values of an int32 input that the kernel reads as parameters: it must be a constant. */
  parameters(position: number): Int32Array {
    const tensor = this.input(position);
    const data = constantData(this.model, tensor);
    if (tensor.type !== TensorType.INT32 || !data) this.fail(`inputs[${position}]`, "is no INT32 constant");
    return asInt32(data);
  }

  expectRank(tensor: Tensor, part: string, rank: number): void {
    if (tensor.shape.length !== rank)
      this.fail(part, `has shape [${tensor.shape}], expected ${rank} dimensions`);
  }

  expectShape(tensor: Tensor, part: string, shape: readonly number[]): void {
    if (tensor.shape.length !== shape.length || tensor.shape.some((value, axis) => value !== shape[axis])) {
      this.fail(part, `has shape [${tensor.shape}], expected [${shape}]`);
    }
  }

  /** The tensor has one of these types. */
  expectType(tensor: Tensor, part: string, ...types: readonly number[]): void {
    if (types.includes(tensor.type)) return;
    const [found, ...expected] = [tensor.type, ...types].map((type) => enumLabel("TensorType", type));
    this.fail(part, `is ${found}, expected ${expected.join(" or ")}`);
  }

  /** The output has the first input's type and as many elements. */
  expectSameElements(): void {
    const { shape } = this.input(0);
    if (elementCount(this.output.shape) !== elementCount(shape)) {
      this.fail(
        "outputs[0]",
        `has shape [${this.output.shape}], which does not hold the elements of [${shape}]`,
      );
    }
  }

  /** The scale of a quantised tensor; 1 for other types. Without a scale the kernels divide by zero. */
  scaleOf(tensor: Tensor, part: string): number {
    if (!quantizedTypes.has(tensor.type)) return 1;
    const scale = tensor.quantization?.scale?.[0];
    return scale ?? this.fail(part, `is ${enumLabel("TensorType", tensor.type)} without a scale`);
  }

  /** The real factor of a requantisation must be one that a 32-bit multiplier and a shift can express. */
  expectMultiplier(value: number): void {
    if (!(value < maxMultiplier)) this.fail("outputs[0]", `needs a rescaling by ${value.toExponential(3)}`);
  }
}
