import { loadGraphModel } from "@tensorflow/tfjs-converter";
import { describe, expect, test } from "vitest";
import { mainGraph, opName } from "../../lib/tflite/graph.js";
import { usePool } from "../support/interpreter.js";
import { GraphDraft, integers, texts, windowed } from "./graph.js";
import { expectInt8Results } from "./int8-results.js";
import { expectSameResults, useModelFolder } from "./tfjs.js";

const folder = useModelFolder();
const workers = usePool(1);

/** Saves and imports what `build` makes of an input, holds TFLM against TF.js, and returns the operators. */
async function operatorsOf(
  shape: readonly number[],
  build: (graph: GraphDraft, input: string) => string,
): Promise<string[]> {
  const graph = new GraphDraft();
  const saved = graph.saved(build(graph, graph.input(shape)));
  const path = folder.write(saved);
  const { modelTopology, signature, weightsManifest } = structuredClone(saved.json) as never as {
    modelTopology: object;
    signature: object;
    weightsManifest: [{ weights: never[] }];
  };
  const weightSpecs = weightsManifest[0].weights;
  const artifacts = { modelTopology, signature, weightSpecs, weightData: saved.weights };
  const model = await loadGraphModel({ load: async () => artifacts });
  const imported = await expectSameResults(path, model, shape, workers.context);
  await expectInt8Results(path, model, shape, workers.context);
  return mainGraph(imported).operators.map((operator) => opName(imported, operator));
}

describe("graph models", () => {
  test("what converters fuse: convolution, depthwise convolution and matrix product with bias and activation", async () => {
    const names = await operatorsOf([9, 8, 3], (graph, input) => {
      const fused = (...ops: string[]) => ({ fused_ops: texts(...ops), num_args: { i: "1" } });
      const conv = graph.node(
        "conv",
        "_FusedConv2D",
        [input, graph.floats("conv/w", [3, 3, 3, 4]), graph.floats("conv/b", [4])],
        windowed("SAME", 2, fused("BiasAdd", "Relu")),
      );
      const depthwise = graph.node(
        "depthwise",
        "FusedDepthwiseConv2dNative",
        [conv, graph.floats("depthwise/w", [3, 3, 4, 2]), graph.floats("depthwise/b", [8])],
        windowed("VALID", 1, fused("BiasAdd", "Relu6")),
      );
      const flat = graph.node("flat", "Reshape", [depthwise, graph.integers("flat/shape", -1, 48)]);
      return graph.node(
        "dense",
        "_FusedMatMul",
        [flat, graph.floats("dense/w", [48, 5]), graph.floats("dense/b", [5])],
        fused("BiasAdd", "Sigmoid"),
      );
    });
    expect(names).toEqual(["CONV_2D", "DEPTHWISE_CONV_2D", "RESHAPE", "FULLY_CONNECTED", "LOGISTIC"]);
  });

  test("the same apart, with a batch norm: biases and norms go into the weights", async () => {
    const names = await operatorsOf([8, 8, 2], (graph, input) => {
      const conv = graph.node("conv", "Conv2D", [input, graph.floats("w", [3, 3, 2, 4])], windowed("SAME"));
      const norm = graph.node(
        "norm",
        "FusedBatchNormV3",
        [
          conv,
          graph.floats("gamma", [4], [0.5, 1, 1.5, -2]),
          graph.floats("beta", [4]),
          graph.floats("mean", [4]),
          graph.floats("variance", [4], [0.5, 1, 2, 0.1]),
        ],
        { epsilon: { f: 0.001 }, is_training: { b: false } },
      );
      const relu = graph.node("relu", "Relu", [norm]);
      const dilated = { dilations: integers(1, 2, 2, 1) };
      const depthwise = graph.node(
        "depthwise",
        "DepthwiseConv2dNative",
        [relu, graph.floats("dw", [3, 3, 4, 1])],
        windowed("SAME", 1, dilated),
      );
      const biased = graph.node("biased", "BiasAdd", [depthwise, graph.floats("db", [4])]);
      const pooled = graph.node("pooled", "Mean", [biased, graph.integers("axes", 1, 2)], {
        keep_dims: { b: false },
      });
      const product = graph.node("product", "MatMul", [pooled, graph.floats("m", [6, 4])], {
        transpose_b: { b: true },
      });
      return graph.node("softmax", "Softmax", [
        graph.node("bias", "Add", [product, graph.floats("mb", [6])]),
      ]);
    });
    const head = ["CONV_2D", "PAD", "DEPTHWISE_CONV_2D", "AVERAGE_POOL_2D", "RESHAPE"];
    expect(names).toEqual([...head, "FULLY_CONNECTED", "SOFTMAX"]);
  });

  test("a residual block with padding apart, pools and a concatenation", async () => {
    const names = await operatorsOf([8, 8, 3], (graph, input) => {
      const paddings = graph.paddings("paddings", 0, 0, 1, 1, 1, 1, 0, 0);
      const padded = graph.node("padded", "Pad", [input, paddings]);
      const conv = graph.node("conv", "Conv2D", [padded, graph.floats("w", [3, 3, 3, 3])], windowed("VALID"));
      const sum = graph.node("sum", "AddV2", [conv, graph.node("same", "Identity", [input])]);
      const relu = graph.node("relu", "Relu6", [sum]);
      const ksize = { ksize: integers(1, 2, 2, 1) };
      const largest = graph.node("largest", "MaxPool", [relu], windowed("SAME", 2, ksize));
      const average = graph.node("average", "AvgPool", [relu], windowed("VALID", 2, ksize));
      const axis = graph.scalar("axis", -1);
      const joined = graph.node("joined", "ConcatV2", [largest, average, axis], { N: { i: "2" } });
      return graph.node("top", "Max", [joined, graph.integers("axes", 1, 2)], { keep_dims: { b: true } });
    });
    expect(names).toEqual([
      "CONV_2D",
      "ADD",
      "MAX_POOL_2D",
      "AVERAGE_POOL_2D",
      "CONCATENATION",
      "MAX_POOL_2D",
    ]);
  });

  test("hard swish as Keras writes it, leaky activations, differences, products and quotients", async () => {
    const names = await operatorsOf([5, 5, 4], (graph, input) => {
      const conv = graph.node("conv", "Conv2D", [input, graph.floats("w", [1, 1, 4, 6])], windowed("SAME"));
      const shifted = graph.node("shifted", "AddV2", [conv, graph.floats("three", [], [3])]);
      const gate = graph.node("gate", "Relu6", [shifted]);
      const sixth = graph.node("sixth", "Mul", [graph.floats("factor", [], [1 / 6]), gate]);
      const swish = graph.node("swish", "Mul", [conv, sixth]);
      const leaky = graph.node("leaky", "LeakyRelu", [swish], { alpha: { f: 0.1 } });
      const prelu = graph.node("prelu", "Prelu", [leaky, graph.floats("alpha", [1, 1, 6])]);
      const scaled = graph.node("scaled", "RealDiv", [
        prelu,
        graph.floats("divisor", [6], [1, 2, 3, 4, 5, -6]),
      ]);
      const from = graph.node("from", "Sub", [graph.floats("one", [], [1]), scaled]);
      const difference = graph.node("difference", "Sub", [from, swish]);
      return graph.node("tanh", "Tanh", [difference]);
    });
    expect(names.filter((name) => name === "PRELU")).toHaveLength(2);
    expect(names.slice(0, 4)).toEqual(["CONV_2D", "DEPTHWISE_CONV_2D", "DEPTHWISE_CONV_2D", "MUL"]);
  });

  test("a reshape whose target is computed from the shape, as free batches make converters write it", async () => {
    const names = await operatorsOf([4, 4, 2], (graph, input) => {
      const shape = graph.node("shape", "Shape", [input]);
      const bounds = [graph.integers("zero", 0), graph.integers("one", 1), graph.integers("step", 1)];
      const batch = graph.node("batch", "StridedSlice", [shape, ...bounds], { shrink_axis_mask: { i: "1" } });
      const sizes = [graph.scalar("height", 8), graph.scalar("width", 4)];
      const target = graph.node("target", "Pack", [batch, ...sizes], { N: { i: "3" }, axis: { i: "0" } });
      const reshaped = graph.node("reshaped", "Reshape", [input, target]);
      const squeezed = graph.node("image", "Reshape", [reshaped, graph.integers("to", -1, 1, 1, 32)]);
      const flat = graph.node("flat", "Squeeze", [squeezed], { squeeze_dims: integers(1, 2) });
      return graph.node("product", "MatMul", [flat, graph.floats("m", [32, 3])]);
    });
    expect(names).toEqual(["RESHAPE", "FULLY_CONNECTED"]);
  });
});
