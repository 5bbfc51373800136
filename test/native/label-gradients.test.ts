import { expect, test } from "vitest";
import type { NetworkOperator, NetworkPlan } from "../../lib/native/addon-types.js";
import { networkPlan } from "../../lib/network-plan.js";
import { bytesOf, usePool } from "../support/interpreter.js";
import { convModelValue, type ModelSpec, randomInputs } from "../support/models.js";

const native = usePool(1);

/** A 1x1 conv over two pixels and a fully connected layer: two layers of sums, with nothing else in between. */
const spec: ModelSpec = {
  seed: 5,
  input: [1, 1, 2, 3],
  layers: [
    { kind: "conv", filters: 4, kernel: 1, activation: "RELU" },
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 3 },
    { kind: "softmax" },
  ],
};
const network = networkPlan(convModelValue(spec), "classes");
const observed = [0, 2];
const samples = 40;
const inputs = randomInputs(spec, samples);
const labels = Array.from({ length: samples }, (_, i) => (i * 7) % 3);

/** Filter times input plus bias, pixel by pixel. */
function sums({ geometry, bias }: NetworkOperator, filter: ArrayLike<number>, input: number[]): number[] {
  const { inputChannels, outputChannels } = geometry;
  return Array.from({ length: (input.length / inputChannels) * outputChannels }, (_, i) => {
    const pixel = Math.floor(i / outputChannels) * inputChannels;
    const channel = i % outputChannels;
    let sum = bias[channel]!;
    for (let c = 0; c < inputChannels; c++) sum += filter[channel * inputChannels + c]! * input[pixel + c]!;
    return sum;
  });
}

/** What rounding and clamping make of the values of a layer, and whether they let changes pass. */
interface Rounded {
  values: number[];
  added: number[];
  open: boolean[];
}

function round(op: NetworkOperator, plan: NetworkPlan, z: number[]): Rounded {
  const scale = plan.scales[op.output]!;
  const clamped = z.map((v) => Math.min(Math.max(v, op.activationMin), op.activationMax));
  const values = clamped.map((v) => Math.round(v / scale) * scale);
  return {
    values,
    added: values.map((v, i) => v - z[i]!),
    open: values.map((v) => v > op.activationMin && v < op.activationMax),
  };
}

/**
 * Cross-entropy over all samples as a function of the filters, where rounding adds what it adds for the network's own
 * filters and clamped values do not move: the function whose derivative straight-through estimation gives.
 */
function lossWith(filters: Float64Array[]): number {
  const layers = observed.map((index) => network.operators[index]!);
  const { beta } = network.operators[3]!;
  const perSample = inputs.length / samples;
  let loss = 0;
  for (let s = 0; s < samples; s++) {
    const scale = network.scales[network.input]!;
    const input = Array.from(inputs.subarray(s * perSample, (s + 1) * perSample), (q) => {
      return scale * (q - network.zeroPoints[network.input]!);
    });
    let [own, changed] = [input, input];
    layers.forEach((op, l) => {
      const { values, added, open } = round(op, network, sums(op, op.filter, own));
      const z = sums(op, filters[l]!, changed);
      own = values;
      changed = values.map((value, i) => (open[i] ? z[i]! + added[i]! : value));
    });
    const total = changed.reduce((sum, logit) => sum + Math.exp(beta * logit), 0);
    loss += Math.log(total) - beta * changed[labels[s]!]!;
  }
  return loss;
}

const request = { network, observed, inputs: bytesOf(inputs), samples, labels };

test("weight times gradient of the cross-entropy is that of the differences of the loss", async () => {
  const { products } = await native.pool.call("labelGradients", { ...request, threads: 1 });
  const filters = observed.map((index) => Float64Array.from(network.operators[index]!.filter));
  expect(products.map(({ length }) => length)).toEqual(filters.map(({ length }) => length));
  const step = 1e-4;
  filters.forEach((filter, l) => {
    const largest = Math.max(...products[l]!.map(Math.abs));
    expect(largest).toBeGreaterThan(0.1);
    filter.forEach((weight, i) => {
      const at = (value: number) => {
        filter[i] = value;
        return lossWith(filters);
      };
      const slope = (at(weight + step) - at(weight - step)) / (2 * step);
      filter[i] = weight;
      expect(Math.abs(weight * slope - products[l]![i]!) / largest).toBeLessThan(1e-4);
    });
  });
});

test("does not depend on the number of threads", async () => {
  const one = await native.pool.call("labelGradients", { ...request, threads: 1 });
  expect(await native.pool.call("labelGradients", { ...request, threads: 2 })).toEqual(one);
});

test.each([
  ["a label that is no class", { labels: labels.map((_, i) => (i === 9 ? 3 : 0)) }],
  ["too few labels", { labels: labels.slice(1) }],
  ["inputs of another size", { inputs: request.inputs.subarray(1) }],
  ["an output that is no row of classes", { network: { ...network, loss: "values" as const } }],
  [
    "an operator without a forward pass",
    {
      network: {
        ...network,
        operators: network.operators.map((op) => ({ ...op, kind: "unknown" as const })),
      },
    },
  ],
])("refuses %s", async (_, change) => {
  const call = native.pool.call("labelGradients", { ...request, ...change, threads: 1 });
  await expect(call).rejects.toMatchObject({
    code: "NATIVE_REJECTED",
    message: expect.stringContaining("NETWORK_PLAN"),
  });
});
