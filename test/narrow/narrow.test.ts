import { describe, expect, test } from "vitest";
import { deadChannels } from "../../lib/narrow/dead.js";
import { channelGroups } from "../../lib/narrow/groups.js";
import { narrow } from "../../lib/narrow/narrow.js";
import { removeChannels } from "../../lib/narrow/remove.js";
import { asInt32, constantData, mainGraph } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { usePool } from "../support/interpreter.js";
import { convModelValue, everyLayer, type Layer } from "../support/models.js";
import { seededRandom } from "../support/random.js";
import { branched, ignoreInputs, outputShapes, outputsOf, silence } from "./support.js";

const native = usePool();

function chainOf(...layers: Layer[]): Model {
  return convModelValue({ input: [1, 7, 7, 3], layers });
}

/** Narrows, and holds the outputs against those of the model that came in. */
async function expectSame(model: Model) {
  const result = narrow(model);
  expect(result.removed.flatMap(({ inexact }) => inexact)).toEqual([]);
  expect(await outputsOf(result.model, native.context)).toEqual(await outputsOf(model, native.context));
  return result;
}

const conv = (filters: number, kernel = 3): Layer => ({ kind: "conv", filters, kernel, activation: "RELU" });

describe("narrow", () => {
  test("a filter whose constant is real zero goes, padding or not", async () => {
    const model = silence(chainOf(conv(6), conv(5), conv(4)), 0, [1, 4]);
    const { model: narrower, removed, layers } = await expectSame(model);
    expect(removed).toEqual([{ operator: 0, filters: [1, 4], inexact: [] }]);
    expect(outputShapes(narrower)[0]).toEqual([1, 7, 7, 4]);
    expect(layers[0]).toEqual({ operator: 0, keptFilters: [0, 2, 3, 5], keptInputs: [0, 1, 2] });
    expect(layers[1]!.keptInputs).toEqual([0, 2, 3, 5]);
  });

  test("another constant goes into the biases of its consumers", async () => {
    const valid: Layer = { kind: "conv", filters: 5, kernel: 3, padding: "VALID" };
    const pointwise = silence(chainOf(conv(6), conv(5, 1), conv(4)), 0, [2], 30000);
    await expectSame(pointwise);
    await expectSame(silence(chainOf(conv(6), valid, conv(4)), 0, [2, 3], 30000));
  });

  test("a constant under padding changes the border and nothing else", async () => {
    const model = silence(chainOf(conv(6), { kind: "conv", filters: 4, kernel: 3 }), 0, [2], 30000);
    const { model: narrower, removed } = narrow(model);
    expect(removed).toEqual([{ operator: 0, filters: [2], inexact: [2] }]);
    const [before, after] = await Promise.all([model, narrower].map((m) => outputsOf(m, native.context)));
    const differing = [...before!.keys()].filter((i) => before![i] !== after![i]);
    expect(differing.length).toBeGreaterThan(0);
    const isBorder = (i: number) => {
      const [y, x] = [Math.floor(i / 28) % 7, Math.floor(i / 4) % 7];
      return x === 0 || y === 0 || x === 6 || y === 6;
    };
    expect(differing.every(isBorder)).toBe(true);
    expect(narrow(model, { exactOnly: true }).removed).toEqual([]);
  });

  test("a filter that nobody listens to goes, whatever it computes", async () => {
    const { removed } = await expectSame(ignoreInputs(chainOf(conv(6), conv(5), conv(4)), 1, [0, 5]));
    expect(removed).toEqual([{ operator: 0, filters: [0, 5], inexact: [] }]);
  });

  test("tied by a residual add: only when both filters are empty", async () => {
    const one = silence(convModelValue(everyLayer), 0, [3]);
    expect(narrow(one).removed).toEqual([]);
    const { removed, model } = await expectSame(silence(one, 1, [3]));
    // The depthwise filter in between goes as well.
    expect(removed.map(({ operator, filters }) => [operator, filters])).toEqual([
      [0, [3]],
      [1, [3]],
      [4, [3]],
    ]);
    expect(
      outputShapes(model)
        .slice(0, 5)
        .map((shape) => shape[3]),
    ).toEqual([7, 7, 7, 7, 7]);
  });

  test("a constant through a depthwise convolution into a 1x1", async () => {
    const layers: Layer[] = [
      conv(6),
      { kind: "depthwise", kernel: 3, padding: "VALID" },
      conv(5, 1),
      conv(3),
    ];
    await expectSame(silence(silence(chainOf(...layers), 0, [0], 20000), 0, [4], -5000));
  });

  test("a flattened channel takes its columns along", async () => {
    const model = chainOf(
      conv(6),
      { kind: "maxPool" },
      { kind: "reshape" },
      { kind: "fullyConnected", outputs: 4 },
    );
    const { model: narrower, layers } = await expectSame(silence(model, 0, [0, 3], 12340));
    expect(outputShapes(narrower)[2]).toEqual([1, 36]);
    expect(layers[1]!.keptInputs.slice(0, 5)).toEqual([1, 2, 4, 5, 7]);
    const shape = mainGraph(narrower).operators[2]!.builtinOptions!.value;
    expect(shape).toEqual({ newShape: [1, 36] });
  });

  test("outputs of a fully connected layer between two others", async () => {
    const hidden = { kind: "fullyConnected", outputs: 8 } as const;
    const model = chainOf({ kind: "reshape" }, hidden, { kind: "fullyConnected", outputs: 4 });
    const { removed } = await expectSame(silence(model, 1, [7, 2], -3210));
    expect(removed).toEqual([{ operator: 1, filters: [2, 7], inexact: [] }]);
  });

  test("both sides of a concatenation", async () => {
    const model = branched((b) => {
      const parts = [b.layer(conv(4), b.input), b.layer(conv(5), b.input)];
      return b.layer(conv(3, 1), b.concatenate(parts));
    });
    const { model: narrower } = await expectSame(silence(silence(model, 0, [1], 5000), 1, [0, 2], 19000));
    expect(outputShapes(narrower).map((shape) => shape[3])).toEqual([3, 3, 6, 3]);
  });

  test("a kernel larger than the image: what it never reads does not count", async () => {
    const whole: Layer = { kind: "averagePool", window: 7 };
    const model = silence(chainOf(conv(6), whole, conv(5), conv(4)), 0, [1], 22222);
    const { removed } = await expectSame(model);
    expect(removed).toEqual([{ operator: 0, filters: [1], inexact: [] }]);
  });

  test("a consumer without a bias gets one", async () => {
    const model = chainOf(conv(6), conv(5, 1), conv(4));
    const graph = mainGraph(model);
    const operators = graph.operators.map((o, i) => (i === 1 ? { ...o, inputs: o.inputs.slice(0, 2) } : o));
    const bare = { ...model, subgraphs: [{ ...graph, operators }] };
    const { model: narrower } = await expectSame(silence(bare, 0, [2], 30000));
    expect(mainGraph(narrower).operators[1]!.inputs).toHaveLength(3);
  });

  test("goes on with what has died meanwhile, under the first model's numbers", async () => {
    // Filter 2 of the second layer listens to filter 1 of the first alone, and filter 0 of the third to that.
    const onlyInput = (model: Model, operator: number, filter: number, input: number, inputs: number) => {
      const others = Array.from({ length: inputs }, (_, i) => i).filter((i) => i !== input);
      const muted = ignoreInputs(model, operator, others);
      return mix(model, muted, operator, filter);
    };
    let model = chainOf(conv(4), conv(4, 1), conv(4, 1), conv(3, 1));
    model = onlyInput(onlyInput(model, 1, 2, 1, 4), 2, 0, 2, 4);
    model = silence(silence(silence(model, 0, [1], 6400), 0, [0]), 2, [3]);
    const { removed, layers } = await expectSame(model);
    expect(removed.map(({ operator, filters }) => [operator, filters])).toEqual([
      [0, [0, 1]],
      [1, [2]],
      [2, [0, 3]],
    ]);
    expect(layers[1]).toEqual({ operator: 1, keptFilters: [0, 1, 3], keptInputs: [2, 3] });
  });

  test("an image that a fully connected layer reads as it is, and one made of a row", async () => {
    const fully = { kind: "fullyConnected", outputs: 12 } as const;
    const layers: Layer[] = [
      conv(6),
      fully,
      { kind: "reshape", shape: [1, 2, 2, 3] },
      conv(4, 1),
      conv(2, 1),
    ];
    const silent = silence(silence(chainOf(...layers), 0, [5], 7000), 1, [1, 4, 7, 10], -4000);
    const { model, removed } = await expectSame(silent);
    expect(removed.map(({ filters }) => filters)).toEqual([[5], [1, 4, 7, 10]]);
    expect(outputShapes(model).slice(1, 3)).toEqual([
      [1, 8],
      [1, 2, 2, 2],
    ]);
  });

  test("constants alike at every pixel or not: a row of different ones becomes no channel", () => {
    const fully = { kind: "fullyConnected", outputs: 12 } as const;
    const model = chainOf(conv(6), fully, { kind: "reshape", shape: [1, 2, 2, 3] }, conv(4, 1), conv(2, 1));
    const uneven = silence(silence(model, 1, [1, 4, 7], -4000), 1, [10], 9000);
    expect(narrow(uneven).removed).toEqual([]);
  });

  test.each([1, 2, 3, 4, 5, 6])("random silence in a network of every layer, seed %i", async (seed) => {
    const random = seededRandom(seed);
    let model = convModelValue({ ...everyLayer, seed });
    for (const operator of [0, 1, 4, 5, 6]) {
      const filters = [0, 1, 2, 3, 4, 5, 6, 7].filter(() => random.next() < 0.6);
      for (const filter of filters) model = silence(model, operator, [filter], random.integer(-20000, 40000));
    }
    const { model: narrower, removed } = narrow(model, { exactOnly: true });
    expect(removed.length).toBeGreaterThan(0);
    expect(await outputsOf(narrower, native.context)).toEqual(await outputsOf(model, native.context));
  });

  test("keeps one channel of a group that is dead altogether", async () => {
    const model = silence(chainOf(conv(3), conv(4, 1)), 0, [0, 1, 2], 11000);
    const { layers } = await expectSame(model);
    expect(layers[0]!.keptFilters).toHaveLength(1);
    expect(deadChannels(narrow(model).model)).toEqual([]);
  });

  test("a model without dead channels stays as it is", () => {
    const model = convModelValue(everyLayer);
    const result = narrow(model);
    expect(result.removed).toEqual([]);
    expect(result.model).toEqual(model);
  });
});

/** `base` with one filter of an operator taken from `other`. */
function mix(base: Model, other: Model, operator: number, filter: number): Model {
  const tensor = mainGraph(base).operators[operator]!.inputs[1]!;
  const data = (model: Model) => model.buffers[mainGraph(model).tensors[tensor]!.buffer]!.data!;
  const size = data(base).length / mainGraph(base).tensors[tensor]!.shape[0]!;
  const mixed = Uint8Array.from(data(base), (weight, i) =>
    Math.floor(i / size) === filter ? data(other)[i]! : weight,
  );
  const { buffer } = mainGraph(base).tensors[tensor]!;
  return { ...base, buffers: base.buffers.map((b, i) => (i === buffer ? { ...b, data: mixed } : b)) };
}

describe("removeChannels", () => {
  test("leaves the model that came in alone", () => {
    const model = convModelValue(everyLayer);
    const before = structuredClone(model);
    removeChannels(model, [{ group: channelGroups(model)[0]!, channels: [0, 7] }]);
    expect(model).toEqual(before);
  });

  test("cuts scales, signatures and shared constants", async () => {
    const plain = convModelValue(everyLayer);
    const graph = mainGraph(plain);
    const tensors = graph.tensors.map((t) => ({ ...t, shapeSignature: [...t.shape] }));
    const model = { ...plain, subgraphs: [{ ...graph, tensors }] };
    const { model: narrower } = removeChannels(model, [{ group: channelGroups(model)[0]!, channels: [2] }]);
    const after = mainGraph(narrower);
    const [, filter = -1, bias = -1] = after.operators[4]!.inputs;
    const pick = <T>(values: T[]) => values.filter((_, i) => i !== 2);
    expect(after.tensors[filter]).toMatchObject({ shape: [1, 3, 3, 7], shapeSignature: [1, 3, 3, 7] });
    expect(after.tensors[filter]!.quantization).toMatchObject({
      scale: pick(tensors[filter]!.quantization!.scale!),
      zeroPoint: new Array<bigint>(7).fill(0n),
      quantizedDimension: 3,
    });
    expect(after.tensors[bias]!.quantization!.scale).toEqual(pick(tensors[bias]!.quantization!.scale!));
    const activation = after.tensors[after.operators[4]!.outputs[0]!]!;
    expect(activation).toMatchObject({ shape: [1, 6, 6, 7], shapeSignature: [1, 6, 6, 7] });
    await outputsOf(narrower, native.context);
  });

  test("two layers with their constants in one buffer part", async () => {
    const plain = silence(silence(chainOf(conv(4), conv(4), conv(4, 1)), 0, [1]), 1, [3]);
    const graph = mainGraph(plain);
    const [first, second] = [0, 1].map((operator) => graph.operators[operator]!.inputs[2]!);
    const tensors = graph.tensors.map((t, i) =>
      i === second ? { ...t, buffer: graph.tensors[first!]!.buffer } : t,
    );
    await expectSame({ ...plain, subgraphs: [{ ...graph, tensors }] });
  });

  test("reshapes that share their shape part", async () => {
    const row = { kind: "reshape" } as const;
    const fully = { kind: "fullyConnected", outputs: 4 } as const;
    const plain = branched((b) => {
      const [left, right] = [b.layer(conv(4), b.input), b.layer(conv(4), b.input)];
      const sides = [left, right].map((side) => b.layer(fully, b.layer(row, side)));
      return b.layer({ kind: "add" }, sides[0]!, sides[1]!);
    });
    const graph = mainGraph(plain);
    const reshapes = graph.operators.flatMap((o, i) =>
      o.builtinOptions?.type === "ReshapeOptions" ? [i] : [],
    );
    const shape = graph.operators[reshapes[0]!]!.inputs[1]!;
    const operators = graph.operators.map((o, i) =>
      i === reshapes[1] ? { ...o, inputs: [o.inputs[0]!, shape] } : o,
    );
    const model = silence({ ...plain, subgraphs: [{ ...graph, operators }] }, 0, [0], 14000);
    const { model: narrower } = await expectSame(model);
    const after = mainGraph(narrower);
    const shapes = reshapes.map((at) => after.tensors[after.operators[at]!.inputs[1]!]!);
    expect(shapes.map((constant) => [...asInt32(constantData(narrower, constant)!)])).toEqual([
      [1, 108],
      [1, 144],
    ]);
  });

  test.each([
    ["a fixed group", 3, [0]],
    ["a channel that is not there", 0, [8]],
    ["a channel named twice", 0, [1, 1]],
    ["all channels of a group", 0, [0, 1, 2, 3, 4, 5, 6, 7]],
  ])("refuses %s", (_, index, channels) => {
    const model = convModelValue(everyLayer);
    const group = channelGroups(model)[index]!;
    expect(() => removeChannels(model, [{ group, channels }])).toThrow(
      expect.objectContaining({ code: "INTERNAL" }),
    );
  });

  test("refuses two removals that together take all", () => {
    const model = convModelValue(everyLayer);
    const group = channelGroups(model)[0]!;
    const half = (first: number) => ({ group, channels: [0, 1, 2, 3].map((c) => c + first) });
    expect(() => removeChannels(model, [half(0), half(4)])).toThrow(
      expect.objectContaining({ code: "INTERNAL" }),
    );
  });
});
