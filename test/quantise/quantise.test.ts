/** Float models quantised, and both run in the TFLM interpreter. */

import { describe, expect, test } from "vitest";
import { rewriteInt8 } from "../../lib/quantise/model.js";
import { checkFinite, checkQuantisable, quantisedOperators } from "../../lib/quantise/operators.js";
import { rangeRules } from "../../lib/quantise/range.js";
import { runModel, written } from "../../lib/runs.js";
import { asInt8, constantData, mainGraph, opName } from "../../lib/tflite/graph.js";
import { readModel } from "../../lib/tflite/reader.js";
import { thrownBy } from "../cli/support/throws.js";
import { floatTwin } from "../support/float-twin.js";
import { usePool } from "../support/interpreter.js";
import { convModelValue, everyLayer, type ModelSpec } from "../support/models.js";
import { seededRandom } from "../support/random.js";
import { readSample, samplesReason, withoutSamples } from "../tflite/samples.js";
import { outputsOf, quantised, worst } from "./float-runs.js";

const native = usePool();
describe("a float model in int8", () => {
  test.each(rangeRules)(
    "of every layer, %s: probabilities within a few steps of the float model's",
    async (rule) => {
      const float = floatTwin(convModelValue(everyLayer));
      const int8 = await quantised(float, everyLayer, native, { rule });
      expect(
        worst(await outputsOf(int8.model, everyLayer, native), await outputsOf(float, everyLayer, native)),
      ).toBeLessThan(0.06);
    },
  );

  const conv = { kind: "conv", filters: 6, kernel: [3, 3] } as const;
  const chains: [string, ModelSpec["layers"]][] = [
    ["CONV_2D", [conv]],
    ["CONV_2D with RELU6", [{ ...conv, activation: "RELU6" }]],
    ["DEPTHWISE_CONV_2D", [conv, { kind: "depthwise", kernel: [3, 3] }]],
    ["FULLY_CONNECTED", [{ kind: "reshape" }, { kind: "fullyConnected", outputs: 5 }]],
    ["ADD", [conv, conv, { kind: "add", from: 0 }]],
    ["CONCATENATION", [conv, conv, { kind: "concatenation", from: 0 }]],
    ["MAX_POOL_2D", [conv, { kind: "maxPool" }]],
    ["AVERAGE_POOL_2D", [conv, { kind: "averagePool" }]],
    ["MEAN", [conv, { kind: "mean" }]],
    ["LOGISTIC", [{ kind: "reshape" }, { kind: "fullyConnected", outputs: 5 }, { kind: "logistic" }]],
  ];
  test.each(chains)("%s: outputs within 2 %% of their range, the bias corrected", async (_, layers) => {
    const spec: ModelSpec = { seed: 5, input: [1, 8, 8, 3], layers };
    const float = floatTwin(convModelValue(spec));
    const reference = await outputsOf(float, spec, native);
    const int8 = await quantised(float, spec, native);
    const range = Math.max(...reference) - Math.min(...reference);
    expect(worst(await outputsOf(int8.model, spec, native), reference)).toBeLessThan(0.02 * range);
  });

  test("is one that the reader takes, with int8 filters and int32 biases", async () => {
    const int8 = await quantised(floatTwin(convModelValue(everyLayer)), everyLayer, native);
    expect(readModel(int8.bytes, "int8")).toEqual(int8.model);
    const { tensors, operators } = mainGraph(int8.model);
    for (const { inputs } of operators.filter((operator) => opName(int8.model, operator).includes("CONV"))) {
      expect([tensors[inputs[1]!]!.type, tensors[inputs[2]!]!.type]).toEqual([9, 2]);
    }
  });
});

describe("what cannot be quantised", () => {
  test("an operator, named with its place", async () => {
    const model = floatTwin(convModelValue(everyLayer));
    const [code] = model.operatorCodes;
    const other = {
      ...model,
      operatorCodes: model.operatorCodes.map((own) =>
        own === code ? { ...own, builtinCode: 47, deprecatedBuiltinCode: 47 } : own,
      ),
    };
    const { code: refusal, message } = await thrownBy(() => checkQuantisable(other, "float.tflite"));
    expect([refusal, message]).toEqual(["QUANTISE_OPERATORS", expect.stringMatching(/\(operator 0\)/)]);
  });

  test("a constant that is no number", async () => {
    const model = floatTwin(convModelValue(everyLayer));
    const filter = mainGraph(model).tensors[mainGraph(model).operators[1]!.inputs[1]!]!;
    const bad = Float32Array.from({ length: filter.shape.reduce((a, b) => a * b) }, (_, i) =>
      i === 5 ? Number.NaN : 0.1,
    );
    const buffers = model.buffers.map((buffer, i) =>
      i === filter.buffer ? { ...buffer, data: new Uint8Array(bad.buffer) } : buffer,
    );
    const { code, message } = await thrownBy(() => checkFinite({ ...model, buffers }, "float.tflite"));
    const place = `tensors[${mainGraph(model).tensors.indexOf(filter)}], element 5`;
    expect([code, message]).toEqual(["QUANTISE_NOT_FINITE", expect.stringContaining(place)]);
  });
});

describe.skipIf(withoutSamples)(`against the official converter${samplesReason}`, () => {
  test("with its ranges: the same filters, scales and outputs but for a last step", async () => {
    const float = readModel(readSample("resnet8_cifar10_float32.tflite"), "float");
    const official = readModel(readSample("resnet8_cifar10_int8.tflite"), "int8");
    const [own, theirs] = [mainGraph(float), mainGraph(official)];
    expect(own.operators.map((o) => opName(float, o))).toEqual(
      theirs.operators.map((o) => opName(official, o)),
    );
    const paramsOf = (index: number) => {
      const { scale, zeroPoint } = theirs.tensors[index]!.quantization!;
      return { scale: scale![0]!, zeroPoint: Number(zeroPoint![0]!) };
    };
    const pairs = [
      [own.inputs[0]!, theirs.inputs[0]!] as const,
      ...own.operators.map(
        (operator, i) => [operator.outputs[0]!, theirs.operators[i]!.outputs[0]!] as const,
      ),
    ];
    const activations = new Map(pairs.map(([mine, their]) => [mine, paramsOf(their)]));
    const channelMeans = new Map(
      pairs.map(([mine]) => [mine, new Float64Array(own.tensors[mine]!.shape.at(-1)!)]),
    );
    const operators = quantisedOperators(float);
    const int8 = rewriteInt8({ model: float, operators, activations, channelMeans });
    own.operators.forEach((operator, i) => {
      if (opName(float, operator) !== "CONV_2D") return;
      const [mine, their] = [
        mainGraph(int8).tensors[operator.inputs[1]!]!,
        theirs.tensors[theirs.operators[i]!.inputs[1]!]!,
      ];
      const [a, b] = [asInt8(constantData(int8, mine)!), asInt8(constantData(official, their)!)];
      const steps = a.reduce((most, q, at) => Math.max(most, Math.abs(q - b[at]!)), 0);
      expect(steps, `operator ${i}`).toBeLessThanOrEqual(1);
      mine.quantization!.scale!.forEach((scale, c) => {
        expect(scale / their.quantization!.scale![c]!).toBeCloseTo(1, 5);
      });
    });
    const random = seededRandom(8);
    const samples = 40;
    const bytes = new Uint8Array(Array.from({ length: samples * 32 * 32 * 3 }, () => random.integer(0, 255)));
    const [ours, reference] = await Promise.all(
      [int8, official].map(async (model) => {
        const { outputs } = await runModel(written(model), { samples, bytes }, native.context);
        return Float32Array.from(asInt8(outputs));
      }),
    );
    expect(new Set(reference).size).toBeGreaterThan(20);
    expect(worst(ours!, reference!)).toBeLessThanOrEqual(1);
  });
});
