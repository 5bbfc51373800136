import { describe, expect, test } from "vitest";
import { available, builds, compileRunner, sanitized, skipNote } from "./support/compile.js";
import { packRequest, type Request, randomLayer, runLayers } from "./support/layers.js";
import { Random } from "./support/random.js";
import { type Nhwc, referenceConv } from "./support/reference.js";

interface Case {
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

function makeCase(name: string, seed: number, wish: Parameters<typeof randomLayer>[1], shape: Nhwc): Case {
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
function geometrySweep(): Case[] {
  const cases: Case[] = [];
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
function channelSweep(): Case[] {
  const cases: Case[] = [];
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
function blockSweep(): Case[] {
  const cases: Case[] = [];
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

const cases = [...geometrySweep(), ...channelSweep(), ...blockSweep()];

/** Names of the cases whose output differs from the reference. */
function differing(program: string): string[] {
  const answers = runLayers(
    program,
    cases.map((c) => c.request),
  );
  expect(answers).toHaveLength(cases.length);
  return cases
    .filter((c, i) => !Buffer.from(answers[i]!.output).equals(Buffer.from(c.expected)))
    .map((c) => c.name);
}

describe("dtmm_filterlet_conv_s8", () => {
  for (const build of [...builds, sanitized]) {
    test.skipIf(!available(build))(
      `equals the TFLite reference byte for byte: ${build.name}${skipNote(build)}`,
      () => expect(differing(compileRunner(build))).toEqual([]),
      60_000,
    );
  }

  test("the sweep is no formality: its outputs are spread and all shares of pruning occur", () => {
    const values = new Set(cases.flatMap((c) => Array.from(c.expected)));
    const shares = cases.map((c) => c.request.packed.weights.length);
    expect(values.size).toBe(256);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    expect(cases.length).toBeGreaterThan(800);
  });

  test.skipIf(!available(sanitized))(
    `a layer without any filterlet gives its biases${skipNote(sanitized)}`,
    () => {
      const random = new Random(7);
      const layer = randomLayer(random, { pruned: 1, inputChannels: 3, padding: 0 });
      const input = random.int8(5 * 5 * 3);
      const request = packRequest(layer, input, [1, 5, 5, 3]);
      request.packed = {
        ...request.packed,
        weights: new Int8Array(),
        index: request.packed.index.map(() => 0),
      };
      const [answer] = runLayers(compileRunner(sanitized), [request]);
      expect(answer!.output).toEqual(referenceConv(layer, input, [1, 5, 5, 3]));
    },
  );

  test.skipIf(!available(builds[0]!))(
    `scratch is the padded line buffer, or none${skipNote(builds[0]!)}`,
    () => {
      const random = new Random(8);
      const scratch = (wish: Parameters<typeof randomLayer>[1], shape: Nhwc) =>
        packRequest(
          randomLayer(random, { ...wish, inputChannels: shape[3] }),
          random.int8(shape.reduce((a, b) => a * b)),
          shape,
        );
      const requests = [
        scratch({ padding: 0 }, [1, 32, 32, 16]),
        scratch({ padding: 1 }, [1, 32, 32, 16]),
        scratch({ padding: 0, kernelHeight: 1, kernelWidth: 1 }, [1, 32, 32, 16]),
        scratch({ padding: 0, strideHeight: 2, strideWidth: 2 }, [1, 32, 32, 16]),
        scratch({ padding: 0, dilationHeight: 2 }, [1, 8, 8, 4]),
      ];
      const answers = runLayers(compileRunner(builds[0]!), requests);
      expect(answers.map((a) => a.scratchBytes)).toEqual([3 * 34 * 16, 0, 0, 3 * 33 * 16, 5 * 10 * 4]);
    },
  );
});
