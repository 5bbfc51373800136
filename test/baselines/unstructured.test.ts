import { expect, test } from "vitest";
import { lampScores, unstructuredMasks } from "../../lib/baselines/unstructured.js";
import { weightLayers } from "../../lib/layers.js";
import { convModelValue, everyLayer } from "../support/models.js";

const layers = weightLayers(convModelValue(everyLayer));

test("LAMP: a weight's square over the squares of its layer's weights that are no smaller", () => {
  const layer = layers[0]!;
  const perFilter = layer.weights.length / layer.geometry.outputChannels;
  const squares = [...layer.weights].map(
    (weight, i) => (weight * layer.filterScales[Math.floor(i / perFilter)]!) ** 2,
  );
  const scores = lampScores(layer);
  for (let i = 0; i < squares.length; i += 7) {
    // Equal squares come in the order of the weights.
    const noSmaller = squares.filter(
      (square, j) => square > squares[i]! || (square === squares[i] && j <= i),
    );
    const sum = noSmaller.reduce((total, square) => total + square, 0);
    expect(scores[i]).toBeCloseTo(squares[i]! / sum, 10);
  }
  expect(Math.max(...scores)).toBe(1);
});

test("the masks keep the share with the highest scores, and no layer dies", () => {
  const scores = layers.map(lampScores);
  const masks = unstructuredMasks(layers, scores, 0.2);
  const kept = masks.map(({ keep }) => keep.reduce((sum, bit) => sum + bit, 0));
  const all = layers.reduce((sum, { weights }) => sum + weights.length, 0);
  expect(kept.reduce((sum, count) => sum + count, 0)).toBe(Math.floor(0.2 * all));
  expect(Math.min(...kept)).toBeGreaterThan(0);
  const keptScores = masks.flatMap(({ keep }, l) => [...scores[l]!].filter((_, i) => keep[i] === 1));
  const goneScores = masks.flatMap(({ keep }, l) => [...scores[l]!].filter((_, i) => keep[i] === 0));
  expect(Math.min(...keptScores)).toBeGreaterThanOrEqual(Math.max(...goneScores));
});
