import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { ErrorCode } from "../../lib/errors/index.js";
import { tfjsModel } from "../../lib/tfjs/index.js";
import { seededRandom } from "../support/random.js";
import { GraphDraft, text, windowed } from "./graph.js";
import { type SavedModel, savedLayers, seedWeights, tf, tfl, useModelFolder } from "./tfjs.js";

const folder = useModelFolder();

// biome-ignore lint/suspicious/noExplicitAny: files under attack have no shape to hold on to
type Json = any;

let layersModel: SavedModel;
let graphModel: SavedModel;

beforeAll(async () => {
  const input = tfl.input({ shape: [6, 6, 2], name: "image" });
  const conv = tfl.layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", name: "conv" }).apply(input);
  const again = tfl.layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", name: "again" }).apply(conv);
  const sum = tfl.layers.add({ name: "sum" }).apply([conv, again] as tfl.SymbolicTensor[]);
  const flat = tfl.layers.flatten({ name: "flat" }).apply(sum);
  const output = tfl.layers.dense({ units: 4, name: "dense" }).apply(flat) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs: input, outputs: output });
  seedWeights(model, 1);
  layersModel = await savedLayers(model);

  const graph = new GraphDraft();
  const x = graph.input([6, 6, 2]);
  const product = graph.node("conv", "Conv2D", [x, graph.floats("w", [3, 3, 2, 3])], windowed("SAME"));
  graphModel = graph.saved(graph.node("relu", "Relu", [product]));
});

/** A copy of a good model after `edit`, on the disk. */
function damaged(base: SavedModel, edit: (json: Json, weights: Float32Array) => void): string {
  const copy = structuredClone(base);
  edit(copy.json, new Float32Array(copy.weights));
  return folder.write(copy);
}

async function expectCode(path: string, code: ErrorCode, said?: string): Promise<void> {
  const error: unknown = await tfjsModel(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: "DtmmError", code, exit: 2 });
  if (said !== undefined) expect((error as Error).message).toContain(said);
}

const layersOf = (json: Json): Json[] => json.modelTopology.config.layers;
const layerOf = (json: Json, name: string): Json =>
  layersOf(json).find((layer) => layer.config.name === name);
const nodeOf = (json: Json, name: string): Json =>
  json.modelTopology.node.find((node: Json) => node.name === name);
const specsOf = (json: Json): Json[] => json.weightsManifest[0].weights;

test("the models are fine as they are", async () => {
  await tfjsModel(damaged(layersModel, () => undefined));
  await tfjsModel(damaged(graphModel, () => undefined));
});

describe("model.json", () => {
  const written = (content: string | Uint8Array): string => {
    const path = damaged(layersModel, () => undefined);
    writeFileSync(path, content);
    return path;
  };
  test("is not there", () =>
    expectCode(join(dirname(damaged(layersModel, () => undefined)), "other.json"), "TFJS_UNREADABLE"));
  test("is a folder", async () => {
    const path = join(dirname(damaged(layersModel, () => undefined)), "folder.json");
    mkdirSync(path);
    await expectCode(path, "TFJS_UNREADABLE");
  });
  test.each([
    ["is empty", ""],
    ["is no JSON", "weights"],
    ["is a list", "[1]"],
    ["is a number", "1"],
    ["ends too early", '{"modelTopology": {'],
    ["has no topology", '{"weightsManifest": []}'],
    ["has no weights", '{"modelTopology": {"class_name": "Sequential"}}'],
    ["is of another format", '{"format": "onnx", "modelTopology": {}, "weightsManifest": []}'],
    ["holds a topology of another class", '{"modelTopology": {"class_name": "Foo"}, "weightsManifest": []}'],
    ["nests very deep", `{"modelTopology": ${"[".repeat(1e6)}${"]".repeat(1e6)}}`],
    [
      "hides brackets in texts and nests deep",
      `{"a": "\\"[[", "b": ${'{"c":'.repeat(300)}1${"}".repeat(300)}}`,
    ],
  ])("%s", (_, content) => expectCode(written(content), "TFJS_NOT_A_MODEL"));
  test("is bytes", () => expectCode(written(Uint8Array.of(0, 255, 254, 1)), "TFJS_NOT_A_MODEL"));
  test("is larger than any model.json", () =>
    expectCode(written(" ".repeat(17 * 1024 * 1024)), "TFJS_TOO_LARGE"));
});

describe("weights", () => {
  test("a file is too short", () =>
    expectCode(
      folder.write({ ...layersModel, weights: layersModel.weights.slice(4) }),
      "TFJS_WEIGHTS",
      "are 2304 bytes in 1 files, but the weights listed take 2308",
    ));
  test("a file is too long", () =>
    expectCode(folder.write({ ...layersModel, weights: new ArrayBuffer(10000) }), "TFJS_WEIGHTS"));
  test.each([
    ["missing", "nothing.bin"],
    ["outside", "../0/weights.bin"],
    ["far outside", "/etc/hostname"],
    ["the folder itself", "."],
    ["an address", "https://models.invalid/weights.bin"],
    ["no text", 7],
    ["with a zero byte", "weights.bin\0"],
    ["a very long name", "w".repeat(5000)],
  ])("a file that is %s", (_, name) => {
    const path = damaged(layersModel, (json) => {
      json.weightsManifest[0].paths = [name];
    });
    return expectCode(path, "TFJS_WEIGHTS");
  });
  test("a file outside behind a link", async () => {
    const path = damaged(layersModel, (json) => {
      json.weightsManifest[0].paths = ["link.bin"];
    });
    const target = join(dirname(damaged(layersModel, () => undefined)), "weights.bin");
    symlinkSync(target, join(dirname(path), "link.bin"));
    await expectCode(path, "TFJS_WEIGHTS", "leaves the folder of model.json by a link");
  });
  test.each<[string, (json: Json) => void, ErrorCode]>([
    ["huge shape", (json) => (specsOf(json)[0].shape = [1e9, 1e9]), "TFJS_TOO_LARGE"],
    ["shape beyond whole numbers", (json) => (specsOf(json)[0].shape = [1e300]), "TFJS_WEIGHTS"],
    ["negative shape", (json) => (specsOf(json)[0].shape = [-3, -3, 2, 3]), "TFJS_WEIGHTS"],
    ["shape that is no list", (json) => (specsOf(json)[0].shape = "3"), "TFJS_WEIGHTS"],
    ["strings", (json) => (specsOf(json)[0].dtype = "string"), "TFJS_WEIGHTS"],
    ["unknown quantization", (json) => (specsOf(json)[0].quantization = { dtype: "uint4" }), "TFJS_WEIGHTS"],
    [
      "quantization without a scale",
      (json) => (specsOf(json)[0].quantization = { dtype: "uint8" }),
      "TFJS_WEIGHTS",
    ],
    ["two of one name", (json) => (specsOf(json)[1].name = specsOf(json)[0].name), "TFJS_WEIGHTS"],
    ["an unknown name", (json) => (specsOf(json)[0].name = "other/kernel"), "TFJS_REFUSED"],
    ["a transposed shape", (json) => specsOf(json)[0].shape.reverse(), "TFJS_REFUSED"],
    ["a manifest of numbers", (json) => (json.weightsManifest = [1]), "TFJS_WEIGHTS"],
    ["an empty manifest", (json) => (json.weightsManifest = []), "TFJS_REFUSED"],
  ])("%s", (_, edit, code) => expectCode(damaged(layersModel, edit), code));
  test("values that are no numbers", async () => {
    const nan = damaged(layersModel, (_, weights) => {
      weights[5] = Number.NaN;
    });
    await expectCode(nan, "TFJS_WEIGHT_NOT_FINITE", "conv/kernel has NaN at index 5");
    const infinite = damaged(graphModel, (_, weights) => {
      weights[7] = Number.NEGATIVE_INFINITY;
    });
    await expectCode(infinite, "TFJS_WEIGHT_NOT_FINITE", "-Infinity at index 7");
  });
});

test("a variance below zero, and weights that grow beyond all bounds when they are folded", async () => {
  const normed = async (gamma: number, variance: number): Promise<string> => {
    const conv = tfl.layers.conv2d({ inputShape: [4, 4, 1], filters: 1, kernelSize: 1 });
    const norm = tfl.layers.batchNormalization({ name: "norm" });
    const model = tfl.sequential({
      layers: [conv, norm, tfl.layers.flatten(), tfl.layers.dense({ units: 2 })],
    });
    seedWeights(model, 1);
    conv.setWeights([tf.fill([1, 1, 1, 1], 1e30), tf.zeros([1])]);
    norm.setWeights([gamma, 0, 0, variance].map((value) => tf.tensor1d([value])));
    return folder.write(await savedLayers(model));
  };
  await expectCode(await normed(1, -1), "TFJS_GRAPH", "norm has a factor or summand that is not finite");
  await expectCode(await normed(1e30, 1), "TFJS_WEIGHT_NOT_FINITE", "Infinity at index 0");
});

describe("layers models", () => {
  test.each<[string, (json: Json) => void, ErrorCode, string?]>([
    [
      "a cycle",
      (json) => (layerOf(json, "conv").inbound_nodes = [[["again", 0, 0, {}]]]),
      "TFJS_GRAPH",
      "conv, again, sum, flat, dense wait for each other's results: a cycle",
    ],
    [
      "a call of a call that is never made",
      (json) => (layerOf(json, "again").inbound_nodes[0][0][1] = 3),
      "TFJS_GRAPH",
      "a cycle",
    ],
    [
      "an unknown layer to read",
      (json) => (layerOf(json, "again").inbound_nodes[0][0][0] = "nothing"),
      "TFJS_GRAPH",
      "again reads nothing, which does not exist",
    ],
    [
      "a name of Object's",
      (json) => (layerOf(json, "again").inbound_nodes[0][0][0] = "constructor"),
      "TFJS_GRAPH",
    ],
    [
      "a layer twice",
      (json) => layersOf(json).push(layerOf(json, "conv")),
      "TFJS_GRAPH",
      "conv stands there twice",
    ],
    ["two names for one layer", (json) => (layerOf(json, "conv").config.name = "again"), "TFJS_GRAPH"],
    [
      "calls of Keras 3",
      (json) => (layerOf(json, "conv").inbound_nodes = [{ args: [], kwargs: {} }]),
      "TFJS_GRAPH",
    ],
    ["a call that reads nothing", (json) => (layerOf(json, "conv").inbound_nodes = [[]]), "TFJS_GRAPH"],
    ["no calls", (json) => delete layerOf(json, "conv").inbound_nodes, "TFJS_GRAPH"],
    ["a layer that is a number", (json) => layersOf(json).push(7), "TFJS_GRAPH"],
    ["no layers", (json) => (json.modelTopology.config.layers = []), "TFJS_REFUSED"],
    [
      "an output that is not there",
      (json) => (json.modelTopology.config.output_layers[0][0] = "x"),
      "TFJS_REFUSED",
    ],
    [
      "two outputs",
      (json) => json.modelTopology.config.output_layers.push(["conv", 0, 0]),
      "MODEL_INPUTS_OUTPUTS",
    ],
    ["huge units", (json) => (layerOf(json, "dense").config.units = 2 ** 31), "TFJS_REFUSED"],
    ["units beyond whole numbers", (json) => (layerOf(json, "dense").config.units = 1e18), "TFJS_REFUSED"],
    ["a negative kernel", (json) => (layerOf(json, "conv").config.kernel_size = [-3, 3]), "TFJS_REFUSED"],
    [
      "huge activations",
      (json) => (layerOf(json, "image").config.batch_input_shape = [null, 1e5, 1e5, 2]),
      "TFJS_REFUSED",
    ],
    [
      "a free height",
      (json) => (layerOf(json, "image").config.batch_input_shape = [null, null, 6, 2]),
      "MODEL_DYNAMIC_SHAPE",
    ],
    [
      "a batch of eight",
      (json) => (layerOf(json, "image").config.batch_input_shape = [8, 6, 6, 2]),
      "MODEL_DYNAMIC_SHAPE",
    ],
  ])("%s", (_, edit, code, said) => expectCode(damaged(layersModel, edit), code, said));

  test("every layer that cannot be imported is named, with its class and what is in the way", async () => {
    const path = damaged(layersModel, (json) => {
      layerOf(json, "conv").config.data_format = "channels_first";
      layerOf(json, "again").config.activation = "elu";
      layerOf(json, "sum").class_name = "Dot";
      layerOf(json, "flat").class_name = "Lambda";
    });
    await expectCode(
      path,
      "TFJS_UNSUPPORTED",
      "conv (Conv2D: data_format channels_first, TFLite has channels last); again (Conv2D: activation elu); sum (Dot); flat (Lambda)",
    );
  });

  test("nested models that multiply are stopped", async () => {
    const { conv, again } = { conv: "conv", again: "again" };
    let inner: Json = {
      class_name: "Functional",
      config: {
        name: "level0",
        layers: [
          {
            class_name: "InputLayer",
            name: "in",
            inbound_nodes: [],
            config: { name: "in", batch_input_shape: [null, 4] },
          },
          {
            class_name: "Activation",
            name: conv,
            inbound_nodes: [[["in", 0, 0, {}]]],
            config: { name: conv, activation: "relu" },
          },
          {
            class_name: "Activation",
            name: again,
            inbound_nodes: [[[conv, 0, 0, {}]]],
            config: { name: again, activation: "relu" },
          },
        ],
        input_layers: [["in", 0, 0]],
        output_layers: [[again, 0, 0]],
      },
    };
    for (let level = 1; level <= 16; level++) {
      const name = `level${level - 1}`;
      inner = {
        class_name: "Functional",
        config: {
          name: `level${level}`,
          layers: [
            {
              class_name: "InputLayer",
              name: "in",
              inbound_nodes: [],
              config: { name: "in", batch_input_shape: [null, 4] },
            },
            { ...inner, name, inbound_nodes: [[["in", 0, 0, {}]], [[name, 1, 0, {}]]] },
          ],
          input_layers: [["in", 0, 0]],
          output_layers: [[name, 2, 0]],
        },
      };
    }
    const path = folder.write({
      json: { modelTopology: inner, weightsManifest: [] },
      weights: new ArrayBuffer(0),
    });
    await expectCode(path, "TFJS_TOO_LARGE", "the number of steps");
  });

  test("shared weights that multiply are stopped", async () => {
    const input = tfl.input({ shape: [2048], name: "x" });
    const shared = tfl.layers.dense({
      units: 2048,
      useBias: false,
      kernelInitializer: "zeros",
      name: "shared",
    });
    let flow = input;
    for (let use = 0; use < 20; use++) flow = shared.apply(flow) as tfl.SymbolicTensor;
    const path = folder.write(await savedLayers(tfl.model({ inputs: input, outputs: flow })));
    await expectCode(path, "TFJS_TOO_LARGE", "the values of all filters up to shared");
  });

  test("initial values are never computed, however large", async () => {
    const path = damaged(layersModel, (json) => {
      layerOf(json, "dense").config.units = 1e6;
      layerOf(json, "dense").config.kernel_initializer = { class_name: "Orthogonal", config: {} };
    });
    const before = process.memoryUsage().rss;
    await expectCode(path, "TFJS_REFUSED", "more weights than its files hold");
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });
});

describe("graph models", () => {
  test.each<[string, (json: Json) => void, ErrorCode, string?]>([
    ["a cycle", (json) => (nodeOf(json, "conv").input[0] = "relu"), "TFJS_GRAPH", "a cycle"],
    [
      "an unknown node to read",
      (json) => (nodeOf(json, "conv").input[0] = "x"),
      "TFJS_GRAPH",
      "reads x, which does not exist",
    ],
    ["two nodes of one name", (json) => (nodeOf(json, "relu").name = "conv"), "TFJS_GRAPH"],
    ["a node without a name", (json) => delete nodeOf(json, "w").name, "TFJS_GRAPH"],
    ["a node that is a text", (json) => json.modelTopology.node.push("node"), "TFJS_GRAPH"],
    ["no nodes", (json) => (json.modelTopology.node = []), "MODEL_INPUTS_OUTPUTS"],
    [
      "more inputs than any node has",
      (json) => (nodeOf(json, "relu").input = Array.from({ length: 1e5 }, () => "conv")),
      "TFJS_TOO_LARGE",
    ],
    ["no input", (json) => (nodeOf(json, "conv").input = []), "TFJS_GRAPH"],
    ["a second result", (json) => (nodeOf(json, "relu").input = ["conv:1"]), "TFJS_GRAPH"],
    ["an unknown shape", (json) => (nodeOf(json, "input").attr = {}), "MODEL_DYNAMIC_SHAPE"],
    ["a constant without weights", (json) => (json.weightsManifest = []), "TFJS_WEIGHTS"],
    [
      "a stride of 0",
      (json) => (nodeOf(json, "conv").attr.strides.list.i = ["1", "0", "0", "1"]),
      "TFJS_GRAPH",
    ],
    ["an output that is not there", (json) => (json.signature.outputs.y.name = "z"), "MODEL_INPUTS_OUTPUTS"],
    [
      "unsupported operations",
      (json) => {
        nodeOf(json, "relu").op = "Einsum";
        nodeOf(json, "conv").attr.data_format = text("NCHW");
      },
      "TFJS_UNSUPPORTED",
      "conv (Conv2D: data_format NCHW, TFLite has channels last); relu (Einsum)",
    ],
  ])("%s", (_, edit, code, said) => expectCode(damaged(graphModel, edit), code, said));
});

test("models damaged at random end in a model or a coded error", async () => {
  const random = seededRandom(11);
  const values = [null, -1, 0, 1e9, 1e308, "", "x", [], {}, [[]], true, "__proto__", 3.5];
  let refused = 0;
  for (let round = 0; round < 150; round++) {
    const path = damaged(random.next() < 0.5 ? layersModel : graphModel, (json) => {
      for (let edits = random.integer(1, 2); edits > 0; edits--) {
        let at: Json = json;
        for (;;) {
          const keys = Object.keys(at);
          const key = keys[random.integer(0, keys.length - 1)];
          if (key === undefined) break;
          const next = at[key];
          if (typeof next === "object" && next !== null && random.next() < 0.9) {
            at = next;
            continue;
          }
          at[key] = structuredClone(values[random.integer(0, values.length - 1)]);
          break;
        }
      }
    });
    const error: unknown = await tfjsModel(path).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) continue;
    refused++;
    expect(error).toMatchObject({ name: "DtmmError", exit: 2 });
  }
  expect(refused).toBeGreaterThan(50);
});
