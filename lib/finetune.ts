/**
 * The fine-tuning of a pruned model: the dense network teaches it on inputs without labels (`native/network/trainer.h`).
 * Masks hold, weights stay on their int8 grids, and the best network on a held-out part is what comes out.
 */

import { activationScale, channelScales, weightLayers } from "./layers.js";
import type { TrainedLayer, TrainingJudgement } from "./native/addon-types.js";
import type { WorkerPool } from "./native/pool.js";
import { type LossKind, networkPlan } from "./network-plan.js";
import type { StageProgress } from "./progress/progress.js";
import { type NewConstants, type PrunedModel, withConstants, withinInt32 } from "./pruned-model.js";
import { Resumption } from "./resume/resumption.js";
import { TrainingMemory } from "./resume/training-memory.js";
import type { Schooling } from "./schooling.js";
import { mainGraph, opName, readerCounts } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";
import type { TrainingData } from "./training-data.js";
import { maskOfWeights } from "./unit.js";

export interface FinetuneRequest {
  dense: Model;
  pruned: PrunedModel;
  loss: LossKind;
  train: TrainingData;
  schooling: Schooling;
  /** A network of which the held-out inputs say that it agrees with the dense one on this share is left as it is; 1 for none. */
  enough: number;
  seed: number;
  pool: WorkerPool;
  signal: AbortSignal;
  progress: StageProgress;
  /** Where the training is taken up and kept; nowhere when absent. */
  resumption?: Resumption | undefined;
}

export interface Finetuned {
  pruned: PrunedModel;
  /** Judged on the held-out part: before, and of the best network. */
  before: TrainingJudgement;
  after: TrainingJudgement;
  epochs: number;
}

/** n of n inputs that agree say, with 95 % confidence, that no more than 3 in n do not. */
const ruleOfThree = 3;

/** One training input of so many is only judged on, up to the limit. */
const heldOutShare = 0.1;
const mostHeldOut = 512;

/** Worker that trains; its threads are as many as there are workers. */
const worker = 0;

interface Trainable {
  operator: number;
  layer: NewConstants["layer"];
  /** Channels are the last axis of the filter instead of the first. */
  channelsLast: boolean;
}

/** Operators whose constants can be trained: those with int8 weights that no other operator reads. */
function trainables(model: Model): Trainable[] {
  const graph = mainGraph(model);
  const readers = readerCounts(graph);
  const own = (tensor: number) => tensor < 0 || readers.get(tensor) === 1;
  const all = weightLayers(model).map(
    (layer): Trainable => ({ operator: layer.operator, layer, channelsLast: false }),
  );
  graph.operators.forEach((operator, index) => {
    if (opName(model, operator) !== "DEPTHWISE_CONV_2D") return;
    const [inputTensor = 0, filterTensor = 0, biasTensor = -1] = operator.inputs;
    const filter = graph.tensors[filterTensor]!;
    const inputScale = activationScale(graph.tensors[inputTensor]!).scale;
    const filterScales = channelScales(filter, filter.shape.at(-1) ?? 1);
    const layer = { filterTensor, biasTensor, inputScale, filterScales };
    all.push({ operator: index, layer, channelsLast: true });
  });
  return all
    .filter(({ layer }) => own(layer.filterTensor) && own(layer.biasTensor))
    .sort((a, b) => a.operator - b.operator);
}

/** The trained real constants on the grids of the layer. */
function toIntegers(
  { layer, channelsLast }: Trainable,
  real: { filter: Float32Array; bias: Float32Array },
): NewConstants {
  const { filterScales, inputScale } = layer;
  const perFilter = real.filter.length / filterScales.length;
  const channelOf = (i: number) => (channelsLast ? i % filterScales.length : Math.floor(i / perFilter));
  return {
    layer,
    weights: Int8Array.from(real.filter, (w, i) => Math.round(w / filterScales[channelOf(i)]!)),
    bias: Int32Array.from(real.bias, (b, c) => withinInt32(Math.round(b / (inputScale * filterScales[c]!)))),
    filterScales,
  };
}

function tuned(pruned: PrunedModel, constants: Map<number, NewConstants>): PrunedModel {
  return {
    model: withConstants(pruned.model, [...constants.values()]),
    layers: pruned.layers.map((layer) => {
      const own = constants.get(layer.operator);
      return own === undefined ? layer : { ...layer, weights: own.weights, bias: own.bias };
    }),
  };
}

/**
 * Teaches the pruned model. The last tenth of the training inputs, at most 512, is held out to judge on.
 *
 * @param request.train training inputs in random order
 */
export async function finetune(request: FinetuneRequest): Promise<Finetuned> {
  const { pruned, train, schooling, pool, signal, progress } = request;
  const student = networkPlan(pruned.model, request.loss);
  const masks = new Map(
    pruned.layers.map(({ operator, layer, unit, keep }) => [operator, maskOfWeights(unit, layer, keep)]),
  );
  const learning = trainables(pruned.model);
  const layers = learning.map(({ operator, layer }): TrainedLayer => {
    const { filter, bias } = student.operators[operator]!;
    const mask = masks.get(operator) ?? new Uint8Array(filter.length).fill(1);
    return { operator, filter, bias, scales: layer.filterScales, mask };
  });
  const heldOut = Math.min(mostHeldOut, Math.floor(heldOutShare * train.samples));
  const perEpoch = Math.ceil((train.samples - heldOut) / schooling.batch);
  const steps = perEpoch * schooling.epochs;
  const call = { worker, signal };
  const plan = {
    teacher: networkPlan(request.dense, request.loss),
    student,
    layers,
    inputs: train.bytes,
    samples: train.samples,
    labels: [...(train.labels ?? [])],
    heldOut,
    steps,
    batch: schooling.batch,
    rate: schooling.rate,
    temperature: schooling.temperature,
    labelShare: schooling.labelShare,
    hintShare: schooling.hintShare,
    augmentation: schooling.augmentation,
    seed: request.seed,
  };
  await pool.call("openTraining", { ...plan, threads: pool.size }, call);
  const memory = new TrainingMemory(request.resumption ?? Resumption.none, plan);
  const saved = await memory.read();
  if (saved !== undefined) await pool.call("restoreTraining", { state: saved.state }, call);
  const first = saved?.epoch ?? 0;
  const before = saved?.before ?? (await pool.call("judgeTraining", {}, call));
  let after = saved?.after ?? before;
  const sure = (before.agreement * heldOut) / (heldOut + ruleOfThree);
  const epochs = sure >= request.enough ? 0 : schooling.epochs;
  if (first > 0) progress.update(first / epochs, `going on after epoch ${first} of an earlier run`);
  const start = performance.now();
  for (let epoch = first + 1; epoch <= epochs; epoch++) {
    const { loss } = await pool.call("train", { steps: perEpoch }, call);
    const judged = await pool.call("judgeTraining", {}, call);
    if (judged.loss === judged.bestLoss) after = judged;
    if (epoch === epochs || memory.due) {
      const { state } = await pool.call("saveTraining", {}, call);
      await memory.write({ epoch, before, after, state });
    }
    const left = ((performance.now() - start) / (epoch - first)) * (epochs - epoch);
    const figures = `loss ${loss.toFixed(4)}, held out ${judged.loss.toFixed(4)}`;
    progress.update(epoch / epochs, `epoch ${epoch}, ${figures}, ${Math.round(left / 1000)} s left`);
  }
  const { layers: best } = await pool.call("closeTraining", {}, call);
  const constants = new Map(learning.map((own, i) => [own.operator, toIntegers(own, best[i]!)]));
  return { pruned: tuned(pruned, constants), before, after, epochs };
}
