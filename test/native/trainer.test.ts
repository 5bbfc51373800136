import { describe, expect, test } from "vitest";
import { channelScales, weightLayers } from "../../lib/layers.js";
import type { TrainedLayer, TrainingRequest } from "../../lib/native/addon-types.js";
import { networkPlan } from "../../lib/network-plan.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import { bytesOf, usePool } from "../support/interpreter.js";
import { convModelValue, type ModelSpec, randomInputs } from "../support/models.js";
import { seededRandom } from "../support/random.js";

const native = usePool(1);

const spec: ModelSpec = {
  seed: 9,
  input: [1, 8, 8, 2],
  layers: [
    { kind: "conv", filters: 8, kernel: [3, 3], stride: 2, activation: "RELU" },
    { kind: "conv", filters: 8, kernel: [3, 3], activation: "RELU" },
    { kind: "averagePool" },
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 5 },
    { kind: "softmax" },
  ],
};
const model = convModelValue(spec);
const network = networkPlan(model, "classes");
const samples = 160;
const inputs = randomInputs(spec, samples);

/** All layers; every filter has lost random weights, a third of them in all. */
function maskedLayers(): TrainedLayer[] {
  const random = seededRandom(4);
  return weightLayers(model).map(({ operator, filterTensor, geometry }) => {
    const { filter, bias } = network.operators[operator]!;
    const scales = channelScales(mainGraph(model).tensors[filterTensor]!, geometry.outputChannels);
    const mask = Uint8Array.from(filter, () => (random.next() < 1 / 3 ? 0 : 1));
    return { operator, filter, bias, scales, mask };
  });
}

function requestWith(change: Partial<TrainingRequest> = {}): TrainingRequest {
  const [, height, width, channels] = spec.input;
  return {
    ...{ teacher: network, student: network, layers: maskedLayers(), inputs: bytesOf(inputs), samples },
    ...{
      labels: [],
      heldOut: 32,
      steps: 60,
      batch: 16,
      rate: 0.02,
      temperature: 2,
      labelShare: 0,
      hintShare: 0,
    },
    augmentation: { height, width, channels, flip: 0, shift: 0, blend: 0 },
    ...{ seed: 3, threads: 1 },
    ...change,
  };
}

/** Judges, trains through and judges again; the best constants and all that the training would go on from. */
async function trained(request: TrainingRequest) {
  const { pool } = native;
  await pool.call("openTraining", request);
  const before = await pool.call("judgeTraining", {});
  await pool.call("train", { steps: request.steps });
  const after = await pool.call("judgeTraining", {});
  const { state } = await pool.call("saveTraining", {});
  const { layers } = await pool.call("closeTraining", {});
  return { before, after, state, layers };
}

/** The request with other constants to begin with. */
function from(
  request: TrainingRequest,
  layers: { filter: Float32Array; bias: Float32Array }[],
): TrainingRequest {
  return { ...request, layers: request.layers.map((layer, i) => ({ ...layer, ...layers[i]! })) };
}

describe("training", () => {
  test("brings the held-out loss down and the agreement up", async () => {
    const { before, after } = await trained(requestWith());
    expect(after.loss).toBeLessThan(0.5 * before.loss);
    expect(after.agreement).toBeGreaterThanOrEqual(before.agreement);
    expect(after.bestLoss).toBe(after.loss);
  });

  test("with labels alone learns the labels", async () => {
    // A label that the dense network would hardly give.
    const labels = new Array<number>(samples).fill(4);
    const { before, after } = await trained(requestWith({ labels, labelShare: 1, rate: 0.05 }));
    expect(after.loss).toBeLessThan(0.5 * before.loss);
  });

  test("with hints keeps inner layers close to the teacher's, whatever the loss wants", async () => {
    const labels = new Array<number>(samples).fill(4);
    const start = maskedLayers().map((layer) => ({ ...layer, mask: layer.mask.map(() => 1) }));
    const moved = async (hintShare: number) => {
      const request = requestWith({ layers: start, labels, labelShare: 1, hintShare });
      const first = (await trained(request)).layers[0]!.filter;
      return first.reduce((sum, weight, i) => sum + Math.abs(weight - start[0]!.filter[i]!), 0);
    };
    expect(await moved(100)).toBeLessThan(0.7 * (await moved(0)));
  });

  test("of an unpruned network against itself has nothing to learn", async () => {
    const layers = maskedLayers().map((layer) => ({
      ...layer,
      mask: new Uint8Array(layer.mask.length).fill(1),
    }));
    await native.pool.call("openTraining", requestWith({ layers }));
    const whole = await native.pool.call("judgeTraining", {});
    await native.pool.call("openTraining", requestWith());
    const pruned = await native.pool.call("judgeTraining", {});
    // The student rounds, the teacher does not.
    expect(whole.loss).toBeLessThan(0.05 * pruned.loss);
    expect(whole.agreement).toBeGreaterThan(0.9);
  });

  test("leaves masked weights at zero and all others on the layer's int8 grid", async () => {
    const request = requestWith();
    const { layers } = await trained(request);
    layers.forEach(({ filter }, l) => {
      const { mask, scales, filter: first } = request.layers[l]!;
      const perFilter = filter.length / scales.length;
      filter.forEach((weight, i) => {
        const steps = weight / scales[Math.floor(i / perFilter)]!;
        if (!mask[i]) expect(Math.abs(weight)).toBe(0);
        expect(Math.abs(steps)).toBeLessThan(127.001);
        expect(Math.abs(steps - Math.round(steps))).toBeLessThan(1e-4);
      });
      expect(filter.some((weight, i) => mask[i] === 1 && weight !== first[i])).toBe(true);
    });
  });
});

describe("the best network", () => {
  test("is what a training that then goes astray gives back", async () => {
    const { pool } = native;
    const request = requestWith();
    const good = await trained(request);
    // From there on at a rate that destroys it.
    await pool.call("openTraining", from(requestWith({ rate: 5 }), good.layers));
    const start = await pool.call("judgeTraining", {});
    await pool.call("train", { steps: 10 });
    const astray = await pool.call("judgeTraining", {});
    const { layers } = await pool.call("closeTraining", {});
    expect(start.loss).toBe(good.after.loss);
    expect(astray.loss).toBeGreaterThan(2 * start.loss);
    expect(astray.bestLoss).toBe(start.loss);
    expect(layers).toEqual(good.layers);
  });

  test("is the last one judged where nothing is held out", async () => {
    const { layers, state } = await trained(requestWith({ heldOut: 0, steps: 5 }));
    const untrained = await trained(requestWith({ heldOut: 0, steps: 0 }));
    expect(layers).not.toEqual(untrained.layers);
    expect(state[0]).toBe(5);
  });
});

describe("the same training", () => {
  const augmented = {
    augmentation: { ...requestWith().augmentation, flip: 1, shift: 1, blend: 1 },
    steps: 12,
  };

  test("ends at the same bytes, on one thread and on two", async () => {
    const first = await trained(requestWith(augmented));
    expect(await trained(requestWith(augmented))).toEqual(first);
    expect(await trained(requestWith({ ...augmented, threads: 2 }))).toEqual(first);
  });

  test("ends elsewhere with another seed", async () => {
    const first = await trained(requestWith(augmented));
    const other = await trained(requestWith({ ...augmented, seed: 4 }));
    expect(other.before).toEqual(first.before);
    expect(other.state).not.toEqual(first.state);
  });
});

test.each<[string, Partial<TrainingRequest>]>([
  ["nothing to train", { layers: [] }],
  ["all samples held out", { heldOut: samples }],
  ["too few labels", { labels: [1, 2] }],
  ["inputs of another size", { inputs: bytesOf(inputs).subarray(1) }],
  [
    "a mask of another size",
    { layers: maskedLayers().map((layer) => ({ ...layer, mask: new Uint8Array(1) })) },
  ],
  ["a layer that is not there", { layers: maskedLayers().map((layer) => ({ ...layer, operator: 77 })) }],
  ["images of another shape", { augmentation: { ...requestWith().augmentation, width: 9 } }],
])("refuses %s", async (_, change) => {
  await expect(native.pool.call("openTraining", requestWith(change))).rejects.toMatchObject({
    code: "NATIVE_REJECTED",
    message: expect.stringContaining("NETWORK_PLAN"),
  });
});
