import { describe, expect, test } from "vitest";
import { mainGraph, opName } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { usePool } from "../support/interpreter.js";
import { expectSameResults, savedLayers, seedWeights, tfl, useModelFolder } from "./tfjs.js";

const { layers } = tfl;
const folder = useModelFolder();
const workers = usePool(1);

function operatorNames(model: Model): string[] {
  return mainGraph(model).operators.map((operator) => opName(model, operator));
}

/** Seeds, saves and imports the model, holds TFLM against TF.js, and returns the operators. */
async function operatorsOf(model: tfl.LayersModel, seed = 1): Promise<string[]> {
  seedWeights(model, seed);
  const path = folder.write(await savedLayers(model));
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  return operatorNames(await expectSameResults(path, model, shape, workers.context));
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
});
