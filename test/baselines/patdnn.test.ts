import { describe, expect, test } from "vitest";
import { openPatdnn } from "../../lib/baselines/patdnn.js";
import { assignPatterns, frequentPatterns, kernelSquares } from "../../lib/baselines/patterns.js";
import { weightLayers } from "../../lib/layers.js";
import { convModelValue, everyLayer } from "../support/models.js";

const layers = weightLayers(convModelValue(everyLayer));
const weights = layers.reduce((sum, layer) => sum + layer.weights.length, 0);

/** Squares of kernels whose weights stand at these taps, the first the largest. */
function kernels(...taps: number[][]): Float64Array {
  return Float64Array.from(
    taps.flatMap((own) =>
      Array.from({ length: 9 }, (_, tap) => (own.includes(tap) ? 9 - own.indexOf(tap) : 0)),
    ),
  );
}

const maskOf = (taps: number[]) => taps.reduce((mask, tap) => mask | (1 << tap), 0);

describe("patterns", () => {
  test("are the centre and the three largest others, the most frequent first", () => {
    const squares = kernels([0, 1, 2, 4], [8, 7, 6, 5], [6, 7, 8], [0, 1, 2, 3, 4]);
    expect(frequentPatterns([squares])).toEqual([maskOf([0, 1, 2, 4]), maskOf([4, 6, 7, 8])]);
  });

  test("a kernel takes the one that keeps most of it", () => {
    const [row, corner] = [maskOf([3, 4, 5, 1]), maskOf([0, 1, 3, 4])];
    const assigned = assignPatterns(kernels([5, 3], [0, 1, 3]), [row, corner]);
    expect(assigned).toEqual([
      { pattern: row, norm: 17 },
      { pattern: corner, norm: 24 },
    ]);
  });

  test("squares are of the real weights, kernel by kernel", () => {
    const layer = layers.find(({ geometry }) => geometry.kernelHeight * geometry.kernelWidth === 9)!;
    const { inputChannels } = layer.geometry;
    const [filter, channel, tap] = [1, 1 % inputChannels, 7];
    const weight = layer.weights[(filter * 9 + tap) * inputChannels + channel]! * layer.filterScales[filter]!;
    expect(kernelSquares(layer)[(filter * inputChannels + channel) * 9 + tap]).toBeCloseTo(weight ** 2, 12);
  });
});

describe("openPatdnn", () => {
  const masksAt = openPatdnn(layers, "m.tflite");
  const kept = (share: number) => {
    const masks = masksAt(share);
    const gone = masks.reduce((sum, { keep }) => sum + keep.reduce((zeros, bit) => zeros + 1 - bit, 0), 0);
    return { masks, share: (weights - gone) / weights };
  };

  test("no kernel keeps more than a pattern, and no more than eight patterns are used", () => {
    const used = new Set<number>();
    for (const { layer, keep } of masksAt(0.6)) {
      const { inputChannels, outputChannels } = layer.geometry;
      for (let filter = 0; filter < outputChannels; filter++) {
        for (let channel = 0; channel < inputChannels; channel++) {
          const taps = Array.from({ length: 9 }, (_, tap) => tap).filter(
            (tap) => keep[(filter * 9 + tap) * inputChannels + channel] === 1,
          );
          expect([0, 4]).toContain(taps.length);
          if (taps.length === 4) used.add(maskOf(taps));
        }
      }
    }
    expect(used.size).toBeLessThanOrEqual(8);
  });

  test.each([0.9, 0.7, 0.5])("keeps at most a share of %f", (share) => {
    expect(kept(share).share).toBeLessThanOrEqual(share);
  });

  test("below what other layers weigh it says so", () => {
    expect(() => masksAt(0.01)).toThrow(expect.objectContaining({ code: "LIMIT_OUT_OF_REACH" }));
  });

  test("a model without 3x3 convolutions has nothing for it", () => {
    const others = layers.filter(({ geometry }) => geometry.kernelHeight !== 3);
    expect(() => openPatdnn(others, "m.tflite")).toThrow(
      expect.objectContaining({ code: "NOTHING_TO_PRUNE" }),
    );
  });
});
