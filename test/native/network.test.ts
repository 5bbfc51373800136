/** The numeric forward pass, seen through the refit pass, against TFLM's own activations. */

import { describe, expect, test } from "vitest";
import type { RefitMoments } from "../../lib/native/addon-types.js";
import { networkPlan } from "../../lib/network-plan.js";
import type { LayerStatistics, Samples } from "../../lib/statistics.js";
import type { Model } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { bytesOf, usePool } from "../support/interpreter.js";
import { convModelValue, everyLayer, type Layer, type ModelSpec, randomInputs } from "../support/models.js";
import { statisticsOf } from "../support/prune-path.js";
import { readSample, sampleNames, samplesReason, withoutSamples } from "../tflite/samples.js";
import { noiseInputs } from "../witness/variants.js";

const native = usePool(2);

/** What the pass says about every layer of the statistics while nothing is pruned. */
async function collected(model: Model, samples: Samples, layers: LayerStatistics[], threads = 2) {
  const network = networkPlan(model, "classes");
  const request = { network, inputs: samples.bytes, samples: samples.samples, threads };
  const call = { worker: 0 };
  await native.pool.call("openRefit", request, call);
  const moments: RefitMoments[] = [];
  for (const { layer } of layers) {
    moments.push(await native.pool.call("collectRefit", { operator: layer.operator }, call));
  }
  await native.pool.call("closeRefit", {}, call);
  return moments;
}

/** The size of the difference of two moment matrices, relative to the first. */
function distance(a: Float64Array, b: Float64Array): number {
  const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return norm(a.map((value, i) => value - b[i]!)) / norm(a);
}

/** The largest difference of the cross moments from dense filters times sums, relative to outputs and inputs. */
function crossDistance({ layer }: LayerStatistics, { sums, cross }: RefitMoments): number {
  const order = Math.sqrt(sums.length);
  const patch = order - 1;
  let worst = 0;
  for (let filter = 0; filter < layer.geometry.outputChannels; filter++) {
    const unit = layer.inputScale * layer.filterScales[filter]!;
    const weights = Float64Array.from({ length: order }, (_, i) =>
      i < patch ? layer.weights[filter * patch + i]! : layer.bias[filter]!,
    );
    const expected = Float64Array.from({ length: order }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < order; j++) sum += weights[j]! * sums[i * order + j]!;
      return unit * sum;
    });
    const power = unit * expected.reduce((sum, value, i) => sum + value * weights[i]!, 0);
    expected.forEach((value, i) => {
      const scale = Math.sqrt(power * sums[i * order + i]!);
      if (scale > 0) worst = Math.max(worst, Math.abs(value - cross[filter * order + i]!) / scale);
    });
  }
  return worst;
}

/** Padding apart from the conv, a residual, pools that overlap, channels side by side, activations apart. */
const mixed: ModelSpec = {
  seed: 12,
  input: [1, 11, 9, 3],
  layers: [
    { kind: "pad", before: [1, 0], after: [2, 1] },
    { kind: "conv", filters: 8, kernel: [3, 2], stride: 2, padding: "VALID", activation: "RELU" },
    { kind: "maxPool", window: 3, stride: 1, padding: "SAME" },
    { kind: "concatenation", from: 1 },
    { kind: "depthwise", kernel: [3, 2], multiplier: 2 },
    { kind: "relu6" },
    { kind: "conv", filters: 12, kernel: 1 },
    { kind: "conv", filters: 12, kernel: 3, dilation: [2, 1], activation: "RELU6" },
    { kind: "relu" },
    { kind: "conv", filters: 12, kernel: 1, stride: 2 },
    { kind: "logistic" },
    { kind: "conv", filters: 6, kernel: 3 },
    { kind: "averagePool", window: [2, 3], stride: 1, padding: "SAME" },
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 7, activation: "RELU" },
    { kind: "fullyConnected", outputs: 5 },
    { kind: "softmax" },
  ],
};

/** How far the pass is from TFLM at every layer with weights: moments, and cross moments from dense filters. */
async function distances(model: Model, samples: Samples) {
  const { layers } = await statisticsOf(model, samples, native.context);
  const moments = await collected(model, samples, layers);
  expect(layers.length).toBeGreaterThan(0);
  return layers.map((layer, i) => {
    expect(moments[i]!.count).toBe(layer.moments.count);
    expect(crossDistance(layer, moments[i]!), `cross moments of layer ${i}`).toBeLessThan(1e-5);
    return distance(layer.moments.sums, moments[i]!.sums);
  });
}

function samplesOf(spec: ModelSpec, samples: number): Samples {
  return { samples, bytes: bytesOf(randomInputs(spec, samples)) };
}

/** Behind the layers in question, one that shows what they wrote. */
const shown: Layer = { kind: "conv", filters: 2, kernel: 1 };
const onMaps = (...layers: Layer[]): ModelSpec => ({
  seed: 5,
  input: [1, 9, 8, 4],
  layers: [...layers, shown],
});
const onRows = (...layers: Layer[]): ModelSpec => ({
  ...onMaps(),
  layers: [...layers, { kind: "fullyConnected", outputs: 3 }],
});

describe("the forward pass gives TFLM's activations", () => {
  const pool = { window: 3, stride: 2, padding: "SAME" } as const;
  test.each<[string, ModelSpec]>([
    ["the input as it is", onMaps()],
    ["a maximum", onMaps({ kind: "maxPool", ...pool })],
    ["padding", onMaps({ kind: "pad", before: [1, 0], after: [2, 3] })],
    [
      "concatenation",
      onMaps({ kind: "maxPool", window: 3, stride: 1, padding: "SAME" }, { kind: "concatenation", from: -1 }),
    ],
    ["reshape", onRows({ kind: "reshape", shape: [6, 48] })],
  ])("exactly, of %s", async (_, spec) => {
    expect((await distances(convModelValue(spec), samplesOf(spec, 20))).at(-1)).toBe(0);
  });

  // TFLM rounds twice, and averages half away from zero.
  test.each<[string, ModelSpec]>([
    [
      "a convolution",
      onMaps({ kind: "conv", filters: 9, kernel: [3, 2], stride: [1, 2], activation: "RELU" }),
    ],
    ["a dilated one", onMaps({ kind: "conv", filters: 9, kernel: 3, dilation: 2, activation: "RELU6" })],
    ["a pointwise one with a stride", onMaps({ kind: "conv", filters: 9, kernel: 1, stride: 2 })],
    ["a depthwise one", onMaps({ kind: "depthwise", kernel: 3, stride: 2, activation: "RELU" })],
    // TFLM of 2020 leaves the dilation out when it pads a depthwise convolution.
    [
      "a dilated depthwise one",
      onMaps({ kind: "depthwise", kernel: 3, dilation: 2, padding: "VALID", activation: "RELU6" }),
    ],
    [
      "a depthwise one with a multiplier",
      onMaps({ kind: "depthwise", kernel: [2, 3], multiplier: 3, padding: "VALID" }),
    ],
    [
      "a fully connected layer over rows",
      onRows({ kind: "reshape", shape: [6, 48] }, { kind: "fullyConnected", outputs: 9 }),
    ],
    [
      "an addition",
      onMaps(
        { kind: "maxPool", window: 3, stride: 1, padding: "SAME" },
        { kind: "add", from: -1, activation: "RELU" },
      ),
    ],
    ["an average", onMaps({ kind: "averagePool", ...pool })],
    ["RELU", onMaps({ kind: "relu" })],
    ["RELU6", onMaps({ kind: "relu6" })],
    ["LOGISTIC", onMaps({ kind: "logistic" })],
    ["SOFTMAX", onRows({ kind: "reshape", shape: [36, 8] }, { kind: "softmax" })],
  ])("up to a last bit here and there, of %s", async (_, spec) => {
    const { operators } = networkPlan(convModelValue(spec), "classes");
    expect(operators.map(({ kind }) => kind)).not.toContain("unknown");
    const found = await distances(convModelValue(spec), samplesOf(spec, 20));
    expect(Math.max(...found)).toBeLessThan(2e-3);
  });

  test.each([
    ["every layer", everyLayer],
    ["a mixed network", mixed],
  ])("nearly, through %s", async (_, spec) => {
    const { operators } = networkPlan(convModelValue(spec), "classes");
    expect(operators.map(({ kind }) => kind)).not.toContain("unknown");
    const found = await distances(convModelValue(spec), samplesOf(spec, 40));
    expect(Math.max(...found)).toBeLessThan(2e-2);
  });

  const realModels = sampleNames.filter((name) => name.endsWith("_int8.tflite"));
  test.skipIf(withoutSamples)(`nearly, through the real int8 models${samplesReason}`, async () => {
    for (const name of realModels) {
      const model = readModel(readSample(name));
      const found = await distances(model, { samples: 6, bytes: noiseInputs(model, 6, 3) });
      // The first layer reads the input itself.
      expect(found[0], name).toBe(0);
      expect(Math.max(...found), name).toBeLessThan(0.03);
    }
  });

  test("alike on one thread and on three", async () => {
    const model = convModelValue(mixed);
    const samples = samplesOf(mixed, 21);
    const { layers } = await statisticsOf(model, samples, native.context);
    const [one, three] = [
      await collected(model, samples, layers, 1),
      await collected(model, samples, layers, 3),
    ];
    expect(three).toEqual(one);
  });
});
