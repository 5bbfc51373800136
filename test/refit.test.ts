import { describe, expect, test } from "vitest";
import { denseState, layerProblem } from "../lib/importance.js";
import { networkPlan } from "../lib/network-plan.js";
import { type PathPoint, prunedModel } from "../lib/prune.js";
import { type PrunedModel, withConstants } from "../lib/pruned-model.js";
import { canFollow, openRefit, refit } from "../lib/refit.js";
import { runModel } from "../lib/runs.js";
import type { Model } from "../lib/tflite/model.js";
import { writeModel } from "../lib/tflite/writer.js";
import { bytesOf, usePool, withOutput } from "./support/interpreter.js";
import { convModelValue, everyLayer, randomInputs } from "./support/models.js";
import { keptShare, onPath, pointAt, statisticsOf } from "./support/prune-path.js";
import { seededRandom } from "./support/random.js";
import { maskWeights, unitFor } from "./support/units.js";

const native = usePool(2);
const model = convModelValue(everyLayer);
const calibration = { samples: 64, bytes: bytesOf(randomInputs(everyLayer, 64)) };
const fresh = { samples: 32, bytes: bytesOf(randomInputs(everyLayer, 32, 9)) };
const quiet = () => undefined;

/** Mean squared error of an operator's output against the dense model's, on inputs that calibration did not see. */
async function outputError(pruned: Model, operator: number): Promise<number> {
  const [is, wanted] = await Promise.all(
    [pruned, model].map(async (value) => {
      const shown = withOutput(value, operator);
      const run = await runModel({ model: shown, bytes: writeModel(shown) }, fresh, native.context);
      return new Int8Array(run.outputs.buffer);
    }),
  );
  return is!.reduce((sum, value, i) => sum + (value - wanted![i]!) ** 2, 0) / is!.length;
}

/** The dense weights with the same masks, and nothing made up for. */
function maskedAlone({ layers }: PrunedModel): Model {
  const masked = layers.map(({ layer, unit, keep }) => ({
    layer,
    weights: maskWeights(unit, layer, keep),
    bias: layer.bias,
    filterScales: layer.filterScales,
  }));
  return withConstants(model, masked);
}

/** The last of several points, reached one after the other on one path. */
function pointVia(...shares: number[]): Promise<PathPoint> {
  return onPath(model, calibration, native.context, async (path) => {
    const points: PathPoint[] = [];
    for (const share of shares) points.push(await path.to(share, quiet));
    return points.at(-1)!;
  });
}

describe("a re-fitted network", () => {
  test.each([0.75, 0.3])(
    "at %f: closer to the dense one at every pruned layer than masked alone",
    async (share) => {
      const pruned = prunedModel(model, await pointAt(model, calibration, share, native.context));
      const masked = maskedAlone(pruned);
      expect(pruned.layers.length).toBeGreaterThan(1);
      for (const { operator } of pruned.layers) {
        const [after, before] = [
          await outputError(pruned.model, operator),
          await outputError(masked, operator),
        ];
        expect(after, `operator ${operator}`).toBeLessThan(before / 2);
      }
    },
  );

  test("has constants that int8 and int32 hold, zeros where groups are gone, scales that fit the format", async () => {
    const point = await pointAt(model, calibration, 0.4, native.context);
    expect(keptShare(point.states)).toBeGreaterThanOrEqual(0.4);
    expect(keptShare(point.states)).toBeLessThan(0.42);
    const { layers } = prunedModel(model, point);
    let rescaled = 0;
    for (const { layer, unit, keep, weights, filterScales } of layers) {
      const ones = { ...layer, weights: new Int8Array(layer.weights.length).fill(1) };
      const stays = maskWeights(unit, ones, keep);
      expect(weights.every((weight, i) => stays[i] === 1 || weight === 0)).toBe(true);
      expect(Math.min(...weights)).toBeGreaterThanOrEqual(-127);
      expect(filterScales.every((scale) => scale > 0 && Number.isFinite(scale))).toBe(true);
      if (layer.kind === "fullyConnected") expect(filterScales).toEqual(layer.filterScales);
      else rescaled += filterScales.filter((scale, i) => scale !== layer.filterScales[i]).length;
    }
    expect(rescaled).toBeGreaterThan(0);
  });

  test("is the dense one at a share of 1, and the same whenever a share is asked for", async () => {
    await onPath(model, calibration, native.context, async (path) => {
      const dense = await path.to(1, quiet);
      expect(prunedModel(model, dense)).toEqual({ model: withConstants(model, []), layers: [] });
      const point = await path.to(0.6, quiet);
      expect(await path.to(0.6, quiet)).toBe(point);
    });
  });

  test("goes on from a rounded point about as well as past it", async () => {
    const error = async (...shares: number[]) =>
      outputError(prunedModel(model, await pointVia(...shares)).model, 9);
    const direct = await error(0.3);
    expect(await error(0.8, 0.6, 0.45, 0.3)).toBeLessThan(1.2 * direct);
  });

  test("can lose everything", async () => {
    const pruned = prunedModel(model, await pointAt(model, calibration, 0, native.context));
    expect(pruned.layers.every(({ weights }) => weights.every((weight) => weight === 0))).toBe(true);
  });
});

describe("one refit", () => {
  /** The prunable layers with random masks from the second one on. */
  async function maskedStates() {
    const worth = await statisticsOf(model, calibration, native.context);
    const random = seededRandom(2);
    return worth.layers.map((layer, i) => {
      const state = denseState(layer, unitFor(layer.layer));
      return i === 0 ? state : { ...state, keep: state.keep.map(() => (random.next() < 0.7 ? 1 : 0)) };
    });
  }
  const plan = networkPlan(model, "classes");

  test("leaves layers in front of the first pruned one alone, and fits all behind it", async () => {
    const states = await maskedStates();
    const run = await openRefit(plan, calibration, native.context);
    states[3]!.keep.fill(1);
    const progress: number[] = [];
    const { states: fitted, rounded } = await refit(run, states, { round: true, seed: 1 }, (done) =>
      progress.push(done),
    );
    await run.close();
    expect(progress).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
    expect(rounded.map(({ layer }) => layer.operator)).toEqual([1, 5, 6, 9]);
    expect(fitted[0]!.weights).toEqual(states[0]!.weights);
    // What a later step begins with is what was rounded, on the dense layer's scales.
    const { layer, weights, filterScales } = rounded[0]!;
    const patch = weights.length / filterScales.length;
    weights.forEach((weight, i) => {
      const filter = Math.floor(i / patch);
      const dense = weight * (filterScales[filter]! / layer.filterScales[filter]!);
      expect(fitted[1]!.weights[filter * (patch + 1) + (i % patch)]).toBeCloseTo(dense, 4);
    });
    // Layer 3 keeps all of its weights, and makes up for the others.
    expect(rounded[2]!.weights).not.toEqual(states[3]!.layer.weights);
    // The first layers read what the dense network's do.
    expect(fitted[1]!.moments.count).toBe(states[1]!.moments.count);
    expect(fitted[2]!.moments.sums).not.toEqual(states[2]!.moments.sums);
  });

  test("prices errors anew: as before where nothing is pruned, by the pruned network behind that", async () => {
    const states = await maskedStates();
    const whole = states.map((state) => ({ ...state, keep: state.keep.map(() => 1) }));
    const run = await openRefit(plan, calibration, native.context);
    const same = await refit(run, whole, { round: true, seed: 1 }, quiet);
    const pruned = await refit(run, states, { round: true, seed: 1 }, quiet);
    await run.close();
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
    // Behind the last layer nothing has changed.
    states.slice(0, -1).forEach(({ prices }, i) => {
      // The interpreter's last bits are not the pass's.
      expect(sum(same.states[i]!.prices) / sum(prices)).toBeCloseTo(1, 1);
      expect(pruned.states[i]!.prices).not.toEqual(same.states[i]!.prices);
    });
  });

  test("of real weights rounds nothing", async () => {
    const states = await maskedStates();
    const run = await openRefit(plan, calibration, native.context);
    const { states: fitted, rounded } = await refit(run, states, { round: false, seed: 1 }, quiet);
    await run.close();
    expect(rounded).toEqual([]);
    expect(fitted[1]!.weights.some((weight) => !Number.isInteger(weight))).toBe(true);
  });

  test("of a network that cannot be followed solves on the dense network's inputs", async () => {
    const states = await maskedStates();
    const operators = plan.operators.map((op, i) => (i === 3 ? { ...op, kind: "unknown" as const } : op));
    const blind = { ...plan, operators };
    expect([canFollow(plan), canFollow(blind)]).toEqual([true, false]);
    const run = await openRefit(blind, calibration, native.context);
    const { states: fitted } = await refit(run, states, { round: false, seed: 1 }, quiet);
    const { rounded } = await refit(run, states, { round: true, seed: 1 }, quiet);
    await run.close();
    for (const [i, state] of states.entries()) {
      const filters = state.layer.geometry.outputChannels;
      const whole = {
        first: 0,
        last: filters,
        firstBundle: 0,
        lastBundle: Math.ceil(filters / state.unit.filters),
      };
      const request = { ...layerProblem(state, whole), cross: new Float64Array(), limit: 0, rescale: 0 };
      const { weights } = await native.pool.call("solveMasked", request);
      expect(fitted[i]!.moments).toEqual(state.moments);
      expect(fitted[i]!.weights).toEqual(i === 0 ? state.weights : weights);
    }
    const point = { share: 0.7, states, rounded };
    const pruned = prunedModel(model, point);
    const masked = maskedAlone(pruned);
    expect(await outputError(pruned.model, 9)).toBeLessThan(await outputError(masked, 9));
  });
});
