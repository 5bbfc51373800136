import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { importModel } from "../../lib/import.js";
import { tfjsModel } from "../../lib/tfjs/index.js";
import { elementCount } from "../../lib/tflite/graph.js";
import { usePool } from "../support/interpreter.js";
import {
  expectSameResults,
  type SavedModel,
  savedLayers,
  seedWeights,
  tf,
  tfl,
  useModelFolder,
} from "./tfjs.js";

const folder = useModelFolder();
const workers = usePool(1);

interface Spec {
  name: string;
  shape: number[];
  quantization?: object;
}

const specsOf = ({ json }: SavedModel): Spec[] =>
  (json.weightsManifest as { weights: Spec[] }[]).flatMap(({ weights }) => weights);

function smallModel(): tfl.LayersModel {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3, activation: "relu" }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 4, activation: "softmax" }),
    ],
  });
  seedWeights(model, 3);
  return model;
}

/** The model with every weight stored by `store`, and TF.js' own idea of it. */
async function stored(
  store: (values: Float32Array) => { bytes: Uint8Array; quantization: object },
): Promise<{ saved: SavedModel; model: tfl.LayersModel }> {
  const saved = await savedLayers(smallModel());
  const values = new Float32Array(saved.weights);
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const spec of specsOf(saved)) {
    const count = elementCount(spec.shape);
    const { bytes, quantization } = store(values.subarray(at, at + count));
    spec.quantization = quantization;
    parts.push(bytes);
    at += count;
  }
  const weights = new Uint8Array(Buffer.concat(parts)).buffer;
  const { modelTopology } = structuredClone(saved.json) as { modelTopology: object };
  const artifacts = { modelTopology, weightSpecs: specsOf(saved) as never[], weightData: weights };
  const model = await tfl.loadLayersModel({ load: async () => artifacts });
  return { saved: { ...saved, weights }, model };
}

/** Steps of `levels` between the smallest and the largest value, as the converter's --quantize flags make them. */
function inSteps(values: Float32Array, levels: number): { steps: number[]; min: number; scale: number } {
  const min = Math.min(...values);
  const scale = (Math.max(...values) - min) / levels || 1;
  return { steps: Array.from(values, (value) => Math.round((value - min) / scale)), min, scale };
}

const bytesOf = (values: Uint16Array) => new Uint8Array(values.buffer);

test("weights stored in 8 and in 16 bits", async () => {
  const short = await stored((values) => {
    const { steps, min, scale } = inSteps(values, 255);
    return {
      bytes: Uint8Array.from(steps),
      quantization: { dtype: "uint8", min, scale, original_dtype: "float32" },
    };
  });
  await expectSameResults(folder.write(short.saved), short.model, [6, 6, 2], workers.context);
  const long = await stored((values) => {
    const { steps, min, scale } = inSteps(values, 65535);
    return { bytes: bytesOf(Uint16Array.from(steps)), quantization: { dtype: "uint16", min, scale } };
  });
  await expectSameResults(folder.write(long.saved), long.model, [6, 6, 2], workers.context);
});

test("weights stored as float16", async () => {
  // The upper half of a float32, its exponent moved: enough for values of this size.
  const half = (value: number) => {
    const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
    const exponent = ((bits >>> 23) & 255) - 112;
    if (exponent < 1) return 0;
    return ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 1023);
  };
  const { saved, model } = await stored((values) => ({
    bytes: bytesOf(Uint16Array.from(values, half)),
    quantization: { dtype: "float16" },
  }));
  await expectSameResults(folder.write(saved), model, [6, 6, 2], workers.context);
});

test("weights in several groups and files, some in a folder below, an optimizer's beside them", async () => {
  const model = smallModel();
  const saved = await savedLayers(model);
  const [kernel, bias, ...others] = specsOf(saved) as [Spec, Spec, ...Spec[]];
  const bytes = new Uint8Array(saved.weights);
  const cut = 4 * elementCount(kernel.shape) + 4 * elementCount(bias.shape);
  saved.json.weightsManifest = [
    { paths: ["a.bin", "below/b.bin"], weights: [kernel, bias] },
    { paths: ["weights.bin"], weights: others },
    { paths: ["step.bin"], weights: [{ name: "iter", shape: [], dtype: "int32", group: "optimizer" }] },
  ];
  const path = folder.write({ ...saved, weights: bytes.slice(cut).buffer });
  const here = dirname(path);
  mkdirSync(join(here, "below"));
  writeFileSync(join(here, "a.bin"), bytes.subarray(0, 10));
  writeFileSync(join(here, "below/b.bin"), bytes.subarray(10, cut));
  writeFileSync(join(here, "step.bin"), new Uint8Array(4));
  await expectSameResults(path, model, [6, 6, 2], workers.context);
});

test("a topology inside a file of Keras, with its training, and one without the name of its format", async () => {
  const model = smallModel();
  const saved = await savedLayers(model);
  const { modelTopology } = saved.json;
  saved.json = {
    modelTopology: {
      keras_version: "2.15.0",
      backend: "tensorflow",
      model_config: modelTopology,
      training_config: { loss: "nothing that TF.js knows" },
    },
    weightsManifest: saved.json.weightsManifest,
  };
  await expectSameResults(folder.write(saved), model, [6, 6, 2], workers.context);
});

test("a config as Keras in Python writes it, with what TF.js does not have", async () => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3, useBias: false }),
      tfl.layers.batchNormalization({}),
      tfl.layers.reLU({ maxValue: 6 }),
      tfl.layers.dropout({ rate: 0.5 }),
      tfl.layers.globalAveragePooling2d({}),
      tfl.layers.dense({ units: 4 }),
    ],
  });
  seedWeights(model, 3);
  const saved = await savedLayers(model);
  const stack = (saved.json.modelTopology as { config: { layers: { class_name: string; config: object }[] } })
    .config.layers;
  const python: Record<string, object> = {
    Conv2D: { groups: 1, dtype: "float32" },
    BatchNormalization: { axis: [3], renorm: false },
    ReLU: { negative_slope: 0, threshold: 0 },
    GlobalAveragePooling2D: { keepdims: false },
  };
  for (const layer of stack) Object.assign(layer.config, python[layer.class_name]);
  stack[3]!.class_name = "SpatialDropout2D";
  await expectSameResults(folder.write(saved), model, [6, 6, 2], workers.context);
});

test("the same files give the same bytes, and inspect takes them", async () => {
  const saved = await savedLayers(smallModel());
  const [first, second] = [folder.write(saved), folder.write(saved)];
  const [one, other] = await Promise.all(
    [first, second].map((path) => importModel(path, { purpose: "inspect" })),
  );
  expect(one!.sha256).toBe(other!.sha256);
  expect(one!.model).toEqual(await tfjsModel(first));
});

test("a program's own TF.js backend is active again behind an import", async () => {
  const path = folder.write(await savedLayers(smallModel()));
  const before = tf.memory().numTensors;
  await tfjsModel(path);
  expect(tf.getBackend()).toBe("cpu");
  expect(tf.memory().numTensors).toBe(before);
});
