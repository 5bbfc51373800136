/** The host kernels against the tree's own, through the interpreter. */

import { describe, expect, test } from "vitest";
import { arenaFor, mainGraph } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { bytesOf, usePool } from "../support/interpreter.js";
import { convModelValue, everyLayer, type Layer, type ModelSpec, randomInputs } from "../support/models.js";
import { type Random, seededRandom } from "../support/random.js";

const native = usePool();
const samples = 4;

function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.integer(0, values.length - 1)]!;
}

function randomSpec(random: Random, kind: "conv" | "depthwise" | "fullyConnected"): ModelSpec {
  const seed = random.integer(1, 1e6);
  const channels = random.integer(1, 40);
  if (kind === "fullyConnected") {
    return { seed, input: [1, 1, 1, channels], layers: [{ kind, outputs: random.integer(1, 40) }] };
  }
  const pair = (most: number) => [random.integer(1, most), random.integer(1, most)] as const;
  const dilation = pick(random, [1, 1, pair(3)] as const);
  const window = {
    kernel: pair(5),
    dilation,
    // TFLite has no strides with dilation.
    stride: dilation === 1 ? pair(3) : 1,
    // Room for the largest dilated window.
    padding: pick(random, ["SAME", "VALID"] as const),
    activation: pick(random, ["NONE", "RELU", "RELU6"] as const),
  };
  const layer: Layer =
    kind === "conv"
      ? { kind, filters: random.integer(1, 40), ...window }
      : { kind, multiplier: random.integer(1, 3), ...window };
  return { seed, input: [1, random.integer(13, 18), random.integer(13, 18), channels], layers: [layer] };
}

/** Zero points all over int8, multipliers from nothing to a left shift, and biases of all sizes. */
function withExtremes(model: Model, random: Random): Model {
  const { tensors, operators } = mainGraph(model);
  const [input, filter, bias] = operators[0]!.inputs.map((index) => tensors[index]!);
  const output = tensors[operators[0]!.outputs[0]!]!;
  for (const activation of [input!, output]) {
    activation.quantization!.zeroPoint = [BigInt(random.integer(-128, 127))];
  }
  const reach = pick(random, [0, 0, 8, 30]);
  const { scale } = filter!.quantization!;
  filter!.quantization!.scale = scale!.map((value) =>
    Math.fround(value * 2 ** random.integer(-reach, reach / 4)),
  );
  const biases = Int32Array.from({ length: bias!.shape[0]! }, () =>
    random.integer(-(2 ** random.integer(0, 24)), 2 ** random.integer(0, 24)),
  );
  model.buffers[bias!.buffer]!.data = new Uint8Array(biases.buffer);
  // TFLM has the scale of a fully connected layer's bias agree with those of its inputs.
  bias!.quantization!.scale = filter!.quantization!.scale.map((value) =>
    Math.fround(value * input!.quantization!.scale![0]!),
  );
  return model;
}

/** Repeats the model's only layer over `count` images or rows at once. */
function withBatch(model: Model, count: number): Model {
  const { tensors, operators } = mainGraph(model);
  for (const index of [operators[0]!.inputs[0]!, operators[0]!.outputs[0]!]) tensors[index]!.shape[0] = count;
  return model;
}

/** Where trees differ: depthwise convs with padding of a dilated window, or with an activation that clamps. */
function mayBeLeftToTree(layer: Layer): boolean {
  if (layer.kind !== "depthwise") return false;
  return (layer.dilation !== 1 && layer.padding === "SAME") || layer.activation !== "NONE";
}

/** Runs the model on the tree's own kernels alone, and with host kernels after the first sample. */
async function runBoth(model: Model, inputs: Uint8Array, count = samples) {
  const request = { model: writeModel(model), arenaBytes: arenaFor(model), inputs, samples: count };
  const tree = await native.pool.call("runModel", request);
  const host = await native.pool.call("runModel", { ...request, treeSamples: 1 });
  return { tree, host };
}

describe.each(["conv", "depthwise", "fullyConnected"] as const)("%s", (kind) => {
  test("gives the bytes of the tree's own kernel, whatever shape, zero point and scale", async () => {
    const seen = new Set<number>();
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed);
      const spec = randomSpec(random, kind);
      const [layer] = spec.layers;
      const batch = random.integer(1, 2);
      const model = withBatch(withExtremes(convModelValue(spec), random), batch);
      const inputs = randomInputs(spec, samples * batch, seed);
      const { tree, host } = await runBoth(model, bytesOf(inputs));
      const about = JSON.stringify({ seed, ...spec });
      expect(host.strays, about).toEqual(new Int32Array());
      expect(host.outputs, about).toEqual(tree.outputs);
      if (!mayBeLeftToTree(layer!)) expect(host.hostOperators, about).toEqual(Int32Array.of(0));
      for (const byte of host.outputs) seen.add(byte);
    }
    // The outputs are no constants.
    expect(seen.size).toBeGreaterThan(200);
  });
});

test("depthwise convs that trees compute differently are left to the tree", async () => {
  const leftTo = async (layer: Layer, zeroPoint: bigint) => {
    const spec: ModelSpec = { input: [1, 9, 9, 4], layers: [layer] };
    const model = convModelValue(spec);
    const { tensors, operators } = mainGraph(model);
    tensors[operators[0]!.outputs[0]!]!.quantization!.zeroPoint = [zeroPoint];
    const { host } = await runBoth(model, bytesOf(randomInputs(spec, samples)));
    return host.hostOperators.length === 0 ? "tree" : "host";
  };
  const layer: Layer = { kind: "depthwise", kernel: 3 };
  expect(await leftTo({ ...layer, dilation: 2 }, 0n)).toBe("tree");
  expect(await leftTo({ ...layer, dilation: 2, padding: "VALID" }, 0n)).toBe("host");
  expect(await leftTo({ ...layer, activation: "RELU" }, 0n)).toBe("tree");
  expect(await leftTo({ ...layer, activation: "RELU" }, -128n)).toBe("host");
});

describe("a whole model", () => {
  const inputs = bytesOf(randomInputs(everyLayer, samples));
  const model = convModelValue(everyLayer);

  test("runs its operators with weights, and no others, on host kernels", async () => {
    const { tree, host } = await runBoth(model, inputs);
    const withWeights = everyLayer.layers.flatMap(({ kind }, index) =>
      ["conv", "depthwise", "fullyConnected"].includes(kind) ? [index] : [],
    );
    expect(host.hostOperators).toEqual(Int32Array.from(withWeights));
    expect(tree.hostOperators).toEqual(new Int32Array());
    expect(host.outputs).toEqual(tree.outputs);
  });

  test("takes the same arena either way", async () => {
    const { tree, host } = await runBoth(model, inputs);
    expect(host.arenaBytes).toBe(tree.arenaBytes);
  });

  test("stays on the tree's own kernels without a sample to prove the host's", async () => {
    const request = { model: writeModel(model), arenaBytes: arenaFor(model), inputs, samples };
    const { hostOperators } = await native.pool.call("runModel", { ...request, treeSamples: 0 });
    expect(hostOperators).toEqual(new Int32Array());
  });
});

test("a host kernel that gives other bytes than the tree's never runs", async () => {
  // TFLM of 2020 reads one scale of a fully connected layer, later trees one for each output.
  const spec: ModelSpec = { input: [1, 1, 1, 16], layers: [{ kind: "fullyConnected", outputs: 8 }] };
  const model = convModelValue(spec);
  const { tensors, operators } = mainGraph(model);
  const filter = tensors[operators[0]!.inputs[1]!]!.quantization!;
  filter.scale = Array.from({ length: 8 }, (_, i) => Math.fround(filter.scale![0]! / (i + 1)));
  filter.zeroPoint = filter.scale.map(() => 0n);
  const { tree, host } = await runBoth(model, bytesOf(randomInputs(spec, samples)));
  expect(host.outputs).toEqual(tree.outputs);
  const { registration } = await native.pool.call("treeFacts", {});
  if (registration === "TfLiteRegistration") {
    expect(host.strays).toEqual(Int32Array.of(0));
    expect(host.hostOperators).toEqual(new Int32Array());
  }
});
