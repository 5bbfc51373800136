import { describe, expect, test } from "vitest";
import { checkModel } from "../../lib/tflite/check.js";
import type { Model, Operator, Tensor } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { BuiltinOperator, TensorType } from "../../lib/tflite/schema.js";
import { addActivation, addConstant, addOperator, type Draft, emptyModel } from "../support/model-draft.js";
import { convModelValue, everyLayer } from "../support/models.js";
import { seededRandom } from "../support/random.js";
import { readSample, sampleNames, samplesReason, withoutSamples } from "./samples.js";

/** Every field that the checks name starts here. */
const graph = "subgraphs[0]";

function operatorOf(model: Model, name: keyof typeof BuiltinOperator): Operator {
  const code = model.operatorCodes.findIndex(({ builtinCode }) => builtinCode === BuiltinOperator[name]);
  return model.subgraphs[0]!.operators.find(({ opcodeIndex }) => opcodeIndex === code)!;
}

function tensorOf(model: Model, index: number | undefined): Tensor {
  return model.subgraphs[0]!.tensors[index ?? -1]!;
}

/** Overwrites fields of an operator's options. */
function options(model: Model, name: keyof typeof BuiltinOperator, change: Record<string, unknown>): void {
  Object.assign(operatorOf(model, name).builtinOptions!.value, change);
}

function expectRefused(model: Model, field: string): void {
  expect(() => checkModel(model, "m.tflite")).toThrow(
    expect.objectContaining({
      code: "MODEL_INVALID",
      exit: 2,
      message: expect.stringContaining(`m.tflite is not a valid model: ${field}`),
    }),
  );
}

describe("valid models pass", () => {
  test("one with every kind of layer", () => {
    expect(() => checkModel(convModelValue(everyLayer))).not.toThrow();
  });

  test.skipIf(withoutSamples)(`the real ones${samplesReason}`, () => {
    for (const name of sampleNames) {
      expect(() => checkModel(readModel(readSample(name)), name)).not.toThrow();
    }
  });
});

type Case = [what: string, edit: (model: Model) => void, field: string];

function refuses(cases: Case[]): void {
  test.each(cases)("%s", (_, edit, field) => {
    const model = convModelValue(everyLayer);
    edit(model);
    expectRefused(model, field);
  });
}

describe("the model's own tables", () => {
  refuses([
    ["another schema version", (m) => Object.assign(m, { version: 2 }), "version is 2"],
    ["no buffers", (m) => Object.assign(m, { buffers: [] }), "buffers is empty"],
    ["data in buffer 0", (m) => Object.assign(m.buffers[0]!, { data: Uint8Array.of(1) }), "buffers[0]"],
    ["data behind the file", (m) => Object.assign(m.buffers[1]!, { offset: 400n }), "buffers[1]"],
    ["no subgraph", (m) => Object.assign(m, { subgraphs: [] }), "subgraphs is empty"],
    [
      "codes that disagree",
      (m) => Object.assign(m.operatorCodes[0]!, { builtinCode: 9 }),
      "operatorCodes[0].builtinCode",
    ],
    [
      "a nameless custom operator",
      (m) => m.operatorCodes.push({ builtinCode: 32, deprecatedBuiltinCode: 32, version: 1 }),
      "operatorCodes[8].customCode",
    ],
    ["metadata without buffer", (m) => m.metadata!.push({ name: "x", buffer: 999 }), "metadata[0].buffer"],
    [
      "a short offline memory plan",
      (m) => m.metadata!.push({ name: "OfflineMemoryAllocation", buffer: 1 }),
      "metadata[0].buffer",
    ],
    [
      "a signature for a missing tensor",
      (m) => Object.assign(m, { signatureDefs: [{ subgraphIndex: 0, inputs: [{ tensorIndex: 500 }] }] }),
      "signatureDefs[0].inputs[0].tensorIndex is 500",
    ],
  ]);
});

describe("tensors", () => {
  const first = `${graph}.tensors[0]`;
  const filter = `${graph}.tensors[1]`;
  const edit = (index: number, change: Partial<Tensor>) => (m: Model) => {
    Object.assign(tensorOf(m, index), change);
  };
  const quantization = (index: number, change: object) => (m: Model) => {
    Object.assign(tensorOf(m, index).quantization!, change);
  };
  refuses([
    ["a negative dimension", edit(0, { shape: [1, -1, 12, 3] }), `${first}.shape[1] is -1`],
    ["too many dimensions", edit(0, { shape: Array(9).fill(1) }), `${first}.shape`],
    ["sizes that overflow", edit(0, { shape: [65536, 65536, 65536, 65536] }), `${first}.shape`],
    ["a signature of another shape", edit(0, { shapeSignature: [-1, 13, 12, 3] }), `${first}.shapeSignature`],
    ["a buffer that is not there", edit(0, { buffer: 4000 }), `${first}.buffer is 4000`],
    ["data shorter than its shape", edit(1, { shape: [9, 3, 3, 3] }), `${filter}.buffer`],
    ["a variable with data", edit(1, { isVariable: true }), filter],
    ["a sparse tensor", edit(1, { sparsity: {} }), `${filter}.sparsity`],
    ["a scale of 0", quantization(0, { scale: [0] }), `${first}.quantization.scale[0] is 0`],
    ["a scale of NaN", quantization(0, { scale: [Number.NaN] }), `${first}.quantization.scale[0]`],
    [
      "an infinite scale",
      quantization(0, { scale: [Number.POSITIVE_INFINITY] }),
      `${first}.quantization.scale[0]`,
    ],
    [
      "a zero point outside of int8",
      quantization(0, { zeroPoint: [200n] }),
      `${first}.quantization.zeroPoint[0]`,
    ],
    [
      "scales missing",
      quantization(1, { scale: [1, 1], zeroPoint: [0n, 0n] }),
      `${filter}.quantization.scale has 2`,
    ],
    ["zero points missing", quantization(1, { zeroPoint: [0n] }), `${filter}.quantization.zeroPoint`],
    [
      "an axis outside of the shape",
      quantization(1, { quantizedDimension: 4 }),
      `${filter}.quantization.quantizedDimension`,
    ],
    [
      "another quantisation",
      quantization(1, { details: { type: "CustomQuantization", value: {} } }),
      `${filter}.quantization.details`,
    ],
  ]);
});

describe("the order and the operands of operators", () => {
  const operator = `${graph}.operators[0]`;
  const edit = (change: (first: Operator, model: Model) => void) => (m: Model) =>
    change(m.subgraphs[0]!.operators[0]!, m);
  refuses([
    [
      "an operator code that is not there",
      edit((o) => Object.assign(o, { opcodeIndex: 99 })),
      `${operator}.opcodeIndex`,
    ],
    [
      "an input that is not there",
      edit((o) => Object.assign(o.inputs, { 1: 1000 })),
      `${operator}.inputs[1] is 1000`,
    ],
    ["an input below -1", edit((o) => Object.assign(o.inputs, { 1: -2 })), `${operator}.inputs[1] is -2`],
    ["an absent filter", edit((o) => Object.assign(o.inputs, { 1: -1 })), `${operator}.inputs[1]`],
    [
      "an input from the future",
      edit((o, m) => Object.assign(o.inputs, { 0: m.subgraphs[0]!.outputs[0] })),
      `${operator}.inputs[0]`,
    ],
    ["its input overwritten", edit((o) => Object.assign(o.outputs, { 0: 0 })), `${operator}.outputs[0]`],
    ["a constant overwritten", edit((o) => Object.assign(o.outputs, { 0: 1 })), `${operator}.outputs[0]`],
    ["too many inputs", edit((o) => o.inputs.push(1)), `${operator}.inputs`],
    ["no output", edit((o) => Object.assign(o, { outputs: [] })), `${operator}.outputs`],
    [
      "options of another operator",
      edit((o) => Object.assign(o.builtinOptions!, { type: "AddOptions" })),
      `${operator}.builtinOptions`,
    ],
    [
      "no options",
      edit((o) => Object.assign(o, { builtinOptions: undefined })),
      `${operator}.builtinOptions`,
    ],
    [
      "mutating flags of another length",
      edit((o) => Object.assign(o, { mutatingVariableInputs: [true] })),
      `${operator}.mutatingVariableInputs`,
    ],
    ["options behind the file", edit((o) => Object.assign(o, { largeCustomOptionsOffset: 99n })), operator],
    [
      "a constant as the model's input",
      (m) => Object.assign(m.subgraphs[0]!, { inputs: [1] }),
      `${graph}.inputs[0]`,
    ],
    ["an output that nothing computes", (m) => m.subgraphs[0]!.operators.pop(), `${graph}.outputs[0]`],
  ]);
});

describe("operators whose kernels trust the model", () => {
  refuses([
    [
      "a stride of 0",
      (m) => options(m, "CONV_2D", { strideH: 0 }),
      `${graph}.operators[0].builtinOptions.strideH`,
    ],
    [
      "a huge dilation",
      (m) => options(m, "CONV_2D", { dilationWFactor: 2 ** 30 }),
      `${graph}.operators[0].builtinOptions.dilationWFactor`,
    ],
    ["an output too large", (m) => options(m, "CONV_2D", { strideH: 2 }), `${graph}.operators[0].outputs[0]`],
    ["another padding", (m) => options(m, "CONV_2D", { padding: 1 }), `${graph}.operators[0].outputs[0]`],
    [
      "a uint8 filter",
      (m) => Object.assign(tensorOf(m, 1), { type: TensorType.UINT8 }),
      `${graph}.operators[0].inputs[1]`,
    ],
    [
      "a filter zero point",
      (m) => Object.assign(tensorOf(m, 1).quantization!, { zeroPoint: Array(8).fill(1n) }),
      `${graph}.operators[0].inputs[1]`,
    ],
    [
      "an output without a scale",
      (m) => Object.assign(tensorOf(m, 3), { quantization: undefined }),
      `${graph}.operators[0].outputs[0]`,
    ],
    [
      "a rescaling that overflows",
      (m) => Object.assign(tensorOf(m, 3).quantization!, { scale: [1e-30] }),
      `${graph}.operators[0].outputs[0]`,
    ],
    [
      "a pool window of 0",
      (m) => options(m, "MAX_POOL_2D", { filterWidth: 0 }),
      `${graph}.operators[3].builtinOptions.filterWidth`,
    ],
    [
      "a depth multiplier of its own",
      (m) => options(m, "DEPTHWISE_CONV_2D", { depthMultiplier: 4 }),
      `${graph}.operators[4].builtinOptions.depthMultiplier`,
    ],
    [
      "a reshape that gains elements",
      (m) => Object.assign(tensorOf(m, operatorOf(m, "RESHAPE").outputs[0]), { shape: [1, 17] }),
      `${graph}.operators[8].outputs[0]`,
    ],
    [
      "shuffled weights",
      (m) => options(m, "FULLY_CONNECTED", { weightsFormat: 1 }),
      `${graph}.operators[9].builtinOptions.weightsFormat`,
    ],
    [
      "a softmax without beta",
      (m) => options(m, "SOFTMAX", { beta: 0 }),
      `${graph}.operators[10].builtinOptions.beta`,
    ],
    [
      "a sum finer than its operands",
      (m) => Object.assign(tensorOf(m, operatorOf(m, "ADD").outputs[0]).quantization!, { scale: [1e-9] }),
      `${graph}.operators[2].outputs[0]`,
    ],
  ]);
});

describe("operators that move elements", () => {
  const perTensor = { scale: 0.1, zeroPoint: 0, power: 1 };

  /** One operator on an int8 [1, 4, 6, 2] with an int32 parameter, to an output of `shape`. */
  function oneOperator(
    name: "PAD" | "TRANSPOSE" | "MEAN",
    parameter: number[],
    parameterShape: number[],
    shape: number[],
  ): Model {
    const draft: Draft = { model: emptyModel(), random: seededRandom(1) };
    const input = addActivation(draft, "in", { shape: [1, 4, 6, 2], ...perTensor });
    const bytes = new Uint8Array(Int32Array.from(parameter).buffer);
    const constant = addConstant(draft, "parameter", TensorType.INT32, parameterShape, bytes);
    const output = addActivation(draft, "out", { shape, ...perTensor });
    const types = { PAD: "PadOptions", TRANSPOSE: "TransposeOptions", MEAN: "ReducerOptions" } as const;
    const type = types[name];
    const value = type === "ReducerOptions" ? { type, value: { keepDims: false } } : { type, value: {} };
    addOperator(draft, name, 1, [input.tensor, constant], output.tensor, value);
    Object.assign(draft.model.subgraphs[0]!, { inputs: [input.tensor], outputs: [output.tensor] });
    return draft.model;
  }

  test("PAD, TRANSPOSE and MEAN pass with parameters that fit", () => {
    checkModel(oneOperator("PAD", [0, 0, 1, 1, 2, 0, 0, 0], [4, 2], [1, 6, 8, 2]));
    checkModel(oneOperator("TRANSPOSE", [0, 3, 1, 2], [4], [1, 2, 4, 6]));
    checkModel(oneOperator("MEAN", [1, -2], [2], [1, 2]));
  });

  test.each([
    ["PAD", [0, 0, -1, 1, 2, 0, 0, 0], [4, 2], [1, 4, 8, 2], "inputs[1]"],
    ["PAD", [0, 0, 1, 1, 2, 0, 0, 0], [4, 2], [1, 5, 8, 2], "outputs[0]"],
    ["TRANSPOSE", [0, 3, 1, 9], [4], [1, 2, 4, 6], "inputs[1]"],
    ["TRANSPOSE", [0, 3, 3, 2], [4], [1, 2, 2, 6], "inputs[1]"],
    ["MEAN", [1, 4], [2], [1, 2], "inputs[1]"],
    ["MEAN", [1, 1], [2], [1, 6, 2], "inputs[1]"],
    ["MEAN", [1, 2], [2], [1, 6], "outputs[0]"],
  ] as const)("%s with %j is refused", (name, parameter, parameterShape, shape, part) => {
    const model = oneOperator(name, [...parameter], [...parameterShape], [...shape]);
    expectRefused(model, `${graph}.operators[0].${part} of ${name}`);
  });

  test("CONCATENATION joins along its axis and nothing else", () => {
    const joined = (axis: number, shape: number[]) => {
      const draft: Draft = { model: emptyModel(), random: seededRandom(1) };
      const first = addActivation(draft, "a", { shape: [1, 4, 2], ...perTensor });
      const output = addActivation(draft, "out", { shape, ...perTensor });
      const value = { axis, fusedActivationFunction: 0 };
      const operands = [first.tensor, first.tensor];
      addOperator(draft, "CONCATENATION", 2, operands, output.tensor, {
        type: "ConcatenationOptions",
        value,
      });
      Object.assign(draft.model.subgraphs[0]!, { inputs: [first.tensor], outputs: [output.tensor] });
      return draft.model;
    };
    checkModel(joined(-1, [1, 4, 4]));
    expectRefused(joined(3, [1, 4, 4]), `${graph}.operators[0].builtinOptions.axis`);
    expectRefused(joined(1, [1, 4, 4]), `${graph}.operators[0].outputs[0]`);
  });

  test("ADD broadcasts a channel vector, not another height", () => {
    const sum = (shape: number[]) => {
      const draft: Draft = { model: emptyModel(), random: seededRandom(1) };
      const first = addActivation(draft, "a", { shape: [1, 4, 6, 2], ...perTensor });
      const bytes = new Uint8Array(shape.reduce((product, size) => product * size));
      const second = addConstant(draft, "b", TensorType.INT8, shape, bytes, [0.1]);
      const output = addActivation(draft, "out", { shape: [1, 4, 6, 2], ...perTensor });
      const value = { fusedActivationFunction: 0, potScaleInt16: true };
      addOperator(draft, "ADD", 2, [first.tensor, second], output.tensor, { type: "AddOptions", value });
      Object.assign(draft.model.subgraphs[0]!, { inputs: [first.tensor], outputs: [output.tensor] });
      return draft.model;
    };
    checkModel(sum([2]));
    expectRefused(sum([3, 1, 1]), `${graph}.operators[0].inputs of ADD`);
  });
});
