import { describe, expect, test } from "vitest";
import { l1Norms } from "../../lib/baselines/filter-l1.js";
import { rankChannels } from "../../lib/baselines/rank-channels.js";
import { type ChannelGroup, channelGroups } from "../../lib/narrow/groups.js";
import { narrow } from "../../lib/narrow/narrow.js";
import { removeChannels } from "../../lib/narrow/remove.js";
import type { Model } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { usePool, withOutput } from "../support/interpreter.js";
import { readSample, samplesReason, withoutSamples } from "../tflite/samples.js";
import { operatorNamed, outputsOf, silence } from "./support.js";

const native = usePool();
const samples = 4;

/** The real models, and how many of their groups can lose channels. */
const models = [
  ["resnet8_cifar10_int8.tflite", 6],
  ["dscnn_kws_int8.tflite", 5],
  ["vgg11_cifar10_chip_int8.tflite", 10],
] as const;

function free(model: Model): ChannelGroup[] {
  return channelGroups(model).filter(({ fixed }) => fixed === undefined);
}

/** Every third channel of each group. */
function someOf({ channels }: ChannelGroup): number[] {
  return Array.from({ length: channels }, (_, c) => c).filter((c) => c % 3 === 1);
}

/** The model with those filters empty and without a bias: with the depthwise ones, real zero in every tensor. */
function silenced(model: Model, depthwiseToo: boolean): Model {
  let silent = model;
  for (const group of free(model)) {
    const layers = depthwiseToo ? [...group.producers, ...group.depthwise] : group.producers;
    for (const { operator, offsets } of layers) {
      const filters = offsets.flatMap((offset) => someOf(group).map((c) => offset + c));
      silent = silence(silent, operator, filters);
    }
  }
  return silent;
}

describe.skipIf(withoutSamples)(`the real models${samplesReason}`, () => {
  test.each(models)("%s: removed channels equal silent ones", async (name, groups) => {
    const model = readModel(readSample(name));
    expect(free(model)).toHaveLength(groups);
    const removals = free(model).map((group) => ({ group, channels: someOf(group) }));
    const { model: narrower } = removeChannels(model, removals);
    expect(writeModel(narrower).length).toBeLessThan(0.7 * writeModel(model).length);
    const outputs = await outputsOf(narrower, native.context, samples);
    expect(outputs).toEqual(await outputsOf(silenced(model, true), native.context, samples));
    expect(outputs).not.toEqual(await outputsOf(model, native.context, samples));
  });

  test.each(models)("%s: narrowing finds every silent channel", async (name) => {
    const model = silenced(readModel(readSample(name)), false);
    const wanted = free(model).flatMap((group) => group.producers.map(() => someOf(group)));
    const { model: narrower, removed } = narrow(model, { exactOnly: true });
    for (const filters of wanted) {
      expect(removed.map((entry) => entry.filters)).toContainEqual(expect.arrayContaining(filters));
    }
    expect(await outputsOf(narrower, native.context, samples)).toEqual(
      await outputsOf(model, native.context, samples),
    );
  });

  test.each([
    ["resnet8_cifar10_int8.tflite", 0],
    ["vgg11_cifar10_chip_int8.tflite", 5],
    ["mobilenet_vww_int8.tflite", 1000],
  ])("%s as it came: at least %i dead filters, the same logits without them", async (name, least) => {
    const model = readModel(readSample(name));
    const { model: narrower, removed } = narrow(model, { exactOnly: true });
    expect(removed.flatMap(({ filters }) => filters).length).toBeGreaterThanOrEqual(least);
    const logits = operatorNamed(model, "FULLY_CONNECTED");
    const [before, after] = [model, narrower].map((m) => withOutput(m, logits));
    const outputs = await outputsOf(after!, native.context, samples);
    expect(outputs).toEqual(await outputsOf(before!, native.context, samples));
    expect(new Set(outputs).size).toBeGreaterThan(2);
  });

  test.each(models)("%s: half of the conv weights by L1 norm", async (name) => {
    const model = readModel(readSample(name));
    const { removals, keptWeights, totalWeights } = rankChannels(model, 0.5, l1Norms);
    const { model: narrower } = removeChannels(model, removals);
    expect(keptWeights / totalWeights).toBeGreaterThan(0.46);
    expect(keptWeights / totalWeights).toBeLessThanOrEqual(0.5);
    const outputs = await outputsOf(narrower, native.context, samples);
    expect(outputs).toHaveLength((await outputsOf(model, native.context, samples)).length);
  });
});
