import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type WeightLayer, weightLayers } from "../../lib/layers.js";
import { networkPlan, realConstants } from "../../lib/network-plan.js";
import { withConstants } from "../../lib/pruned-model.js";
import { runModel } from "../../lib/runs.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { bytesOf, usePool, withOutput } from "../support/interpreter.js";
import { convModelValue, type ModelSpec, randomInputs } from "../support/models.js";
import { patchesOf, productSums } from "./support/patches.js";

const native = usePool(1);

/** The second conv and what it is added to stand side by side on the first one's output. */
const residual: ModelSpec = {
  seed: 8,
  input: [1, 6, 5, 3],
  layers: [
    { kind: "conv", filters: 6, kernel: 3, activation: "RELU" },
    { kind: "conv", filters: 6, kernel: 3 },
    { kind: "add", from: 0, activation: "RELU" },
    { kind: "conv", filters: 4, kernel: 1 },
  ],
};
const count = 9;
const inputs = bytesOf(randomInputs(residual, count));

async function open(model: Model) {
  const network = networkPlan(model, "values");
  await native.pool.call("openRefit", { network, inputs, samples: count, threads: 2 });
}
const collect = (operator: number) => native.pool.call("collectRefit", { operator });
const restart = () => native.pool.call("restartRefit", {});

/** int8 output of an operator over all samples, from TFLM. */
async function outputOf(model: Model, operator: number): Promise<Int8Array> {
  const shown = withOutput(model, operator);
  const written = { model: shown, bytes: writeModel(shown) };
  const run = await runModel(written, { samples: count, bytes: inputs }, native.context);
  return new Int8Array(run.outputs.buffer);
}

/** Every third weight of the layer gone. */
function thinned(layer: WeightLayer) {
  const weights = layer.weights.map((weight, i) => (i % 3 === 0 ? 0 : weight));
  return { layer, weights, bias: layer.bias, filterScales: layer.filterScales };
}

async function setThinned(layer: WeightLayer) {
  const { weights, bias } = thinned(layer);
  const constants = realConstants(layer, weights, bias);
  await native.pool.call("setRefitLayer", { operator: layer.operator, ...constants });
}

/** Real outputs of the dense layer before activation, row by row. */
function wantedOf(layer: WeightLayer, patches: number[][]): number[][] {
  const patch = patches[0]!.length - 1;
  return patches.map((x) =>
    Array.from(layer.bias, (bias, filter) => {
      let sum = bias;
      for (let i = 0; i < patch; i++) sum += layer.weights[filter * patch + i]! * x[i]!;
      return sum * layer.inputScale * layer.filterScales[filter]!;
    }),
  );
}

function expectClose(actual: Float64Array, expected: Float64Array) {
  const norm = (values: Float64Array) => Math.hypot(...values);
  expect(norm(actual.map((value, i) => value - expected[i]!)) / norm(expected)).toBeLessThan(1e-3);
}

describe("behind a pruned layer", () => {
  const model = convModelValue(residual);
  const [first, second, third] = weightLayers(model) as [WeightLayer, WeightLayer, WeightLayer];
  let seen: { dense: Int8Array; pruned: Int8Array };
  beforeEach(async () => {
    const pruned = withConstants(model, [thinned(first)]);
    seen = { dense: await outputOf(model, 0), pruned: await outputOf(pruned, 0) };
    await open(model);
    await setThinned(first);
  });
  afterEach(() => native.pool.call("closeRefit", {}));

  test("moments are those of what the pruned network reads", async () => {
    const patches = patchesOf(second, seen.pruned);
    const { sums, count: positions } = await collect(1);
    expect(positions).toBe(patches.length);
    expectClose(sums, productSums(patches, patches));
    expect(Math.hypot(...productSums(patches, patches))).not.toBeCloseTo(
      Math.hypot(...productSums(patchesOf(second, seen.dense), patchesOf(second, seen.dense))),
    );
  });

  test("the wanted output makes up for the error of what is added to it", async () => {
    const wanted = wantedOf(second, patchesOf(second, seen.dense));
    const filters = second.geometry.outputChannels;
    wanted.forEach((row, at) => {
      row.forEach((_, filter) => {
        const i = at * filters + filter;
        row[filter]! += first.outputScale * (seen.dense[i]! - seen.pruned[i]!);
      });
    });
    const patches = patchesOf(second, seen.pruned);
    expectClose((await collect(1)).cross, productSums(wanted, patches));
  });

  test("elsewhere it is the dense layer's", async () => {
    await collect(1);
    const dense = await outputOf(model, 2);
    const pruned = await outputOf(withConstants(model, [thinned(first)]), 2);
    const wanted = wantedOf(third, patchesOf(third, dense));
    expectClose((await collect(3)).cross, productSums(wanted, patchesOf(third, pruned)));
  });

  test("a restart begins again with the dense network", async () => {
    const before = await collect(1);
    await collect(3);
    await restart();
    expect(await collect(1)).not.toEqual(before);
    await restart();
    await setThinned(first);
    expect(await collect(1)).toEqual(before);
    await setThinned(second);
    const changed = await collect(3);
    const pruned = withConstants(model, [thinned(first), thinned(second)]);
    const patches = patchesOf(third, await outputOf(pruned, 2));
    expectClose(changed.sums, productSums(patches, patches));
  });
});

describe("where nothing is made up for", () => {
  /** `residual` with its second conv's output, or the addition's other operand, in other hands. */
  function variant(change: (model: Model) => void): Model {
    const model = convModelValue(residual);
    change(model);
    return model;
  }
  const outputTensor = (model: Model, operator: number) => mainGraph(model).operators[operator]!.outputs[0]!;

  test.each<[string, Model]>([
    [
      "the output is read elsewhere too",
      variant((model) => {
        mainGraph(model).operators[3]!.inputs[0] = outputTensor(model, 1);
      }),
    ],
    [
      "it is added to itself",
      variant((model) => {
        mainGraph(model).operators[2]!.inputs = [outputTensor(model, 1), outputTensor(model, 1)];
      }),
    ],
    [
      "it goes into another layer",
      variant((model) => {
        mainGraph(model).operators[2]!.inputs = [outputTensor(model, 0), outputTensor(model, 0)];
        mainGraph(model).operators[3]!.inputs[0] = outputTensor(model, 1);
      }),
    ],
  ])("%s", async (_, model) => {
    const [first, second] = weightLayers(model) as [WeightLayer, WeightLayer];
    // The first conv is that of `residual`; the planner of TFLM refuses outputs that nobody reads.
    const whole = convModelValue(residual);
    const dense = await outputOf(whole, 0);
    const pruned = await outputOf(withConstants(whole, [thinned(first)]), 0);
    await open(model);
    await setThinned(first);
    const wanted = wantedOf(second, patchesOf(second, dense));
    expectClose((await collect(1)).cross, productSums(wanted, patchesOf(second, pruned)));
    await native.pool.call("closeRefit", {});
  });
});

describe("refuses", () => {
  const model = convModelValue(residual);
  const refusal = (says: string) => ({ code: "NATIVE_REJECTED", message: expect.stringContaining(says) });

  test("an operator that has no forward pass", async () => {
    const network = networkPlan(model, "values");
    const operators = network.operators.map((op, i) => (i === 2 ? { ...op, kind: "unknown" as const } : op));
    const request = { network: { ...network, operators }, inputs, samples: count, threads: 1 };
    await expect(native.pool.call("openRefit", request)).rejects.toMatchObject(refusal("NETWORK_PLAN"));
  });

  test("inputs of another size", async () => {
    const request = { network: networkPlan(model, "values"), inputs, samples: count + 1, threads: 1 };
    await expect(native.pool.call("openRefit", request)).rejects.toMatchObject(refusal("INPUT_SIZE"));
  });

  test("work without an open pass", async () => {
    await native.pool.call("closeRefit", {});
    await expect(collect(1)).rejects.toMatchObject(refusal("REFIT_CLOSED"));
  });

  test("operators without weights, beyond the last, or behind the pass", async () => {
    await open(model);
    await expect(collect(2)).rejects.toMatchObject(refusal("REFIT_OPERATOR"));
    await expect(collect(9)).rejects.toMatchObject(refusal("REFIT_OPERATOR"));
    await collect(3);
    await expect(collect(1)).rejects.toMatchObject(refusal("REFIT_OPERATOR"));
  });

  test("constants of another size", async () => {
    await open(model);
    const request = { operator: 0, filter: new Float32Array(3), bias: new Float32Array(6) };
    await expect(native.pool.call("setRefitLayer", request)).rejects.toMatchObject(refusal("REFIT_OPERATOR"));
  });
});
