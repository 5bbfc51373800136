import { describe, expect, test } from "vitest";
import { mainGraph, opName } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { usePool } from "../support/interpreter.js";
import { expectInt8Results } from "./int8-results.js";
import { expectSameResults, savedLayers, seedWeights, tfl, useModelFolder } from "./tfjs.js";

const { layers } = tfl;
const folder = useModelFolder();
const workers = usePool(1);

function operatorNames(model: Model): string[] {
  return mainGraph(model).operators.map((operator) => opName(model, operator));
}

/** Seeds, saves and imports the model, holds TFLM against TF.js, in real numbers and in int8, and returns the operators. */
async function operatorsOf(model: tfl.LayersModel, seed = 1): Promise<string[]> {
  seedWeights(model, seed);
  const path = folder.write(await savedLayers(model));
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  const names = operatorNames(await expectSameResults(path, model, shape, workers.context));
  await expectInt8Results(path, model, shape, workers.context);
  return names;
}

function sequential(...stack: tfl.layers.Layer[]): tfl.LayersModel {
  return tfl.sequential({ layers: stack });
}

/** A functional model of one input. */
function functional(
  shape: number[],
  build: (input: tfl.SymbolicTensor) => tfl.SymbolicTensor,
): tfl.LayersModel {
  const input = tfl.input({ shape });
  return tfl.model({ inputs: input, outputs: build(input) });
}

const conv = (filters: number, more: object = {}) => layers.conv2d({ filters, kernelSize: 3, ...more });
const apply = (layer: tfl.layers.Layer, ...inputs: tfl.SymbolicTensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as tfl.SymbolicTensor;

describe("layers models, one family of layers each", () => {
  test("convolutions: padding, strides, dilation, fused activations", async () => {
    const model = sequential(
      conv(4, { inputShape: [13, 11, 3], padding: "same", strides: 2, activation: "relu" }),
      conv(5, { padding: "valid", activation: "relu6" }),
      conv(3, { padding: "same", dilationRate: 2, useBias: false }),
    );
    expect(await operatorsOf(model)).toEqual(["CONV_2D", "CONV_2D", "CONV_2D"]);
  });

  test("depthwise convolutions: multiplier and stride", async () => {
    const depthwise = (more: object) => layers.depthwiseConv2d({ kernelSize: 3, padding: "same", ...more });
    const model = sequential(
      depthwise({ inputShape: [10, 9, 3], depthMultiplier: 2, activation: "relu" }),
      depthwise({ strides: 2, useBias: false }),
    );
    expect(await operatorsOf(model)).toEqual(["DEPTHWISE_CONV_2D", "DEPTHWISE_CONV_2D"]);
  });

  test("a separable convolution is a depthwise one and one of one position", async () => {
    const model = sequential(
      layers.separableConv2d({
        inputShape: [9, 9, 4],
        filters: 6,
        kernelSize: [3, 5],
        strides: 2,
        padding: "same",
        activation: "relu",
      }),
    );
    expect(await operatorsOf(model)).toEqual(["DEPTHWISE_CONV_2D", "CONV_2D"]);
    // TFLM of 2020 leaves the dilation out when it pads a depthwise convolution by itself.
    const dilated = sequential(
      layers.separableConv2d({
        inputShape: [9, 8, 2],
        filters: 3,
        kernelSize: 3,
        dilationRate: 2,
        padding: "same",
      }),
    );
    expect(await operatorsOf(dilated)).toEqual(["PAD", "DEPTHWISE_CONV_2D", "CONV_2D"]);
  });

  test("dense layers behind a flattened image, and softmax", async () => {
    const model = sequential(
      conv(3, { inputShape: [6, 5, 2], activation: "relu" }),
      layers.flatten(),
      layers.dense({ units: 12, activation: "relu" }),
      layers.dense({ units: 7, activation: "softmax", useBias: false }),
    );
    const names = ["CONV_2D", "RESHAPE", "FULLY_CONNECTED", "FULLY_CONNECTED", "SOFTMAX"];
    expect(await operatorsOf(model)).toEqual(names);
  });

  test("a dense layer on the channels of an image is a convolution of one position", async () => {
    const onImage = sequential(layers.dense({ inputShape: [4, 5, 3], units: 6, activation: "tanh" }));
    expect(await operatorsOf(onImage)).toEqual(["CONV_2D", "TANH"]);
    const onRows = sequential(layers.dense({ inputShape: [8, 3], units: 4 }));
    expect(await operatorsOf(onRows)).toEqual(["RESHAPE", "CONV_2D", "RESHAPE"]);
  });

  test("pools: maximum and average, both paddings, and over the whole image", async () => {
    const model = sequential(
      conv(4, { inputShape: [15, 13, 2] }),
      layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }),
      layers.averagePooling2d({ poolSize: [2, 3], strides: 1, padding: "same" }),
      layers.averagePooling2d({ poolSize: 2 }),
      layers.globalAveragePooling2d({}),
    );
    const names = [
      "CONV_2D",
      "MAX_POOL_2D",
      "AVERAGE_POOL_2D",
      "AVERAGE_POOL_2D",
      "AVERAGE_POOL_2D",
      "RESHAPE",
    ];
    expect(await operatorsOf(model)).toEqual(names);
    const largest = sequential(conv(4, { inputShape: [7, 6, 2] }), layers.globalMaxPooling2d({}));
    expect(await operatorsOf(largest)).toEqual(["CONV_2D", "MAX_POOL_2D", "RESHAPE"]);
  });

  test("a batch norm goes into the weights before it, with the activation behind it", async () => {
    const model = sequential(
      conv(4, { inputShape: [8, 8, 3], useBias: false }),
      layers.batchNormalization({}),
      layers.reLU({}),
      layers.depthwiseConv2d({ kernelSize: 3 }),
      layers.batchNormalization({ scale: false, center: false }),
      layers.reLU({ maxValue: 6 }),
      layers.flatten(),
      layers.dense({ units: 5 }),
      layers.batchNormalization({ epsilon: 0.01 }),
    );
    const names = ["CONV_2D", "DEPTHWISE_CONV_2D", "RESHAPE", "FULLY_CONNECTED"];
    expect(await operatorsOf(model)).toEqual(names);
  });

  test("a batch norm behind an activation stays, or goes into the weights behind it", async () => {
    const before = sequential(
      layers.batchNormalization({ inputShape: [8, 8, 3] }),
      conv(4, { activation: "relu" }),
      layers.batchNormalization({}),
      conv(4, { padding: "same", activation: "relu" }),
      layers.flatten(),
      layers.batchNormalization({}),
      layers.dense({ units: 5, activation: "relu" }),
      layers.batchNormalization({}),
    );
    const names = ["CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "RESHAPE", "FULLY_CONNECTED", "MUL", "ADD"];
    expect(await operatorsOf(before)).toEqual(names);
  });

  test("batch norm and activation before a convolution, as residual networks of the second kind have them", async () => {
    const model = functional([8, 8, 3], (input) => {
      const first = apply(conv(4, { padding: "same" }), input);
      const normed = apply(
        layers.activation({ activation: "relu" }),
        apply(layers.batchNormalization({}), first),
      );
      const second = apply(conv(4, { padding: "same" }), normed);
      return apply(layers.add({}), second, first);
    });
    expect(await operatorsOf(model)).toEqual(["CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "ADD"]);
  });

  test("zero padding goes into the window where SAME does the same, else it stays", async () => {
    const inside = sequential(
      layers.zeroPadding2d({
        inputShape: [8, 8, 3],
        padding: [
          [0, 1],
          [0, 1],
        ],
      }),
      conv(4, { strides: 2 }),
      layers.zeroPadding2d({ padding: 1 }),
      layers.depthwiseConv2d({ kernelSize: 3 }),
    );
    expect(await operatorsOf(inside)).toEqual(["CONV_2D", "DEPTHWISE_CONV_2D"]);
    const apart = sequential(
      layers.zeroPadding2d({ inputShape: [8, 8, 3], padding: 1 }),
      conv(4, { strides: 2 }),
      layers.zeroPadding2d({
        padding: [
          [2, 1],
          [0, 3],
        ],
      }),
    );
    expect(await operatorsOf(apart)).toEqual(["PAD", "CONV_2D", "PAD"]);
  });

  test("sums and products of branches, broadcast from one value per channel", async () => {
    const model = functional([6, 6, 4], (input) => {
      const left = apply(conv(8, { activation: "relu" }), input);
      const right = apply(conv(8, {}), input);
      const sum = apply(layers.activation({ activation: "relu" }), apply(layers.add({}), left, right, left));
      const squeezed = apply(layers.globalAveragePooling2d({}), sum);
      const gate = apply(layers.dense({ units: 8, activation: "sigmoid" }), squeezed);
      return apply(layers.multiply({}), sum, apply(layers.reshape({ targetShape: [1, 1, 8] }), gate));
    });
    const names = ["CONV_2D", "CONV_2D", "ADD", "ADD", "AVERAGE_POOL_2D", "RESHAPE", "FULLY_CONNECTED"];
    expect((await operatorsOf(model)).sort()).toEqual([...names, "LOGISTIC", "RESHAPE", "MUL"].sort());
  });

  test("concatenation along channels and along height, of more parts than TFLM takes at once", async () => {
    const model = functional([5, 4, 2], (input) => {
      const parts = Array.from({ length: 12 }, () =>
        apply(layers.conv2d({ filters: 1, kernelSize: 1 }), input),
      );
      const joined = apply(layers.concatenate({}), ...parts);
      return apply(layers.concatenate({ axis: 1 }), joined, joined);
    });
    const names = await operatorsOf(model);
    expect(names.filter((name) => name === "CONCATENATION")).toHaveLength(3);
  });

  test("activations that TFLM has", async () => {
    for (const [activation, name] of [
      ["relu", "RELU"],
      ["relu6", "RELU6"],
      ["sigmoid", "LOGISTIC"],
      ["tanh", "TANH"],
      ["softmax", "SOFTMAX"],
    ] as const) {
      const model = sequential(
        layers.reshape({ inputShape: [24], targetShape: [2, 3, 4] }),
        layers.activation({ activation }),
      );
      expect(await operatorsOf(model)).toEqual(["RESHAPE", name]);
    }
  });

  test("leaky activations are PRELU, which TFLM of 2020 has", async () => {
    const model = sequential(
      conv(4, { inputShape: [7, 7, 2] }),
      layers.leakyReLU({ alpha: 0.2 }),
      conv(3),
      layers.prelu({ sharedAxes: [1, 2] }),
      layers.prelu({}),
    );
    expect(await operatorsOf(model)).toEqual(["CONV_2D", "PRELU", "CONV_2D", "PRELU", "PRELU"]);
  });

  test("swish and hard sigmoid are made of what TFLM has", async () => {
    const model = sequential(
      conv(4, { inputShape: [7, 7, 2], activation: "swish" }),
      conv(4, { activation: "hardSigmoid" }),
    );
    expect(await operatorsOf(model)).toEqual(["CONV_2D", "LOGISTIC", "MUL", "CONV_2D", "DEPTHWISE_CONV_2D"]);
  });

  test("layers that only training needs leave no trace", async () => {
    const model = sequential(
      layers.inputLayer({ inputShape: [8, 8, 2] }),
      layers.gaussianNoise({ stddev: 0.5 }),
      conv(3, {
        activation: "relu",
        kernelInitializer: "randomNormal",
        kernelRegularizer: "l1l2",
        kernelConstraint: "nonNeg",
      }),
      layers.dropout({ rate: 0.5 }),
      layers.alphaDropout({ rate: 0.5 }),
      layers.flatten(),
      layers.dense({ units: 3, activation: "linear" }),
    );
    expect(await operatorsOf(model)).toEqual(["CONV_2D", "RESHAPE", "FULLY_CONNECTED"]);
  });
});

describe("models in models", () => {
  test("a nested model that is used twice, with a layer that is shared", async () => {
    const inner = functional([6, 6, 3], (input) => {
      const shared = conv(3, { padding: "same", activation: "relu" });
      return apply(layers.add({}), apply(shared, apply(shared, input)), input);
    });
    const model = functional([6, 6, 3], (input) => apply(inner, apply(inner, input)));
    const names = ["CONV_2D", "CONV_2D", "ADD", "CONV_2D", "CONV_2D", "ADD"];
    expect(await operatorsOf(model)).toEqual(names);
  });

  test("sequential models in a sequential model", async () => {
    const stem = tfl.sequential({
      layers: [conv(4, { inputShape: [9, 9, 2] }), layers.maxPooling2d({ poolSize: 2 })],
    });
    const head = tfl.sequential({
      layers: [layers.flatten({ inputShape: [3, 3, 4] }), layers.dense({ units: 5 })],
    });
    const names = ["CONV_2D", "MAX_POOL_2D", "RESHAPE", "FULLY_CONNECTED"];
    expect(await operatorsOf(sequential(stem, head))).toEqual(names);
  });

  test("a nested model for images of any size, in one of a fixed size", async () => {
    const body = functional([null as never, null as never, 2], (input) =>
      apply(layers.globalAveragePooling2d({}), apply(conv(4, { activation: "relu" }), input)),
    );
    const model = functional([7, 8, 2], (input) => apply(layers.dense({ units: 3 }), apply(body, input)));
    expect(await operatorsOf(model)).toEqual(["CONV_2D", "AVERAGE_POOL_2D", "RESHAPE", "FULLY_CONNECTED"]);
  });
});
