import { describe, expect, test } from "vitest";
import { type LossKind, networkPlan } from "../../lib/network-plan.js";
import { prunableLayers } from "../../lib/prunable.js";
import { runModel } from "../../lib/runs.js";
import { statistics } from "../../lib/statistics.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { bytesOf, quietStage, usePool, withOutput } from "../support/interpreter.js";
import { convModelValue, everyLayer, type ModelSpec, randomInputs } from "../support/models.js";
import { patchesOf, productSums } from "./support/patches.js";
import { normalsOf } from "./support/random-stream.js";

const native = usePool(2);
const alone = usePool(1);

/** conv, reshape, fully connected, softmax: small enough to differentiate by hand. */
const spec: ModelSpec = {
  seed: 3,
  input: [1, 5, 6, 3],
  layers: [
    { kind: "conv", filters: 4, kernel: [3, 3], stride: 2, activation: "RELU" },
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 5 },
    { kind: "softmax" },
  ],
};

function request(samples: number, { seed = 11, loss = "classes" as LossKind, of = spec, beta = 1 } = {}) {
  const model = convModelValue(of);
  const last = mainGraph(model).operators.at(-1)!.builtinOptions?.value;
  if (last !== undefined && "beta" in last) last.beta = beta;
  const calibration = { samples, bytes: bytesOf(randomInputs(of, samples)) };
  const common = { pool: native.pool, signal: new AbortController().signal, progress: quietStage };
  const network = networkPlan(model, loss);
  const { layers } = prunableLayers(model, network.operators);
  return { model, bytes: writeModel(model), network, layers, calibration, seed, ...common };
}

describe("second moments", () => {
  test("are the exact integer sums over every patch", async () => {
    const job = request(70);
    const { layers } = await statistics(job);
    const { layer, moments } = layers[0]!;
    const patches = patchesOf(layer, new Int8Array(job.calibration.bytes.buffer));
    expect(moments.count).toBe(70 * layer.geometry.outputHeight * layer.geometry.outputWidth);
    expect(moments.sums).toEqual(productSums(patches, patches));
  });

  test("of every kind of layer, and the prices, do not depend on the number of workers", async () => {
    const job = request(100, { of: everyLayer });
    const several = await statistics(job);
    const single = await statistics({ ...job, pool: alone.pool });
    expect(several.layers.map(({ layer }) => layer.operator)).toEqual([0, 1, 5, 6, 9]);
    several.layers.forEach((layer, i) => {
      expect(single.layers[i]!.moments).toEqual(layer.moments);
      expect(single.layers[i]!.prices).toEqual(layer.prices);
      expect(Math.max(...layer.prices)).toBeGreaterThan(0);
    });
  });
});

/** Real values of an operator's output over all samples. */
async function realOutputs(job: ReturnType<typeof request>, operator: number): Promise<Float64Array> {
  const model = withOutput(job.model, operator);
  const run = await runModel({ model, bytes: writeModel(model) }, job.calibration, native.context);
  const graph = mainGraph(job.model);
  const { quantization } = graph.tensors[graph.operators[operator]!.outputs[0]!]!;
  const [scale, zeroPoint] = [quantization!.scale![0]!, Number(quantization!.zeroPoint![0])];
  return Float64Array.from(new Int8Array(run.outputs.buffer), (q) => (q - zeroPoint) * scale);
}

/** Class shares of logits, as prices see them: softened, and none below a least one. */
function softShares(logits: Float64Array, beta: number): number[] {
  const largest = Math.max(...logits);
  const powers = [...logits].map((logit) => Math.exp((beta * (logit - largest)) / 2));
  const sum = powers.reduce((a, b) => a + b);
  const shares = powers.map((power) => Math.max(power / sum, 1 / 256));
  const total = shares.reduce((a, b) => a + b);
  return shares.map((share) => share / total);
}

describe("prices: half the mean squared gradient along random directions of the outputs", () => {
  /** Of the model without a softmax its five values are the outputs; with one, its logits. */
  const values: ModelSpec = { ...spec, layers: spec.layers.slice(0, 3) };

  test.each([
    ["classes of a softmax", "classes", spec, 1],
    ["classes of a softmax with a beta", "classes", spec, 3],
    ["classes without a softmax", "classes", values, 1],
    ["values", "values", values, 1],
  ] as const)("%s: those of the chain rule by hand", async (_, loss, of, beta) => {
    const samples = 40;
    const seed = 5;
    const job = request(samples, { seed, loss, of, beta });
    const { layers } = await statistics(job);
    const [conv, connected] = layers;
    const [hidden, outputs] = [await realOutputs(job, 0), await realOutputs(job, 2)];
    const { operators } = job.network;
    const open = (operator: number, value: number) =>
      value > operators[operator]!.activationMin && value < operators[operator]!.activationMax;
    const perSample = hidden.length / samples;
    // Few samples get the most draws that there are.
    const draws = 8;
    const expected = { conv: new Float64Array(4), connected: new Float64Array(5) };
    for (let s = 0; s < samples; s++) {
      const shares = softShares(outputs.subarray(5 * s, 5 * s + 5), beta);
      for (let draw = 0; draw < draws; draw++) {
        const drawn = normalsOf(BigInt((seed + s) * 64 + draw), 5);
        const along = drawn.reduce((sum, value, o) => sum + Math.sqrt(shares[o]!) * value, 0);
        const wanted = drawn.map((value, o) =>
          loss === "values" ? value : beta * (Math.sqrt(shares[o]!) * value - shares[o]! * along),
        );
        const direction = wanted.map((value, o) => (open(2, outputs[5 * s + o]!) ? value : 0));
        direction.forEach((value, o) => {
          expected.connected[o]! += value ** 2;
        });
        for (let i = 0; i < perSample; i++) {
          if (!open(0, hidden[s * perSample + i]!)) continue;
          const weights = direction.map((_, o) => operators[2]!.filter[o * perSample + i]!);
          expected.conv[i % 4]! += weights.reduce((sum, w, o) => sum + w * direction[o]!, 0) ** 2;
        }
      }
    }
    for (const [{ layer, prices }, sums] of [
      [conv!, expected.conv],
      [connected!, expected.connected],
    ] as const) {
      prices.forEach((price, filter) => {
        const unit = layer.inputScale * layer.filterScales[filter]!;
        const wanted = (0.5 * sums[filter]! * unit ** 2) / (samples * draws);
        expect(price / wanted).toBeCloseTo(1, 4);
      });
    }
  });

  test("follow the seed", async () => {
    const [first, again, other] = [
      await statistics(request(20)),
      await statistics(request(20)),
      await statistics(request(20, { seed: 12 })),
    ];
    expect(again.layers[0]!.prices).toEqual(first.layers[0]!.prices);
    expect(other.layers[0]!.prices).not.toEqual(first.layers[0]!.prices);
  });
});
