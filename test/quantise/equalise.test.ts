/** Cross-layer equalisation: the float network computes the same, and its int8 form comes closer to it. */

import { describe, expect, test } from "vitest";
import { silentProgress } from "../../lib/progress/progress.js";
import { equalised, equalisingFactors } from "../../lib/quantise/equalise.js";
import { quantiseForPruning } from "../../lib/quantise/for-pruning.js";
import { withoutMeans } from "../../lib/quantise/mean.js";
import { asFloat32, constantData, mainGraph, opName } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { floatTwin } from "../support/float-twin.js";
import { usePool } from "../support/interpreter.js";
import { convModelValue, type ModelSpec } from "../support/models.js";
import { seededRandom } from "../support/random.js";
import { readSample, samplePath, samplesReason, withoutSamples } from "../tflite/samples.js";
import { imported, outputsOf, quantised, worst } from "./float-runs.js";

const native = usePool();

const conv = { kind: "conv", filters: 8, kernel: [3, 3], activation: "RELU" } as const;
const depthwise = { kind: "depthwise", kernel: [3, 3], activation: "RELU" } as const;

function specOf(layers: ModelSpec["layers"]): ModelSpec {
  return { seed: 5, input: [1, 8, 8, 3], layers };
}

/** Constants of every operator of a kind. */
function constantsOf(model: Model, kind: string): Float32Array[] {
  const { operators, tensors } = mainGraph(model);
  return operators
    .filter((operator) => opName(model, operator) === kind)
    .flatMap(({ inputs }) => inputs.slice(1))
    .flatMap((tensor) => {
      const data = constantData(model, tensors[tensor]!);
      return data === undefined ? [] : [asFloat32(data)];
    });
}

/** Channel ranges that fall from activation to activation, by index: 1, 1/4, 1/16, ... and again. */
function unevenRanges(model: Model): Map<number, Float64Array> {
  const { tensors } = mainGraph(model);
  return new Map(
    tensors.map(({ shape }, i) => [
      i,
      Float64Array.from({ length: shape.at(-1) ?? 1 }, (_, c) => 4 ** -(c % 4)),
    ]),
  );
}

describe("equalised", () => {
  test.each<[string, ModelSpec["layers"]]>([
    ["a conv before a depthwise conv", [conv, depthwise]],
    ["a depthwise conv before a 1x1", [conv, depthwise, { ...conv, kernel: [1, 1] }]],
    ["a conv before a conv, pooled between", [conv, { kind: "maxPool" }, conv]],
    [
      "a conv before the mean and a fully connected layer",
      [conv, { kind: "mean" }, { kind: "fullyConnected", outputs: 5 }],
    ],
    [
      "a conv before a fully connected layer that reads it flattened",
      [conv, { kind: "maxPool" }, { kind: "reshape" }, { kind: "fullyConnected", outputs: 5 }],
    ],
  ])("%s: other constants, the same outputs", async (_, layers) => {
    const spec = specOf(layers);
    const model = withoutMeans(floatTwin(convModelValue(spec)));
    const scaled = equalised(model, unevenRanges(model));
    expect(constantsOf(scaled, "CONV_2D")).not.toEqual(constantsOf(model, "CONV_2D"));
    const before = await outputsOf(model, spec, native);
    const largest = before.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(worst(await outputsOf(scaled, spec, native), before)).toBeLessThan(1e-5 * largest);
  });

  test.each<[string, ModelSpec["layers"]]>([
    ["RELU6 lies between", [{ ...conv, activation: "RELU6" }, depthwise]],
    ["two operators read it", [conv, conv, { kind: "add", from: 0 }]],
    ["it is the model's output", [conv]],
  ])("leaves a layer as it is where %s", (_, layers) => {
    const model = floatTwin(convModelValue(specOf(layers)));
    expect(equalised(model, unevenRanges(model))).toEqual(model);
  });

  test("brings the int8 model closer to a float one whose channels lie far apart", async () => {
    const spec = specOf([conv, depthwise, { ...conv, kernel: [1, 1] }]);
    const even = floatTwin(convModelValue(spec));
    // The inverse of what evens ranges out takes them apart.
    const uneven = equalised(even, unevenRanges(even));
    const reference = await outputsOf(uneven, spec, native);
    const errorOf = async (equalise: boolean) => {
      const int8 = await quantised(uneven, spec, native, { equalise });
      return worst(await outputsOf(int8.model, spec, native), reference);
    };
    const [plain, evened] = [await errorOf(false), await errorOf(true)];
    expect(evened).toBeLessThan(plain / 5);
  });
});

test("channels are evened out in what sets the grid: the conv's output, not the mean of it", () => {
  const spec = specOf([
    conv,
    { kind: "averagePool" },
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 5 },
  ]);
  const model = floatTwin(convModelValue(spec));
  const { operators, tensors } = mainGraph(model);
  const largest = tensors.map(({ shape }) => new Float64Array(shape.at(-1) ?? 1).fill(0.25));
  /** What filter 1 was divided by, as a multiple of what filter 0 was. */
  const ratioFor = (ranges: Float64Array[]) => {
    const [before, after] = [model, equalised(model, new Map(ranges.entries()))].map(
      (one) => constantsOf(one, "CONV_2D")[0]!,
    );
    const perFilter = 27;
    return before![perFilter]! / after![perFilter]! / (before![0]! / after![0]!);
  };
  const convOutput = operators[0]!.outputs[0]!;
  const uneven = largest.map((own, i) => (i === convOutput ? Float64Array.of(1, 4, 1, 4, 1, 4, 1, 4) : own));
  // Range and weights have equal parts: the square root of 4.
  expect(ratioFor(uneven) / ratioFor(largest)).toBeCloseTo(2, 5);
});

describe("equalisingFactors", () => {
  test("makes ranges equal where every channel has its own scale", () => {
    const ranges = Float64Array.of(8, 2, 1, 0.5);
    const factors = equalisingFactors(ranges);
    const evened = ranges.map((range, i) => range / factors[i]!);
    for (const range of evened) expect(range).toBeCloseTo(evened[0]!, 9);
    expect(factors.reduce((product, factor) => product * factor, 1)).toBeCloseTo(1, 9);
  });

  test("gives activations and weights equal parts", () => {
    const factors = equalisingFactors(Float64Array.of(4, 4), Float64Array.of(1, 1 / 4));
    expect(factors[1]! / factors[0]!).toBeCloseTo(2, 9);
  });

  test("evens out ranges three orders of magnitude apart, and leaves a channel that was always 0", () => {
    const factors = equalisingFactors(Float64Array.of(1, 1e-3, 0));
    expect(factors[0]! / factors[1]!).toBeCloseTo(1e3, 6);
    expect(factors[2]).toBe(1);
  });
});

describe.skipIf(withoutSamples)(`on keywords${samplesReason}`, () => {
  const model = withoutSamples ? undefined : readModel(readSample("dscnn_kws_int8.tflite"), "int8");
  /** The recorded features are inputs of the int8 model; the float one takes what they stand for. */
  const settings = (int8: Model) => {
    const { scale, zeroPoint } = mainGraph(int8).tensors[mainGraph(int8).inputs[0]!]!.quantization!;
    return { inputScale: scale![0]!, inputOffset: -Number(zeroPoint![0]!) * scale![0]! };
  };
  const inputs = (name: string) => samplePath(`../kws/${name}.npy`);

  test("DS-CNN with channels scaled apart as folded batch norms leave them", async () => {
    const even = withoutMeans(floatTwin(model!));
    const random = seededRandom(3);
    const apart = new Map(
      mainGraph(even).tensors.map(({ shape }, i) => [
        i,
        Float64Array.from({ length: shape.at(-1) ?? 1 }, () => 2 ** random.integer(-5, 5)),
      ]),
    );
    const progress = silentProgress.stage("quantise");
    const options = {
      calibration: inputs("calibration_features"),
      eval: inputs("eval_features"),
      labels: inputs("eval_labels"),
      ...{ calibrationSamples: 1024, seed: 1, quantiseRange: "percentile" as const },
      ...settings(model!),
    };
    const quantisedFrom = async (float: Model, equalise: boolean) => {
      const context = { ...native.context, progress };
      return (await quantiseForPruning(imported(float), { ...options, equalise }, context)).float;
    };
    const uneven = equalised(even, apart);
    const [plain, evened] = [await quantisedFrom(uneven, false), await quantisedFrom(uneven, true)];
    const asItIs = [await quantisedFrom(even, false), await quantisedFrom(even, true)];
    const shares = [plain, evened, ...asItIs].map(({ agreement }) => agreement.toFixed(4));
    console.log(
      `agreement, apart: ${shares[0]}, equalised ${shares[1]}; as it is: ${shares[2]}, equalised ${shares[3]}`,
    );
    // The inputs are the right ones only if the float network knows the words.
    expect(plain.accuracy).toBeGreaterThan(0.85);
    expect(plain.agreement).toBeLessThan(0.5);
    expect(evened.agreement).toBeGreaterThan(0.97);
  });
});
