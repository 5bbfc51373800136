import { type LayerWish, packRequest, type Request, randomLayer } from "./layers.js";
import { Random } from "./random.js";
import { type Nhwc, referenceConv } from "./reference.js";

/** A packed conv layer and what it must yield; the name says how to make it again. */
export interface ConvCase {
  name: string;
  request: Request;
  expected: Int8Array;
}

const prunedShares = [0, 0.3, 0.5, 0.7, 0.9, 1];
const kernels = [
  [1, 1],
  [1, 3],
  [3, 1],
  [2, 2],
  [3, 3],
  [5, 5],
  [4, 7],
  [7, 7],
  [1, 11],
  [11, 1],
  [11, 11],
] as const;

function makeCase(name: string, seed: number, wish: LayerWish, shape: Nhwc): ConvCase {
  const random = new Random(seed);
  const layer = randomLayer(random, { ...wish, inputChannels: shape[3] });
  const input = random.int8(shape[0] * shape[1] * shape[2] * shape[3]);
  const request = packRequest(layer, input, shape);
  const geometry = `${layer.kernelHeight}x${layer.kernelWidth} stride ${layer.strideHeight}x${layer.strideWidth}`;
  const place = `dilation ${layer.dilationHeight}x${layer.dilationWidth} padding ${layer.padding}`;
  const rest = `${place} input ${shape} blocks of ${layer.blockChannels}`;
  return {
    name: `${name} seed ${seed}: ${geometry} ${rest}`,
    request,
    expected: referenceConv(layer, input, shape),
  };
}

/** Every kernel size with every stride, both paddings, and dilations. */
function geometrySweep(): ConvCase[] {
  const cases: ConvCase[] = [];
  for (const [kernelHeight, kernelWidth] of kernels) {
    for (let strides = 0; strides < 9; strides++) {
      for (const padding of [0, 1]) {
        for (const [dilationHeight, dilationWidth] of [
          [1, 1],
          [2, 1],
          [1, 3],
          [2, 2],
        ] as const) {
          const random = new Random(cases.length);
          const height = (kernelHeight - 1) * dilationHeight * padding + random.int(1, 9);
          const width = (kernelWidth - 1) * dilationWidth * padding + random.int(1, 9);
          const wish = {
            kernelHeight,
            kernelWidth,
            strideHeight: 1 + Math.floor(strides / 3),
            strideWidth: 1 + (strides % 3),
            dilationHeight,
            dilationWidth,
            padding,
            outputChannels: random.int(1, 6),
            pruned: prunedShares[cases.length % prunedShares.length]!,
          };
          const channels = random.int(1, kernelHeight * kernelWidth > 50 ? 5 : 20);
          cases.push(makeCase("geometry", cases.length, wish, [random.int(1, 2), height, width, channels]));
        }
      }
    }
  }
  return cases;
}

/** Every channel count from 1 to 40 with every remainder of the group of four positions. */
function channelSweep(): ConvCase[] {
  const cases: ConvCase[] = [];
  for (let channels = 1; channels <= 40; channels++) {
    for (const kernel of [1, 3]) {
      const pruned = prunedShares[(channels + kernel) % prunedShares.length]!;
      const wish = {
        kernelHeight: kernel,
        kernelWidth: kernel,
        padding: 0,
        outputChannels: 1 + (channels % 9),
        pruned,
      };
      cases.push(makeCase("channels", 5000 + cases.length, wish, [1, 3, 1 + (channels % 8), channels]));
    }
  }
  return cases;
}

/** Blocks of 1 to all channels, with every remainder of the last one, more blocks than one read of the index gives. */
function blockSweep(): ConvCase[] {
  const cases: ConvCase[] = [];
  for (const blockChannels of [1, 2, 3, 4, 5, 8, 16, 24]) {
    for (const rest of new Set([0, 1, 2, 3, blockChannels - 1])) {
      for (const [kernelHeight, kernelWidth, stride] of [
        [1, 1, 1],
        [1, 1, 2],
        [3, 3, 1],
        [3, 1, 2],
      ] as const) {
        const random = new Random(cases.length);
        const blocks = random.pick([1, 2, 3, 25, 49]);
        const channels = blocks * blockChannels + Math.min(rest, blockChannels - 1);
        const wish = {
          kernelHeight,
          kernelWidth,
          blockChannels,
          strideHeight: stride,
          strideWidth: stride,
          pruned: prunedShares[cases.length % prunedShares.length]!,
        };
        const shape: Nhwc = [random.int(1, 2), random.int(3, 5), random.int(3, 9), channels];
        cases.push(makeCase("blocks", 9000 + cases.length, wish, shape));
      }
    }
  }
  return cases;
}

/** Channels and blocks as wide as vectors and wider, rows of one to three groups of positions with every remainder. */
function vectorSweep(): ConvCase[] {
  const cases: ConvCase[] = [];
  for (const channels of [8, 15, 16, 24, 32, 33, 48, 64, 100, 128]) {
    for (const [kernel, stride] of [
      [1, 1],
      [1, 2],
      [3, 1],
      [3, 2],
      [5, 1],
    ] as const) {
      for (const blockChannels of new Set([4, 8, 16, 32, channels])) {
        if (blockChannels > channels) continue;
        const wish = {
          kernelHeight: kernel,
          kernelWidth: kernel,
          strideHeight: stride,
          strideWidth: stride,
          blockChannels,
          outputChannels: 1 + (cases.length % 7),
          pruned: prunedShares[cases.length % prunedShares.length]!,
        };
        const width = kernel + stride * (cases.length % 23);
        cases.push(makeCase("vectors", 20000 + cases.length, wish, [1, kernel + 1, width, channels]));
      }
    }
  }
  return cases;
}

/** Rows that are too wide for one line of a kernel that steps with 16 bits, and many positions of few channels. */
function wideSweep(): ConvCase[] {
  const wishes = [
    { kernelHeight: 1, kernelWidth: 3, strideWidth: 1 },
    { kernelHeight: 2, kernelWidth: 5, strideWidth: 2 },
    { kernelHeight: 1, kernelWidth: 4, strideWidth: 3, dilationWidth: 2, padding: 1 },
    { kernelHeight: 1, kernelWidth: 1, strideWidth: 1 },
  ];
  return wishes.map((wish, i) =>
    makeCase("wide", 31000 + i, { padding: 0, pruned: 0.3, outputChannels: 2, ...wish }, [
      1,
      2,
      8203 + i,
      1 + i,
    ]),
  );
}

/** More filters than offsets of 16 bits reach over eight positions. */
function manyFilters(): ConvCase[] {
  const wish = { kernelHeight: 1, kernelWidth: 2, padding: 0, outputChannels: 8200, pruned: 0.7 };
  return [makeCase("many filters", 30000, wish, [1, 1, 9, 16])];
}

/** The sweep that every build of the kernels must pass. */
export const convCases: readonly ConvCase[] = [
  ...geometrySweep(),
  ...channelSweep(),
  ...blockSweep(),
  ...vectorSweep(),
  ...manyFilters(),
  ...wideSweep(),
];
