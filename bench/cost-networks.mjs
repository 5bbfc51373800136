// The networks that the cost table is fitted to: small, random, with every operator that the table prices. Their shapes
// are drawn, so none is a layer of a model that the table is checked on but by chance.
import { createJiti } from "jiti";

// The makers of models that the tests use, TypeScript as they are.
const jiti = createJiti(import.meta.url);
const { convModelValue } = await jiti.import("../test/support/models.ts");
export const { randomlyPruned } = await jiti.import("../test/pack/support/randomly-pruned.ts");
const { seededRandom } = await jiti.import("../test/support/random.ts");

/** Multiply-accumulates of a layer, at most: the reference kernels take some ten instructions for each. */
const mostMacs = 1_200_000;
/** Weights of a fully connected layer, about, at most: the boards' memory holds the model twice. */
const mostWeights = 200_000;

/** What a network is drawn with. */
function drawer(seed) {
  const random = seededRandom(seed);
  const of = (values) => values[random.integer(0, values.length - 1)];
  return { ...random, of };
}

/** A conv whose filters are as many as drawn, or fewer where that would take too many multiply-accumulates. */
function drawConv(draw, [height, width, channels], kernels) {
  const kernel = draw.of(kernels);
  const [kernelHeight, kernelWidth] = typeof kernel === "number" ? [kernel, kernel] : kernel;
  const stride = Math.min(height, width) >= (kernel === 1 ? 4 : 8) ? draw.of([1, 1, 2]) : 1;
  const size = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const macsPerFilter = size[0] * size[1] * kernelHeight * kernelWidth * channels;
  const fitting = Math.max(8, Math.floor(mostMacs / macsPerFilter));
  const filters = Math.min(
    fitting,
    draw.next() < 0.3 ? draw.integer(7, 100) : draw.of([8, 16, 32, 48, 64, 96, 128]),
  );
  return [
    { kind: "conv", filters, kernel, stride, activation: draw.of(["NONE", "RELU"]) },
    [...size, filters],
  ];
}

const makers = {
  window: (draw, shape) => drawConv(draw, shape, [3, 3, 3, 5, [1, 5], [7, 3]]),
  pointwise: (draw, shape) => drawConv(draw, shape, [1]),
  depthwise: (draw, [height, width, channels]) => {
    const stride = Math.min(height, width) >= 8 ? draw.of([1, 1, 2]) : 1;
    const layer = { kind: "depthwise", kernel: draw.of([3, 3, 5]), stride, activation: "RELU" };
    return [layer, [Math.ceil(height / stride), Math.ceil(width / stride), channels]];
  },
  pool: (draw, [height, width, channels]) => {
    const window = Math.min(height, width) >= 4 ? draw.of([2, 2, 3]) : 1;
    const layer = { kind: draw.of(["maxPool", "averagePool"]), window };
    return [layer, [Math.floor(height / window), Math.floor(width / window), channels]];
  },
};

/** The specification of a network for `convModelValue`. */
function drawNetwork(seed) {
  const draw = drawer(seed);
  const side = () => draw.integer(6, 32);
  const input = [1, side(), side(), draw.of([1, 3, 4, 8, 16, 24, 32, 48])];
  const layers = [];
  let shape = input.slice(1);
  const push = (kind) => {
    const [layer, next] = makers[kind](draw, shape);
    layers.push(layer);
    shape = next;
  };
  for (const kind of ["window", draw.of(["depthwise", "pool"]), "pointwise"]) push(kind);
  for (let i = 0; i < 3; i++) push(draw.of(["window", "window", "pointwise", "depthwise", "pool"]));
  layers.push({ kind: draw.of(["relu", "relu6", "logistic"]) });
  layers.push({ kind: "pad", before: [1, draw.integer(0, 1)], after: [draw.integer(0, 1), 1] });
  const { before, after } = layers.at(-1);
  shape = [shape[0] + before[0] + after[0], shape[1] + before[1] + after[1], shape[2]];
  layers.push({
    kind: "conv",
    filters: shape[2],
    kernel: shape[0] * shape[1] * shape[2] ** 2 > mostMacs / 9 ? 1 : draw.of([1, 3]),
  });
  layers.push({ kind: "add", from: layers.length - 2, activation: "RELU" });
  if (draw.next() < 0.5) {
    const window = shape.slice(0, 2);
    layers.push({ kind: "averagePool", window });
    shape = [1, 1, shape[2]];
  }
  layers.push({ kind: "reshape" });
  const inputs = shape[0] * shape[1] * shape[2];
  const outputs = Math.min(draw.of([16, 32, 48, 64, 100, 128]), Math.ceil(mostWeights / inputs));
  layers.push({ kind: "fullyConnected", outputs, activation: "RELU" });
  layers.push({ kind: "fullyConnected", outputs: draw.integer(2, 40) });
  layers.push({ kind: "softmax" });
  return { seed, input, layers };
}

/** A unit that the packed kernels are used with. */
function drawUnit(draw, { kind, geometry }) {
  const { inputChannels } = geometry;
  if (kind === "fullyConnected") return { filters: 4, channels: Math.min(inputChannels, draw.of([4, 16])) };
  return { filters: 1, channels: Math.min(inputChannels, draw.of([4, 8, 16, inputChannels])) };
}

/** Shares of the weights that stay; every network is taken with each. */
const shares = [1, 0.65, 0.4, 0.15];

/** Random networks, each as a dense model value and pruned at random to several shares, in drawn units. */
export function networks(count) {
  return Array.from({ length: count }, (_, index) => {
    const seed = 1 + index;
    const model = convModelValue(drawNetwork(seed));
    const draw = drawer(1000 + seed);
    const pruned = shares.map((share) => randomlyPruned(model, share, (layer) => drawUnit(draw, layer)));
    return { name: `network ${seed}`, model, pruned };
  });
}
