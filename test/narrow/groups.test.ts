import { describe, expect, test } from "vitest";
import { channelGroups } from "../../lib/narrow/groups.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { BuiltinOperator } from "../../lib/tflite/schema.js";
import { convModelValue, everyLayer } from "../support/models.js";
import { branched, operatorNamed } from "./support.js";

/** The graph with some fields changed. */
function withGraph(model: Model, change: (graph: ReturnType<typeof mainGraph>) => object): Model {
  const graph = mainGraph(model);
  return { ...model, subgraphs: [{ ...graph, ...change(graph) }] };
}

const chain = () =>
  convModelValue({
    input: [1, 6, 6, 3],
    layers: [
      { kind: "conv", filters: 5, kernel: 3, activation: "RELU" },
      { kind: "conv", filters: 4, kernel: 3, activation: "RELU" },
      { kind: "reshape" },
      { kind: "fullyConnected", outputs: 3 },
    ],
  });

function reasons(model: Model): (string | undefined)[] {
  return channelGroups(model).map(({ fixed }) => fixed);
}

describe("channelGroups", () => {
  test("a residual add ties producers, and pool and depthwise go along", () => {
    const model = convModelValue(everyLayer);
    const [residual, pointwise, last, logits] = channelGroups(model);
    expect(residual).toMatchObject({ channels: 8, producers: [{ operator: 0 }, { operator: 1 }] });
    expect(residual!.depthwise.map(({ operator }) => operator)).toEqual([4]);
    expect(residual!.consumers.map(({ operator }) => operator)).toEqual([1, 5]);
    expect(residual!.fixed).toBeUndefined();
    expect(pointwise).toMatchObject({
      channels: 16,
      producers: [{ operator: 5 }],
      consumers: [{ operator: 6 }],
    });
    expect(last).toMatchObject({ channels: 16, producers: [{ operator: 6 }], consumers: [{ operator: 9 }] });
    expect(logits!.fixed).toBe("SOFTMAX (operator 10) is not known to keep channels apart");
  });

  test("a flattened channel owns one column for each pixel", () => {
    const flat = channelGroups(chain())[1]!;
    const offsets = Array.from({ length: 36 }, (_, pixel) => 4 * pixel);
    expect(flat.consumers).toEqual([{ operator: 3, offsets }]);
    expect(flat.tensors.map((place) => place.offsets)).toEqual([[0], offsets]);
  });

  test("a fully connected layer that reads an image without a reshape", () => {
    const model = branched((b) => {
      const image = b.layer({ kind: "conv", filters: 4, kernel: 3 }, b.input);
      return b.layer({ kind: "fullyConnected", outputs: 3 }, image);
    });
    const [group] = channelGroups(model);
    expect(group!.fixed).toBeUndefined();
    expect(group!.consumers[0]!.offsets).toHaveLength(36);
  });

  test("a row that becomes an image ties the outputs of a fully connected layer", () => {
    const model = convModelValue({
      input: [1, 1, 1, 6],
      layers: [
        { kind: "fullyConnected", outputs: 12 },
        { kind: "reshape", shape: [1, 2, 2, 3] },
        { kind: "conv", filters: 2, kernel: 1 },
      ],
    });
    const [group] = channelGroups(model);
    expect(group).toMatchObject({ channels: 3, producers: [{ operator: 0, offsets: [0, 3, 6, 9] }] });
  });

  test("a concatenation along channels puts two groups side by side", () => {
    const model = branched((b) => {
      const first = b.layer({ kind: "conv", filters: 3, kernel: 3 }, b.input);
      const second = b.layer({ kind: "conv", filters: 5, kernel: 3 }, b.input);
      return b.layer({ kind: "conv", filters: 2, kernel: 1 }, b.concatenate([first, second]));
    });
    const [first, second] = channelGroups(model);
    expect(first).toMatchObject({ channels: 3, consumers: [{ operator: 3, offsets: [0] }] });
    expect(second).toMatchObject({ channels: 5, consumers: [{ operator: 3, offsets: [3] }] });
  });

  test("a concatenation along the width ties channel by channel", () => {
    const model = branched((b) => {
      const first = b.layer({ kind: "conv", filters: 3, kernel: 3 }, b.input);
      const second = b.layer({ kind: "conv", filters: 3, kernel: 3 }, b.input);
      return b.layer({ kind: "conv", filters: 2, kernel: 1 }, b.concatenate([first, second], 2));
    });
    const [both] = channelGroups(model);
    expect(both!.producers.map(({ operator }) => operator)).toEqual([0, 1]);
  });

  test("padding and a mean over the image keep channels apart", () => {
    const model = branched((b) => {
      const image = b.pad(b.layer({ kind: "conv", filters: 4, kernel: 3 }, b.input));
      return b.layer({ kind: "fullyConnected", outputs: 3 }, b.mean(image, [1, 2]));
    });
    expect(channelGroups(model)[0]).toMatchObject({
      channels: 4,
      consumers: [{ operator: 3, offsets: [0] }],
    });
    expect(channelGroups(model)[0]!.fixed).toBeUndefined();
  });
});

describe("what fixes a group", () => {
  test("the model's input, tied by an add, and its output", () => {
    const model = convModelValue({
      input: [1, 4, 4, 3],
      layers: [
        { kind: "conv", filters: 3, kernel: 3 },
        { kind: "add", from: -1 },
      ],
    });
    expect(reasons(model)).toEqual(["the model's input"]);
    expect(reasons(chain())).toEqual([undefined, undefined, "the model's output"]);
  });

  test("an operator that is not known, and a custom one", () => {
    const model = chain();
    const renamed = (code: object) => ({
      ...model,
      operatorCodes: model.operatorCodes.map((known) =>
        known.builtinCode === BuiltinOperator.RESHAPE ? { ...known, ...code } : known,
      ),
    });
    expect(reasons(renamed({ builtinCode: BuiltinOperator.TRANSPOSE }))[1]).toBe(
      "TRANSPOSE (operator 2) is not known to keep channels apart",
    );
    const custom = { builtinCode: BuiltinOperator.CUSTOM, customCode: "MINE" };
    expect(reasons(renamed(custom))[1]).toBe("MINE (operator 2) is a custom operator");
  });

  test("a mean over channels", () => {
    const model = branched((b) => b.mean(b.layer({ kind: "conv", filters: 6, kernel: 3 }, b.input), [3]));
    expect(reasons(model)).toEqual(["MEAN (operator 1) averages channels"]);
  });

  test("a depth multiplier", () => {
    const model = convModelValue({
      input: [1, 4, 4, 3],
      layers: [
        { kind: "conv", filters: 3, kernel: 3 },
        { kind: "depthwise", kernel: 3, multiplier: 2 },
        { kind: "conv", filters: 3, kernel: 1 },
        { kind: "reshape" },
      ],
    });
    expect(reasons(model)[0]).toBe("DEPTHWISE_CONV_2D (operator 1) has a depth multiplier");
  });

  test("weights and biases that two operators share", () => {
    const model = convModelValue({
      input: [1, 4, 4, 3],
      layers: [1, 2, 3, 4].map(() => ({ kind: "conv", filters: 3, kernel: 3 })),
    });
    const shared = (position: number) =>
      withGraph(model, ({ operators }) => ({
        operators: operators.map((operator, i) =>
          i !== 2
            ? operator
            : {
                ...operator,
                inputs: operator.inputs.map((t, p) => (p === position ? operators[1]!.inputs[p]! : t)),
              },
        ),
      }));
    expect(reasons(shared(1))[0]).toBe("CONV_2D (operator 1) shares its weights");
    expect(reasons(shared(2))[0]).toBe("CONV_2D (operator 1) shares its bias");
  });

  test("a constant operand, a broadcast, a variable, a dynamic shape", () => {
    const model = convModelValue({
      input: [1, 4, 4, 3],
      layers: [
        { kind: "conv", filters: 4, kernel: 3 },
        { kind: "conv", filters: 4, kernel: 3 },
        { kind: "add", from: 0 },
        { kind: "conv", filters: 4, kernel: 3 },
      ],
    });
    const add = operatorNamed(model, "ADD");
    const constantOperand = withGraph(model, ({ tensors, operators }) => ({
      tensors: tensors.map((t, i) => (i === operators[add]!.inputs[1] ? { ...t, buffer: 1 } : t)),
    }));
    expect(reasons(constantOperand)).toContain("ADD (operator 2) adds a constant");
    const inner = mainGraph(model).operators[0]!.outputs[0]!;
    const changed = (change: object) =>
      withGraph(model, ({ tensors }) => ({
        tensors: tensors.map((t, i) => (i === inner ? { ...t, ...change } : t)),
      }));
    expect(reasons(changed({ shape: [1, 1, 1, 4] }))[0]).toBe("ADD (operator 2) broadcasts");
    expect(reasons(changed({ isVariable: true }))[0]).toBe(`tensor ${inner} is a variable`);
    expect(reasons(changed({ shapeSignature: [-1, -1, 4, 4] }))[0]).toBe(
      `tensor ${inner} has a dynamic shape`,
    );
    expect(reasons(changed({ shapeSignature: [-1, 4, 4, 4] }))[0]).toBeUndefined();
  });

  test("an offline memory plan, and further subgraphs", () => {
    const planned = { ...chain(), metadata: [{ name: "OfflineMemoryAllocation", buffer: 1 }] };
    expect(new Set(reasons(planned))).toEqual(new Set(["the model has an offline memory plan"]));
    const model = chain();
    const several = { ...model, subgraphs: [...model.subgraphs, ...model.subgraphs] };
    expect(new Set(reasons(several))).toEqual(new Set(["the model has several subgraphs"]));
  });
});
