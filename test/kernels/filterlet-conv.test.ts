import { describe, expect, test } from "vitest";
import { available, builds, compileRunner, sanitized, skipNote } from "./support/compile.js";
import { convCases } from "./support/conv-cases.js";
import { type LayerWish, packRequest, randomLayer, runLayers } from "./support/layers.js";
import { Random } from "./support/random.js";
import { type Nhwc, referenceConv } from "./support/reference.js";

/** Names of the cases whose output differs from the reference. */
function differing(program: string): string[] {
  const answers = runLayers(
    program,
    convCases.map((c) => c.request),
  );
  expect(answers).toHaveLength(convCases.length);
  return convCases
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
    const values = new Set(convCases.flatMap((c) => Array.from(c.expected)));
    const shares = convCases.map((c) => c.request.packed.weights.length);
    expect(values.size).toBe(256);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    expect(convCases.length).toBeGreaterThan(800);
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
      const scratch = (wish: LayerWish, shape: Nhwc) =>
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
