import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { windowGeometry } from "../../lib/layers.js";
import { multiplyByQuantizedMultiplier } from "../../lib/narrow/arithmetic.js";
import { constantsOf } from "../../lib/narrow/constants.js";
import { channelGroups } from "../../lib/narrow/groups.js";
import { tapReach } from "../../lib/narrow/tap-reach.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { Padding, TensorType } from "../../lib/tflite/schema.js";
import { multiplyByQuantizedMultiplier as yardstick } from "../kernels/support/reference.js";
import { usePool, withOutput } from "../support/interpreter.js";
import { convModelValue, type Layer } from "../support/models.js";
import { seededRandom } from "../support/random.js";
import { branched, outputsOf, silence } from "./support.js";

const native = usePool();

/** The values that the interpreter has at one channel of an operator's output, over all positions and samples. */
async function measured(model: Model, operator: number, index: number): Promise<Set<number>> {
  const graph = mainGraph(model);
  const channels = graph.tensors[graph.operators[operator]!.outputs[0]!]!.shape.at(-1)!;
  const outputs = new Int8Array(await outputsOf(withOutput(model, operator), native.context));
  return new Set(outputs.filter((_, i) => i % channels === index));
}

/** What `constantsOf` says about channel `channel` of an operator's output. */
function predicted(model: Model, operator: number, channel: number) {
  const tensor = mainGraph(model).operators[operator]!.outputs[0]!;
  const group = channelGroups(model).find(({ tensors }) => tensors.some((place) => place.tensor === tensor))!;
  return constantsOf(model, group, [channel]).get(tensor)?.get(channel);
}

test("the rescaling equals the reference of the kernels' tests", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      fc.integer({ min: 2 ** 30, max: 2 ** 31 - 1 }),
      fc.integer({ min: -31, max: 8 }),
      (x, multiplier, shift) => {
        expect(multiplyByQuantizedMultiplier(x, { multiplier, shift })).toBe(yardstick(x, multiplier, shift));
      },
    ),
    { seed: 1, numRuns: 2000 },
  );
});

describe("an empty filter", () => {
  const activations = ["NONE", "RELU", "RELU6"] as const;
  const biases = [-60000, -4000, 0, 250, 9000, 90000];

  test.each(activations)("gives its requantised bias (%s)", async (activation) => {
    let model = convModelValue({
      input: [1, 5, 5, 3],
      layers: [
        { kind: "conv", filters: 8, kernel: 3, activation },
        { kind: "conv", filters: 2, kernel: 1 },
      ],
    });
    biases.forEach((bias, filter) => {
      model = silence(model, 0, [filter], bias);
    });
    for (const filter of biases.keys()) {
      const { value, exact } = predicted(model, 0, filter)!;
      expect(exact).toBe(true);
      expect(await measured(model, 0, filter)).toEqual(new Set([value]));
    }
    expect(predicted(model, 0, biases.length)).toBeUndefined();
  });

  test("of a fully connected layer", async () => {
    const plain = convModelValue({
      input: [1, 1, 1, 9],
      layers: [
        { kind: "fullyConnected", outputs: 6 },
        { kind: "fullyConnected", outputs: 3 },
      ],
    });
    const model = biases.reduce((silent, bias, filter) => silence(silent, 0, [filter], bias), plain);
    for (const filter of biases.keys()) {
      expect(await measured(model, 0, filter)).toEqual(new Set([predicted(model, 0, filter)!.value]));
    }
  });
});

describe("a constant on its way", () => {
  const biases = [-50000, -1000, 0, 3330, 40000];

  /** The chain with constants in the first channels of layer 0, held against the interpreter behind layer `at`. */
  async function follow(layers: Layer[], at: number, silent = [0]) {
    let model = convModelValue({ input: [1, 7, 7, 3], layers });
    for (const operator of silent) {
      biases.forEach((bias, filter) => {
        model = silence(model, operator, [filter], operator === 0 ? bias : -bias / 3);
      });
    }
    for (const channel of biases.keys()) {
      const { value, exact } = predicted(model, at, channel)!;
      expect(exact).toBe(true);
      expect(await measured(model, at, channel)).toEqual(new Set([value]));
    }
  }
  const conv = { kind: "conv", filters: 8, kernel: 3 } as const;
  const end = { kind: "conv", filters: 2, kernel: 1 } as const;

  test("through a residual add of two", () =>
    follow(
      [conv, { ...conv, activation: "RELU" }, { kind: "add", from: 0, activation: "RELU" }, end],
      2,
      [0, 1],
    ));
  test("through residual adds of many values", async () => {
    const random = seededRandom(4);
    const wide = { ...conv, filters: 64, kernel: 1 } as const;
    const relu = { ...wide, activation: "RELU" } as const;
    let model = convModelValue({ input: [1, 1, 1, 3], layers: [wide, relu, { kind: "add", from: 0 }, end] });
    for (const channel of Array(64).keys()) {
      model = silence(model, 0, [channel], random.integer(-60000, 60000) / 20);
      model = silence(model, 1, [channel], random.integer(-60000, 60000) / 2);
    }
    const sums = new Int8Array(await outputsOf(withOutput(model, 2), native.context, 1));
    expect(new Set(sums).size).toBeGreaterThan(30);
    expect(Array.from(sums, (_, channel) => predicted(model, 2, channel)!.value)).toEqual([...sums]);
  });

  test("through pools", () =>
    follow(
      [conv, { kind: "maxPool" }, { kind: "averagePool", window: 2, stride: 1, padding: "SAME" }, end],
      2,
    ));
  test("through a depthwise convolution without padding", () =>
    follow([conv, { kind: "depthwise", kernel: 3, padding: "VALID", activation: "RELU" }, end], 1));

  test("an operand that is not constant leaves the sum open", () => {
    const layers: Layer[] = [conv, conv, { kind: "add", from: 0 }, end];
    const model = silence(convModelValue({ input: [1, 5, 5, 3], layers }), 0, [1]);
    expect(predicted(model, 0, 1)).toBeDefined();
    expect(predicted(model, 2, 1)).toBeUndefined();
  });

  test("through a depthwise convolution with padding: even only where it is real zero", async () => {
    const layers: Layer[] = [conv, { kind: "depthwise", kernel: 3 }, end];
    const plain = convModelValue({ input: [1, 7, 7, 3], layers });
    const model = silence(silence(plain, 0, [0]), 0, [1], 30000);
    expect(predicted(model, 1, 0)!.exact).toBe(true);
    expect(await measured(model, 1, 0)).toEqual(new Set([predicted(model, 1, 0)!.value]));
    const uneven = predicted(model, 1, 1)!;
    expect(uneven.exact).toBe(false);
    const seen = await measured(model, 1, 1);
    expect(seen.size).toBeGreaterThan(1);
    expect(seen).toContain(uneven.value);
  });

  test("a depthwise filter without weights hides what it reads", async () => {
    const layers: Layer[] = [conv, { kind: "depthwise", kernel: 3 }, end];
    const model = silence(convModelValue({ input: [1, 7, 7, 3], layers }), 1, [2], 4500);
    expect(predicted(model, 0, 2)).toBeUndefined();
    expect(await measured(model, 1, 2)).toEqual(new Set([predicted(model, 1, 2)!.value]));
  });

  test("through a concatenation, a padding and a flattened row", async () => {
    const layer = { kind: "conv", filters: 4, kernel: 3, activation: "RELU" } as const;
    const plain = branched((b) => {
      const joined = b.concatenate([b.layer(layer, b.input), b.layer(layer, b.input)]);
      const row = b.layer({ kind: "reshape" }, b.layer({ kind: "maxPool" }, b.pad(joined)));
      return b.layer({ kind: "fullyConnected", outputs: 3 }, row);
    });
    const model = silence(silence(plain, 1, [2], -700), 1, [3], 25000);
    const [, second] = channelGroups(model);
    const { operators } = mainGraph(model);
    const row = constantsOf(model, second!, [2, 3]).get(operators[5]!.outputs[0]!)!;
    expect([...row.keys()].every((index) => index % 8 === 6 || index % 8 === 7)).toBe(true);
    expect(row.get(6)).toEqual({ value: -128, exact: true });
    expect(row.get(7)!.exact).toBe(false);
    const joined = constantsOf(model, second!, [3]).get(operators[2]!.outputs[0]!)!.get(7)!;
    expect(joined.exact).toBe(true);
    expect(await measured(model, 2, 7)).toEqual(new Set([joined.value]));
  });
});

test("kernel positions that always, sometimes and never read the input", () => {
  const tensor = (height: number, width: number) => ({
    shape: [1, height, width, 1],
    type: TensorType.INT8,
    buffer: 0,
    isVariable: false,
    hasRank: true,
    externalBuffer: 0,
  });
  const options = { padding: Padding.SAME, strideH: 1, strideW: 1 };
  const geometry = windowGeometry(tensor(1, 3), tensor(1, 3), { height: 3, width: 3 }, options);
  const never = ["never", "never", "never"];
  expect(tapReach(geometry)).toEqual([...never, "sometimes", "always", "sometimes", ...never]);
});
