/** How long and how a pruned model is taught, where the user leaves it open. */

import type { AugmentationName } from "./augmentations.js";
import type { Augmentation } from "./native/addon-types.js";
import { mainGraph } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";

export interface Schooling {
  /** Passes over the training inputs. */
  epochs: number;
  batch: number;
  /** Of the weights, in units of a layer's root mean square weight; it falls to 0 along a cosine. */
  rate: number;
  /** Softens what the dense model says. */
  temperature: number;
  /** Share of the labels in the loss, where there are any. */
  labelShare: number;
  /** Weight of the squared errors at the outputs of all trained layers, each by its variance, beside the loss. */
  hintShare: number;
  augmentation: Augmentation;
}

/** Inputs that `auto` shows, over all epochs. */
const autoInputs = 80_000;
const autoEpochs = { least: 4, most: 150 };
/** Part of height and width that an input is shifted by at most. */
const shiftPart = 0.1;

/** Passes over so many training inputs. */
export function epochsFor(wish: number | "auto", samples: number): number {
  if (wish !== "auto") return wish;
  return Math.min(autoEpochs.most, Math.max(autoEpochs.least, Math.ceil(autoInputs / samples)));
}

/** Variations of the model's input: those asked for, else all of them where it is a colour image. */
export function augmentationFor(model: Model, wish: readonly AugmentationName[] | undefined): Augmentation {
  const graph = mainGraph(model);
  const [channels = 1, width = 1, height = 1] = [...graph.tensors[graph.inputs![0]!]!.shape].reverse();
  const colour = channels === 3 && Math.min(width, height) > 1;
  const wants = (name: AugmentationName) => wish?.includes(name) ?? colour;
  return {
    ...{ height, width, channels },
    flip: wants("flip") ? 1 : 0,
    shift: wants("shift") ? Math.max(1, Math.round(shiftPart * Math.max(width, height))) : 0,
    blend: wants("blend") ? 1 : 0,
  };
}

/** The schooling that options and model ask for. */
export function schoolingFor(
  options: { finetune: number | "auto"; augment?: readonly AugmentationName[] | undefined },
  model: Model,
  samples: number,
): Schooling {
  return {
    epochs: epochsFor(options.finetune, samples),
    batch: 32,
    rate: 0.003,
    temperature: 2,
    labelShare: 0.5,
    hintShare: 1,
    augmentation: augmentationFor(model, options.augment),
  };
}
