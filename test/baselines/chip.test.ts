import { describe, expect, test } from "vitest";
import { channelMasks } from "../../lib/baselines/channel-masks.js";
import { chipScores } from "../../lib/baselines/chip.js";
import { rankChannels } from "../../lib/baselines/rank-channels.js";
import { weightLayers } from "../../lib/layers.js";
import { channelGroups } from "../../lib/narrow/groups.js";
import { narrow } from "../../lib/narrow/narrow.js";
import { readNetwork } from "../../lib/narrow/network.js";
import { networkPlan } from "../../lib/network-plan.js";
import { maskedModel } from "../../lib/prune.js";
import { mainGraph, tensorBytes } from "../../lib/tflite/graph.js";
import { usePool } from "../support/interpreter.js";
import { convModelValue, everyLayer } from "../support/models.js";
import { seededRandom } from "../support/random.js";

const native = usePool();
const model = convModelValue(everyLayer);
const network = networkPlan(model, "classes");

function randomSamples(samples: number) {
  const random = seededRandom(3);
  const graph = mainGraph(model);
  const length = samples * tensorBytes(graph.tensors[graph.inputs[0]!]!)!;
  return { samples, bytes: Uint8Array.from({ length }, () => random.integer(0, 255)) };
}

/** Sum of the singular values of [rows][columns], by one-sided Jacobi rotations of the rows. */
function nuclearNorm(matrix: number[][]): number {
  const rows = matrix.map((row) => [...row]);
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < rows.length; p++) {
      for (let q = p + 1; q < rows.length; q++) {
        const [a, b] = [rows[p]!, rows[q]!];
        const [alpha, beta, gamma] = [dot(a, a), dot(b, b), dot(a, b)];
        if (Math.abs(gamma) < 1e-14 * Math.sqrt(alpha * beta) || gamma === 0) continue;
        const zeta = (beta - alpha) / (2 * gamma);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        rows[p] = a.map((value, i) => c * (value - t * b[i]!));
        rows[q] = a.map((value, i) => c * (t * value + b[i]!));
      }
    }
  }
  return rows.reduce((sum, row) => sum + Math.sqrt(dot(row, row)), 0);
}

describe("channel independence", () => {
  test("is what the nuclear norm of the feature map loses without the channel", async () => {
    // The model's input is a feature map, too, whose values are known without running anything.
    const graph = mainGraph(model);
    const input = graph.inputs[0]!;
    const [, height, width, channels] = graph.tensors[input]!.shape as [number, number, number, number];
    const { bytes, samples } = randomSamples(1);
    const request = { network, tensors: [input], channels: [channels], inputs: bytes, samples, threads: 2 };
    const { scores } = await native.context.pool.call("channelIndependence", request, {});
    const scale = network.scales[input]!;
    const values = [...new Int8Array(bytes.buffer)].map((q) => (q - network.zeroPoints[input]!) * scale);
    const map = Array.from({ length: channels }, (_, c) =>
      Array.from({ length: height * width }, (_, p) => values[p * channels + c]!),
    );
    const whole = nuclearNorm(map);
    map.forEach((_, gone) => {
      const rest = map.map((row, c) => (c === gone ? row.map(() => 0) : row));
      expect(scores[0]![gone]).toBeCloseTo(whole - nuclearNorm(rest), 4);
    });
  });

  test("does not depend on the number of threads", async () => {
    const samples = randomSamples(20);
    const outputs = weightLayers(model).map(({ outputTensor }) => outputTensor);
    const channels = outputs.map((tensor) => mainGraph(model).tensors[tensor]!.shape.at(-1)!);
    const common = { network, tensors: outputs, channels, inputs: samples.bytes, samples: samples.samples };
    const [one, three] = await Promise.all(
      [1, 3].map((threads) =>
        native.context.pool.call("channelIndependence", { ...common, threads }, { worker: 0 }),
      ),
    );
    expect(one).toEqual(three);
  });
});

test("removed channels leave exactly, with everything that reads them", async () => {
  const progress = () => undefined;
  const scores = await chipScores({
    ...native.context,
    ...{ model, network, calibration: randomSamples(8), progress },
  });
  const { removals } = rankChannels(model, 0.5, scores);
  const gone = removals.reduce((sum, { channels }) => sum + channels.length, 0);
  expect(gone).toBeGreaterThan(5);
  const masked = maskedModel(model, channelMasks(weightLayers(model), removals));
  const { model: narrower } = narrow(masked.model, { exactOnly: true });
  const channelsOf = (from: typeof model) =>
    channelGroups(from)
      .filter(({ fixed }) => fixed === undefined)
      .reduce((sum, { channels }) => sum + channels, 0);
  expect(channelsOf(narrower)).toBe(channelsOf(model) - gone);
  expect(readNetwork(narrower).layers.size).toBe(readNetwork(model).layers.size);
});
