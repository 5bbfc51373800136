import { describe, expect, test } from "vitest";
import { gradientBarriers, gradientOperators } from "../../lib/gradient-plan.js";
import { importance } from "../../lib/importance.js";
import { convLayers } from "../../lib/layers.js";
import { runModel } from "../../lib/runs.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { bytesOf, quietStage, usePool, withOutput } from "../support/interpreter.js";
import { convModel, convModelValue, everyLayer, type ModelSpec, randomInputs } from "../support/models.js";

const native = usePool(2);

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

/** SplitMix64, as `native/random.h` has it: the first uniform number of a seed. */
function firstUniform(seed: number): number {
  const mask = (1n << 64n) - 1n;
  let z = (BigInt(seed) + 0x9e3779b97f4a7c15n) & mask;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
  return Number((z ^ (z >> 31n)) >> 11n) * 2 ** -53;
}

function request(samples: number, seed = 11) {
  const model = convModelValue(spec);
  const calibration = { samples, bytes: bytesOf(randomInputs(spec, samples)) };
  const common = { pool: native.pool, signal: new AbortController().signal, progress: quietStage };
  return { model, bytes: convModel(spec), calibration, loss: "classes" as const, seed, ...common };
}

describe("second moments", () => {
  test("are the exact integer sums over every patch", async () => {
    const job = request(70);
    const { layers } = await importance(job);
    const { geometry: g, inputZeroPoint } = layers[0]!.layer;
    const inputs = new Int8Array(job.calibration.bytes.buffer, job.calibration.bytes.byteOffset);
    const order = 28;
    const expected = new Float64Array(order * order);
    for (let s = 0; s < 70; s++) {
      for (let y = 0; y < g.outputHeight; y++) {
        for (let x = 0; x < g.outputWidth; x++) {
          const patch: number[] = [];
          for (let k = 0; k < 9; k++) {
            const iy = y * 2 - g.padTop + Math.floor(k / 3);
            const ix = x * 2 - g.padLeft + (k % 3);
            const inside = iy >= 0 && iy < 5 && ix >= 0 && ix < 6;
            for (let c = 0; c < 3; c++) {
              patch.push(inside ? inputs[((s * 5 + iy) * 6 + ix) * 3 + c]! - inputZeroPoint : 0);
            }
          }
          patch.push(1);
          for (let i = 0; i < order; i++)
            for (let j = 0; j < order; j++) expected[i * order + j]! += patch[i]! * patch[j]!;
        }
      }
    }
    expect(layers[0]!.moments.count).toBe(70 * g.outputHeight * g.outputWidth);
    expect(layers[0]!.moments.sums).toEqual(expected);
  });

  test("and the curves do not depend on the number of workers", async () => {
    const job = request(100);
    const several = await importance(job);
    const { pool: one } = usePoolOfOne;
    const single = await importance({ ...job, pool: one });
    expect(single.layers[0]!.moments).toEqual(several.layers[0]!.moments);
    expect(single.layers[0]!.loss).toEqual(several.layers[0]!.loss);
  });
});
const usePoolOfOne = usePool(1);

describe("squared gradients", () => {
  test("are those of the chain rule by hand", async () => {
    const samples = 40;
    const seed = 5;
    const job = request(samples, seed);
    const { layers } = await importance(job);
    const graph = mainGraph(job.model);
    const operators = gradientOperators(job.model);
    const real = async (operator: number) => {
      const model = withOutput(job.model, operator);
      const { outputs } = await runModel(
        { model, bytes: writeModel(model) },
        job.calibration,
        native.context,
      );
      const tensor = graph.tensors[graph.operators[operator]!.outputs[0]!]!;
      const { scale, zeroPoint } = tensor.quantization!;
      return Float64Array.from(
        new Int8Array(outputs.buffer),
        (q) => (q - Number(zeroPoint![0])) * scale![0]!,
      );
    };
    const conv = await real(0);
    const logits = await real(2);
    const fc = operators[2]!.filter;
    const perSample = conv.length / samples;
    const expected = new Float64Array(4);
    for (let s = 0; s < samples; s++) {
      const z = logits.subarray(5 * s, 5 * s + 5);
      const top = Math.max(...z);
      const e = Array.from(z, (value) => Math.exp(value - top));
      const p = e.map((value) => value / e.reduce((a, b) => a + b));
      let label = 0;
      for (let sum = p[0]!; label < 4 && firstUniform(seed + s) >= sum; sum += p[label]!) label++;
      for (let i = 0; i < perSample; i++) {
        const value = conv[s * perSample + i]!;
        if (value <= 0 || value >= operators[0]!.activationMax) continue;
        let gradient = 0;
        for (let o = 0; o < 5; o++) {
          const saturated = z[o]! <= operators[2]!.activationMin || z[o]! >= operators[2]!.activationMax;
          if (!saturated) gradient += fc[o * perSample + i]! * (p[o]! - (o === label ? 1 : 0));
        }
        expected[i % 4]! += gradient ** 2;
      }
    }
    // The price of squared output error is half the mean squared gradient; read it off the loss curves.
    const layer = layers[0]!;
    const curves = await native.pool.call("removeGroups", {
      ...problemOf(layer),
    });
    for (let row = 0; row < 4; row++) {
      const unit = layer.layer.inputScale * layer.layer.filterScales[row]!;
      const last = (row + 1) * 10 - 1;
      const price = layer.loss[last]! / (curves.loss[last]! * unit ** 2);
      expect((2 * samples * price) / expected[row]!).toBeCloseTo(1, 4);
    }
  });
});

function problemOf(layer: Awaited<ReturnType<typeof importance>>["layers"][number]) {
  const order = 28;
  const weights = new Float64Array(4 * order);
  for (let row = 0; row < 4; row++) {
    weights.set(layer.layer.weights.subarray(row * 27, row * 27 + 27), row * order);
    weights[row * order + 27] = layer.layer.bias[row]!;
  }
  const { sums, count } = layer.moments;
  return { order, moments: sums, count, weights, rows: 4, groups: 9, groupSize: 3 };
}

describe("which layers are looked at", () => {
  test("every conv larger than 1x1; the others with a reason", async () => {
    const calibration = { samples: 20, bytes: bytesOf(randomInputs(everyLayer, 20)) };
    const model = convModelValue(everyLayer);
    const { layers, skipped } = await importance({
      ...request(1),
      model,
      bytes: convModel(everyLayer),
      calibration,
    });
    expect(layers.map(({ operator }) => operator)).toEqual([0, 1, 6]);
    expect(skipped).toEqual([{ operator: 5, reason: expect.stringContaining("1x1") }]);
    expect(layers.every(({ loss }) => loss.some((value) => value > 0))).toBe(true);
  });

  test("nothing behind an operator without a gradient", () => {
    const model = convModelValue(everyLayer);
    const operators = gradientOperators(model);
    expect(operators.map(({ kind }) => kind)).not.toContain("unknown");
    operators[4] = { ...operators[4]!, kind: "unknown" };
    const barriers = gradientBarriers(operators, mainGraph(model).outputs[0]!);
    const blocked = convLayers(model).map((layer) => barriers[layer.operator]);
    expect(blocked).toEqual([4, 4, -1, -1]);
  });
});
