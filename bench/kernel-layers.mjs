// The layers that bench/kernels.mjs counts, with random weights and inputs: the 3x3 layers of ResNet8, a wider and a
// smaller one, a pointwise layer of DS-CNN, the first layer of the autoencoder of MLPerf Tiny, and a fully connected one
// whose inputs don't fill vectors.

import { packBlockFullyConnectedLayer } from "../dist/pack/block-fc-layer.js";
import { packConvLayer } from "../dist/pack/conv-layer.js";

/** A conv layer: input height, width and channels, kernel, stride, filters, channels of a block (all where not given). */
const conv = (height, width, channels, kernel, stride, filters, block = channels) => ({
  name: `${kernel}x${kernel}${stride > 1 ? ` s${stride}` : ""} ${height}x${width}x${channels}->${filters}${
    block < channels ? `, blocks of ${block}` : ""
  }`,
  kind: "conv",
  ...{ height, width, channels, kernel, stride, filters, block },
});
const fullyConnected = (inputs, outputs, blockOutputs, block) => ({
  name: `FC ${inputs}->${outputs}, tiles of ${blockOutputs}x${block}`,
  kind: "fullyConnected",
  ...{ inputs, outputs, blockOutputs, block },
});

export const layers = [
  conv(32, 32, 3, 3, 1, 16),
  conv(32, 32, 16, 3, 1, 16),
  conv(32, 32, 16, 3, 2, 32),
  conv(16, 16, 32, 3, 1, 32),
  conv(16, 16, 32, 3, 1, 32, 16),
  conv(16, 16, 32, 3, 2, 64),
  conv(8, 8, 64, 3, 1, 64),
  conv(8, 8, 64, 3, 1, 64, 16),
  conv(8, 8, 128, 3, 1, 128),
  conv(8, 8, 45, 3, 1, 45),
  conv(8, 8, 45, 3, 1, 45, 5),
  conv(4, 4, 64, 3, 1, 64),
  conv(2, 2, 64, 3, 1, 64),
  conv(25, 5, 64, 1, 1, 64, 16),
  conv(25, 5, 64, 1, 1, 64, 8),
  conv(25, 5, 64, 1, 1, 64, 4),
  conv(25, 5, 60, 1, 1, 60, 5),
  fullyConnected(640, 128, 4, 4),
  fullyConnected(640, 128, 4, 16),
  fullyConnected(250, 128, 4, 16),
];

/** A small generator (mulberry32): the same figures on every machine. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Weights [filters][positions][channels] of which exactly this share of blocks, drawn at random, is zero. */
function prunedWeights(random, { filters, positions, channels, blockFilters, block }, share) {
  const nonZero = () => (random() < 0.5 ? -1 : 1) * (1 + Math.floor(127 * random()));
  const weights = Int8Array.from({ length: filters * positions * channels }, nonZero);
  const grid = [filters / blockFilters, positions, channels / block];
  const blocks = Array.from({ length: grid[0] * grid[1] * grid[2] }, (_, i) => i);
  for (let i = blocks.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [blocks[i], blocks[j]] = [blocks[j], blocks[i]];
  }
  for (const number of blocks.slice(0, Math.round(share * blocks.length))) {
    const j = number % grid[2];
    const position = Math.floor(number / grid[2]) % grid[1];
    const first = Math.floor(number / (grid[1] * grid[2])) * blockFilters;
    for (let filter = first; filter < first + blockFilters; filter++) {
      const start = (filter * positions + position) * channels + j * block;
      weights.fill(0, start, start + block);
    }
  }
  return weights;
}

/** Eight patterns of four places of a 3x3 kernel. */
const patterns = [
  [0, 1, 3, 4],
  [1, 2, 4, 5],
  [3, 4, 6, 7],
  [4, 5, 7, 8],
  [1, 3, 4, 5],
  [1, 4, 5, 7],
  [3, 4, 5, 7],
  [1, 3, 4, 7],
];

/** Weights [filters][9][channels] in patterns, with as many kernels dropped as the share asks for. */
function patternedWeights(random, { filters, channels }, share) {
  const weights = prunedWeights(
    random,
    { filters, positions: 9, channels, blockFilters: 1, block: channels },
    0,
  );
  const dropped = 1 - (1 - share) * (9 / 4);
  for (let kernel = 0; kernel < filters * channels; kernel++) {
    const kept = random() < dropped ? [] : patterns[Math.floor(patterns.length * random())];
    const start = Math.floor(kernel / channels) * 9 * channels + (kernel % channels);
    for (let tap = 0; tap < 9; tap++) if (!kept.includes(tap)) weights[start + tap * channels] = 0;
  }
  return weights;
}

/**
 * One layer with this share of its blocks pruned: for the packed kernel and for CMSIS-NN.
 *
 * @param format another way to store a convolution, whose blocks are single weights
 */
export function drawLayer(given, share, seed, format) {
  const layer = format === undefined ? given : { ...given, block: 1, format };
  const random = generator(seed);
  const isConv = layer.kind === "conv";
  const filters = isConv ? layer.filters : layer.outputs;
  const channels = isConv ? layer.channels : layer.inputs;
  const positions = isConv ? layer.kernel ** 2 : 1;
  const grid = { filters, positions, channels, blockFilters: layer.blockOutputs ?? 1, block: layer.block };
  const common = {
    weights:
      format?.prefix === "pattern"
        ? patternedWeights(random, grid, share)
        : prunedWeights(random, grid, share),
    bias: Int32Array.from({ length: filters }, () => Math.floor(2000 * random())),
    activation: 1,
    inputScale: 1,
    inputZeroPoint: -128,
    // Accumulators of typical size fill the range of the outputs.
    filterScales: Array.from(
      { length: isConv ? filters : 1 },
      () => (0.5 + random()) / (100 * Math.sqrt(positions * channels)),
    ),
    outputScale: 1,
    outputZeroPoint: -128,
  };
  return isConv ? drawConv(layer, common, random) : drawFullyConnected(layer, common, random);
}

const randomInput = (random, length) => Int8Array.from({ length }, () => Math.floor(256 * random()) - 128);

function unwrap(result) {
  if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`);
  return result.parts;
}

/** What CMSIS-NN needs beyond the geometry. */
const dense = ({ weights, bias, inputZeroPoint, outputZeroPoint, filterScales }) => ({
  ...{ weights, bias, inputZeroPoint, outputZeroPoint, effectiveScales: filterScales },
  activation: { min: -128, max: 127 },
  dilation: [1, 1],
});

function drawConv(layer, common, random) {
  const { height, width, channels, kernel, stride, filters, block } = layer;
  const outHeight = Math.ceil(height / stride);
  const outWidth = Math.ceil(width / stride);
  const input = randomInput(random, height * width * channels);
  const inputShape = [1, height, width, channels];
  const outputShape = [1, outHeight, outWidth, filters];
  const before = (size, out) => Math.max(0, Math.floor(((out - 1) * stride + kernel - size) / 2));
  return {
    packed: {
      packed: unwrap(
        packConvLayer(
          {
            ...common,
            ...{ outputChannels: filters, inputChannels: channels, blockChannels: block },
            ...{ kernelHeight: kernel, kernelWidth: kernel, strideHeight: stride, strideWidth: stride },
            ...{ dilationHeight: 1, dilationWidth: 1, padding: 0 },
          },
          layer.format,
        ),
      ),
      input,
      extents: [...inputShape, ...outputShape],
    },
    dense: {
      ...dense(common),
      kind: "conv",
      ...{ kernel: [kernel, kernel], stride: [stride, stride], input, inputShape, outputShape },
      padding: [before(height, outHeight), before(width, outWidth)],
    },
  };
}

function drawFullyConnected({ inputs, outputs, blockOutputs, block }, common, random) {
  const input = randomInput(random, inputs);
  return {
    packed: {
      packed: unwrap(
        packBlockFullyConnectedLayer({ ...common, inputs, outputs, blockOutputs, blockInputs: block }),
      ),
      input,
      extents: [inputs, 1, outputs],
    },
    dense: {
      ...dense(common),
      kind: "fullyConnected",
      effectiveScales: Array.from({ length: outputs }, () => common.filterScales[0]),
      ...{ kernel: [1, 1], stride: [1, 1], padding: [0, 0], input },
      ...{ inputShape: [1, 1, 1, inputs], outputShape: [1, 1, 1, outputs] },
    },
  };
}
