/** What the addon carries from one call to the next: a resumed run makes other calls than one that ran through. */

import { expect, test } from "vitest";
import { channelScales, weightLayers } from "../../lib/layers.js";
import type { TrainingRequest } from "../../lib/native/addon-types.js";
import { networkPlan } from "../../lib/network-plan.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import { calibrationInputs, calibrationSamples, prunable, spec } from "../pipeline/support/project.js";
import { bytesOf, usePool } from "../support/interpreter.js";
import { convModelValue } from "../support/models.js";

const native = usePool(1);
const model = convModelValue(spec);
const network = networkPlan(model, "classes");
const inputs = bytesOf(calibrationInputs);

test("a refit pass that restarts knows nothing of the layers that were set before", async () => {
  const { pool } = native;
  const [[first], [second]] = [prunable[0]!, prunable[1]!];
  const { filter, bias } = network.operators[first]!;
  await pool.call("openRefit", { network, inputs, samples: calibrationSamples, threads: 1 });
  await pool.call("restartRefit", {});
  const dense = await pool.call("collectRefit", { operator: second });
  await pool.call("restartRefit", {});
  const halved = { filter: filter.map((weight) => weight / 2), bias };
  await pool.call("setRefitLayer", { operator: first, ...halved });
  const pruned = await pool.call("collectRefit", { operator: second });
  await pool.call("restartRefit", {});
  const again = await pool.call("collectRefit", { operator: second });
  await pool.call("closeRefit", {});
  expect(pruned.sums).not.toEqual(dense.sums);
  expect(again).toEqual(dense);
});

/** A training of all conv layers. */
function trainingRequest(): TrainingRequest {
  const { tensors } = mainGraph(model);
  const layers = weightLayers(model).map(({ operator, filterTensor, geometry }) => {
    const { filter, bias } = network.operators[operator]!;
    const scales = channelScales(tensors[filterTensor]!, geometry.outputChannels);
    // Without every third weight there is something to learn.
    const mask = Uint8Array.from(filter, (_, i) => (i % 3 === 0 ? 0 : 1));
    return { operator, filter, bias, scales, mask };
  });
  const [, height, width, channels] = spec.input;
  return {
    ...{ teacher: network, student: network, layers, inputs, samples: calibrationSamples },
    ...{ labels: [], heldOut: 16 },
    ...{ steps: 12, batch: 8, rate: 0.004, temperature: 2, labelShare: 0, hintShare: 0, seed: 3, threads: 1 },
    augmentation: { height, width, channels, flip: 0, shift: 1, blend: 1 },
  };
}

test("a restored training has the best loss to the last bit, and trains on to the same constants", async () => {
  const { pool } = native;
  const trainOn = async () => {
    const trained = await pool.call("train", { steps: 6 });
    const judged = await pool.call("judgeTraining", {});
    return { trained, judged, ...(await pool.call("closeTraining", {})) };
  };
  await pool.call("openTraining", trainingRequest());
  await pool.call("train", { steps: 6 });
  const judged = await pool.call("judgeTraining", {});
  const { state } = await pool.call("saveTraining", {});
  const through = await trainOn();

  await pool.call("openTraining", trainingRequest());
  expect(await pool.call("restoreTraining", { state })).toEqual({ stepsDone: 6 });
  expect(await pool.call("judgeTraining", {})).toEqual(judged);
  expect(await trainOn()).toEqual(through);
});

test("a training that was never judged is restored as one", async () => {
  const { pool } = native;
  await pool.call("openTraining", trainingRequest());
  const { state } = await pool.call("saveTraining", {});
  await pool.call("restoreTraining", { state });
  const { loss, bestLoss } = await pool.call("judgeTraining", {});
  expect(bestLoss).toBe(loss);
  await pool.call("closeTraining", {});
});
